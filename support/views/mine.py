"""Asking in one's own account, for those who would rather not keep words: ask, see where it stands, change it."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from healing.pages import SIGNED_IN, FormPage
from support import words
from support.actions import asking
from support.forms.replying import RateForm
from support.models import Request
from support.pages import SupportPage
from support.queries import standing
from support.views import acts
from support.views.asking import AskingForMyself


class InAccount(SupportPage, FormPage):
    """Finds one's own request. What changed is seen in it, so no message is needed."""

    who = SIGNED_IN
    home = "support_mine"

    def find(self) -> Request | None:
        meant = self.request.POST.get("request")
        return next((one for one in standing.of_account(self.viewer) if str(one.pk) == meant), None)

    def nothing(self) -> HttpResponse:
        return self.go(self.home)

    def shown(self, said: Any = "") -> HttpResponse:
        return self.go(self.home)

    def context(self) -> dict[str, Any]:
        urls = {act: reverse(f"support_mine_{act}") for act in acts.ACTS}
        hidden = {"name": "request", "value": self.request.POST.get("request", "")}
        return super().context() | {"acts": urls, "hidden": hidden, "in_account": True}


class Mine(InAccount, AskingForMyself):
    template = "support/asking/mine.html"
    posts_to = "support_mine"

    def context(self) -> dict[str, Any]:
        asked = [self.place(one) for one in standing.of_account(self.viewer)]
        return super().context() | {"asked": asked, "back_url": reverse("home")}

    def not_open(self, status: int = 200) -> HttpResponse:
        """What was asked while it was open is still shown."""
        return self.render(form=None, status=status)

    def place(self, request: Request) -> dict[str, Any]:
        return {
            "stands": standing.standing(self.viewer, request),
            "hidden": {"name": "request", "value": request.pk},
            "rating": RateForm.about(request),
        }

    def done(self, form: Any) -> HttpResponse:
        unseen = words.reply_words(form.secret)
        asking.ask(by=self.viewer, site=self.site, reply_words=unseen, signed_in=True, **form.wish())
        return self.shown()


class Time(InAccount, acts.ChangeTime):
    pass


class Contact(InAccount, acts.ChangeContact):
    pass


class Say(InAccount, acts.SayToColleague):
    pass


class Other(InAccount, acts.AskForSomeoneElse):
    pass


class Cancel(InAccount, acts.TakeBack):
    pass


class Rate(InAccount, acts.SayIfItHelped):
    pass
