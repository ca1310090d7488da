"""The demo's own pages: who you can be, what was mailed, and a clock that can be moved on. Only with DEMO on."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from healing import clock
from healing.demo import letterbox, moving, people
from healing.pages import ANYONE, Page


class Welcome(Page):
    who = ANYONE
    template = "healing/demo/welcome.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(
            participants=people.participants(),
            staff=people.staff(),
            password=settings.DEMO_PASSWORD,
            now=clock.now(),
            moved=clock.demo_offset(),
        )


class Mail(Page):
    who = ANYONE
    template = "healing/demo/mail.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(letters=letterbox.letters())


class Message(Page):
    who = ANYONE
    template = "healing/demo/message.html"

    def get(self, request: HttpRequest, ident: str) -> HttpResponse:
        letter = letterbox.letter(ident)
        if letter is None:
            raise Http404
        return self.render(letter=letter)


class Clock(Page):
    who = ANYONE
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if moving.move(request.POST.get("step", "")):
            messages.success(request, _("The clock was moved on. What is due now is done within a few seconds."))
        else:
            messages.info(request, _("Nothing is waiting to become due. The clock stays where it is."))
        return self.go("demo")
