"""Help for yourself: pages anybody can read without signing in. They ask nothing and keep nothing."""

from django.http import HttpRequest, HttpResponse

from support.pages import PublicPage


class CarePage(PublicPage):
    """Words to read at any hour, the same for everybody."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render()
