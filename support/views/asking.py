"""Asking: one page, no sign-in. What is sent comes back with reply words, and leaves nothing in the browser."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from healing import clock
from healing.access import Viewer
from healing.errors import HealingError
from healing.models import Site
from healing.pages import FormPage
from healing.sites import VisitedRequest, is_reached, site_for, typed_host
from support import busy, words
from support.actions import asking
from support.forms.asking import MOMENT
from support.forms.for_others import ReferForm, TeamForm
from support.forms.wishes import AskForm
from support.models import Unit
from support.pages import PublicFormPage
from support.queries import on_call
from support.queries.standing import standing

SHOWN_FOR = timedelta(minutes=10)


class Asking(FormPage):
    """Shared by every way of asking: the site, who is on call there, and busy times."""

    site: Site
    posts_to: str

    def enter(self, **kwargs: Any) -> None:
        super().enter(**kwargs)
        self.site = set_up(self.request)

    def form(self, data: Any = None, files: Any = None) -> Any:
        form = self.form_class(data, initial=self.initial(), **self.options())
        form.action = reverse(self.posts_to)  # not the poster's address: a unit is told in the form or not at all
        return form

    def options(self) -> dict[str, Any]:
        return {"site": self.site}

    def context(self) -> dict[str, Any]:
        days = self.site.clock("peer_keeps").days
        return {"on_call": on_call.on_call(self.viewer, self.site, self.viewer.user_id), "keeps_days": days}

    def is_open(self) -> bool:
        return on_call.somebody_hears(self.viewer, self.site, self.viewer.user_id)

    def not_open(self, status: int = 200) -> HttpResponse:
        return self.render("support/asking/not_open.html", status=status)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.render(form=self.form()) if self.is_open() else self.not_open()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Where nobody hears of it nothing is taken, also from a page that was opened before."""
        if not self.is_open():
            return self.not_open(status=409)
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render(form=form, status=422)
        if seconds := form.wait(busy.lately(self.site)):
            response = self.render(form=form, busy=seconds >= MOMENT, status=429)
            response.headers["Retry-After"] = str(seconds)
            return response
        return self.done(form)


class AskingForMyself(Asking):
    """The page's own form. Signed in or not, it is the same."""

    form_class = AskForm
    unit: Unit | None = None

    def enter(self, slug: str = "", **kwargs: Any) -> None:
        super().enter(**kwargs)
        self.unit = on_call.unit_at(self.viewer, self.site, slug) if slug else None

    def initial(self) -> dict[str, Any]:
        return {"unit": str(self.unit.pk)} if self.unit else {}

    def options(self) -> dict[str, Any]:
        colleagues = on_call.listed(self.viewer, self.site, self.viewer.user_id)
        recorded = on_call.recorded(self.viewer, self.site)
        offered = {"units": on_call.units(self.viewer, self.site), "colleagues": colleagues, "recorded": recorded}
        return super().options() | offered


class Ask(AskingForMyself, PublicFormPage):
    template = "support/asking/ask.html"
    posts_to = "support_ask"

    def context(self) -> dict[str, Any]:
        return super().context() | {"unit": self.unit}

    def done(self, form: Any) -> HttpResponse:
        return with_reply_words(self, form, form.wish(), kind="self")


class ForOthers(Asking, PublicFormPage):
    """The page is the same for everybody. Supporters who are signed in are not called about what they send."""

    sender: UUID | None = None

    def comes_as(self, viewer: Viewer) -> Viewer:
        self.sender = viewer.user_id
        return super().comes_as(viewer)

    def wish(self, form: Any) -> dict[str, Any]:
        return form.wish() | {"avoid_id": on_call.record_of(self.viewer, self.site, self.sender)}


class Team(ForOthers):
    form_class = TeamForm
    template = "support/asking/team.html"
    posts_to = "support_team"

    def options(self) -> dict[str, Any]:
        return super().options() | {"units": on_call.units(self.viewer, self.site)}

    def done(self, form: Any) -> HttpResponse:
        return with_reply_words(self, form, self.wish(form), kind="team")


class Refer(ForOthers):
    """For a colleague. Whoever asks hears nothing back."""

    form_class = ReferForm
    template = "support/asking/refer.html"
    posts_to = "support_refer"

    def done(self, form: Any) -> HttpResponse:
        asking.refer(by=self.viewer, site=self.site, nonce=form.secret, **self.wish(form))
        return self.render("support/asking/referred.html", later=form.cleaned_data["when"] == "at")


def with_reply_words(page: Any, form: Any, wish: dict[str, Any], kind: str) -> HttpResponse:
    """The words are in this page and nowhere else. Sent again later, by whoever finds it, it shows them to nobody."""
    given = words.reply_words(form.secret)
    asked = asking.ask(by=page.viewer, site=page.site, reply_words=given, kind=kind, **wish)
    if asked.asked_at is None or clock.now() > asked.asked_at + SHOWN_FOR:
        return page.render("support/asking/sent_before.html")
    stands = standing(page.viewer, asked, just_sent=True)
    host = typed_host(page.site) if is_reached(page.site) else page.request.get_host()
    shown = {"words": given.split(), "given": given, "stands": stands, "host": host}
    return page.render("support/asking/asked.html", **shown)


def set_up(request: VisitedRequest) -> Site:
    site = site_for(request)
    if not site.slug:
        raise HealingError(gettext("These pages are not set up yet. Ask the people who run them."))
    return site
