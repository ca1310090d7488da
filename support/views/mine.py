"""Asking in one's own account, for those who would rather not keep words: ask, see where it stands, change it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from healing import clock
from healing.pages import SIGNED_IN, FormPage, Page
from support import words
from support.actions import asking
from support.forms.replying import RateForm
from support.house import Visitor
from support.models import Request
from support.pages import SupportPage
from support.queries import standing
from support.views import acts
from support.views.asking import SHOWN_FOR, AskingForMyself

SENT = _("We have your request. Here you can see where it stands.")
SENT_BEFORE = _("This was sent before. It was not sent again.")


def own(viewer: Visitor, whole: UUID | None = None) -> dict[str, Any]:
    """One's own requests, and what can be done with them. `whole`: of which one the contact was typed just now.

    Whom to ring is said once, with the first that is `alone`; who else is there, with the first that has `ended`.
    """
    asked = [
        {
            "stands": standing.standing(viewer, one, just_sent=one.pk == whole),
            "hidden": {"name": "request", "value": one.pk},
            "rating": RateForm.about(one),
        }
        for one in standing.of_account(viewer)
    ]
    all_of_them = [one["stands"] for one in asked]
    urls = {"home_url": reverse("support_mine"), "back_url": reverse("home")}
    return {
        "asked": asked,
        "is_open": any(one.stage != "ended" for one in all_of_them),
        "alone": next((one for one in all_of_them if one.alone), None),
        "ended": next((one for one in all_of_them if one.stage == "ended"), None),
        "in_account": True,
        **urls,
    }


def told(page: Page, viewer: Visitor, said: Any, whole: UUID | None = None) -> HttpResponse:
    """The answer to what was sent. It is in this page alone: no session and no cookie carries it."""
    return page.render("support/asking/mine.html", **own(viewer, whole), said=said, form=None)


def asked_for(page: Page, viewer: Visitor, request: Request) -> HttpResponse:
    """Sent again later, by whoever finds the page, it shows only a hint of the number."""
    if request.asked_at is None or clock.now() > request.asked_at + SHOWN_FOR:
        return told(page, viewer, SENT_BEFORE)
    return told(page, viewer, SENT, whole=request.pk)


class InAccount(SupportPage, FormPage):
    """Finds one's own request."""

    who = SIGNED_IN
    home = "support_mine"

    def find(self) -> Request | None:
        meant = self.request.POST.get("request")
        return next((one for one in standing.of_account(self.viewer) if str(one.pk) == meant), None)

    def nothing(self) -> HttpResponse:
        return self.go(self.home)

    def shown(self, said: Any, whole: UUID | None = None) -> HttpResponse:
        return told(self, self.viewer, said, whole)

    def context(self) -> dict[str, Any]:
        hidden = {"name": "request", "value": self.request.POST.get("request", "")}
        return super().context() | {"hidden": hidden, "home_url": reverse(self.home), "in_account": True}


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


class Mine(acts.Seen, InAccount, AskingForMyself):
    acts = {"time": Time, "contact": Contact, "say": Say, "other": Other, "cancel": Cancel, "rate": Rate}
    template = "support/asking/mine.html"
    posts_to = "support_mine"

    def context(self) -> dict[str, Any]:
        return super().context() | own(self.viewer)

    def not_open(self, status: int = 200) -> HttpResponse:
        """What was asked while it was open is still shown."""
        return self.render(form=None, closed=True, status=status)

    def done(self, form: Any) -> HttpResponse:
        unseen = words.reply_words(form.secret)
        asked = asking.ask(by=self.viewer, site=self.site, reply_words=unseen, signed_in=True, **form.wish())
        return asked_for(self, self.viewer, asked)
