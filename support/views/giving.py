"""What is asked of a supporter: say yes or pass, reach the person, point to other help, hand it on, close."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from healing.languages import best_shared
from healing.roles import Permission
from support import words
from support.actions import asking, closing, giving, sessions
from support.actions.paging import end_of_shift, silent_from
from support.forms.giving import AnswerForm, CloseForm, DebriefForm, ReferForm, SessionForm
from support.queries import giving as queries
from support.queries import rota, shifts
from support.views import mine
from support.views.coordinating import alarms_elsewhere
from support.views.own import NoRecord, OwnFormPage, OwnPage, RequestFormPage, RequestPage

ANY = ("waiting", "claimed", "reached")


class Now(OwnPage):
    """What waits for me, what I hold, and when I am on call. Every letter leads here, a coordinator's too."""

    who = frozenset({Permission.SUPPORT_GIVE, Permission.SUPPORT_COORDINATE})
    template = "support/giving/now.html"

    def enter(self, **kwargs: Any) -> None:
        try:
            super().enter(**kwargs)
        except NoRecord:
            if not self.viewer.coordinated:
                raise

    def get(self, request: HttpRequest) -> HttpResponse:
        if not hasattr(self, "supporter"):  # somebody who only coordinates
            return self.go("support_rota")
        rows = queries.with_me(self.viewer)
        waiting = rows.filter(status="waiting").defer("contact", "name")
        return self.render(
            waiting=[queries.shown(row) for row in waiting],
            held=[queries.held(self.viewer, row) for row in rows.exclude(status="waiting")],
            duty=queries.duty(self.viewer, self.supporter),
            swaps=shifts.on_offer_to_me(self.viewer),
            taken=shifts.taken_from_me(self.viewer),
            elsewhere=alarms_elsewhere(self.request, rota.alarms(self.viewer)) if self.viewer.coordinated else [],
            left={swap.shift_id: swap for swap in shifts.left_with_me(self.viewer)},
        )


class OneRequest(RequestPage):
    """Before the yes: what is asked. After it: the way to reach them, and what can be done."""

    statuses = ANY

    def get(self, request: HttpRequest, which: UUID) -> HttpResponse:
        if self.asked.status == "waiting":
            return self.render("support/giving/asked.html")
        return self.render(
            "support/giving/held.html",
            contact=queries.contact(self.asked),
            reach_by=self.asked.reach_by,
            reply=self.asked.get_reply_display(),
            tried=self.asked.reply == "tried",
            answer=self.asked.get_answer_display(),
            referral=self.asked.referral,
            noted=self.asked.get_referral_display(),
            kept=self.asked.kept,
            call_by=silent_from(self.asked, self.asked.claimed_at) if self.asked.status == "claimed" else None,
            contacts=self.asked.contacts,
            shift_ends=self.asked.supporter_id and end_of_shift(self.viewer, self.asked.supporter_id),
            more=self.asked.contacts < giving.MOST_CONTACTS,
        )


class Accept(RequestPage):
    statuses = ANY

    def post(self, request: HttpRequest, which: UUID) -> HttpResponse:
        giving.accept(by=self.viewer, request=self.asked)
        return self.again()


class Pass(RequestPage):
    statuses = ("waiting",)

    def post(self, request: HttpRequest, which: UUID) -> HttpResponse:
        giving.pass_on(by=self.viewer, request=self.asked)
        return self.render("support/giving/passed.html")


class Keep(RequestPage):
    def post(self, request: HttpRequest, which: UUID) -> HttpResponse:
        giving.keep(by=self.viewer, request=self.asked)
        return self.again()


class Reached(RequestPage):
    def post(self, request: HttpRequest, which: UUID) -> HttpResponse:
        giving.reached(by=self.viewer, request=self.asked)
        return self.again()


class Answer(RequestFormPage):
    template = "support/giving/answer.html"
    form_class = AnswerForm
    submit = _("Send this answer to %(who)s")

    def done(self, form: AnswerForm) -> HttpResponse:
        giving.answer(by=self.viewer, request=self.asked, reply=form.cleaned_data["reply"])
        return self.again()


class ReferOn(RequestFormPage):
    template = "support/giving/refer_on.html"
    form_class = ReferForm
    submit = _("Note it for %(who)s")

    def initial(self) -> dict[str, Any]:
        return {"referral": self.asked.referral}

    def done(self, form: ReferForm) -> HttpResponse:
        giving.refer_on(by=self.viewer, request=self.asked, referral=form.cleaned_data["referral"])
        return self.again()


class HandOn(RequestPage):
    """The page says what happens; one press does it."""

    def get(self, request: HttpRequest, which: UUID) -> HttpResponse:
        return self.render("support/giving/hand_on.html", who=self.named)

    def post(self, request: HttpRequest, which: UUID) -> HttpResponse:
        giving.hand_on(by=self.viewer, request=self.asked)
        return self.render("support/giving/passed.html", had_it=True)


class Close(RequestFormPage):
    """Everything is filled in already: one press closes and erases."""

    template = "support/giving/close.html"
    form_class = CloseForm
    submit = _("Close and erase %(who)s")

    def context(self) -> dict[str, Any]:
        return super().context() | {"keeps_days": self.asked.site.clock("peer_keeps").days}

    def initial(self) -> dict[str, Any]:
        return CloseForm.suited_to(self.asked)

    def done(self, form: CloseForm) -> HttpResponse:
        closing.close(by=self.viewer, request=self.asked, **form.counted())
        return self.render("support/giving/closed.html")


class TeamSession(OwnFormPage):
    """A session with a team that nobody had asked for here."""

    template = "support/giving/session.html"
    form_class = SessionForm

    def done(self, form: SessionForm) -> HttpResponse:
        sessions.record(by=self.viewer, site=self.supporter.site, nonce=form.nonce(), **form.counted())
        return self.render("support/giving/counted.html")


class Debrief(OwnFormPage):
    """A supporter asks for a colleague themselves."""

    template = "support/giving/debrief.html"
    form_class = DebriefForm

    def initial(self) -> dict[str, Any]:
        return {"contact": self.request.user.email}

    def context(self) -> dict[str, Any]:
        return super().context() | {"keeps_days": self.supporter.site.clock("peer_keeps").days}

    def done(self, form: DebriefForm) -> HttpResponse:
        wish = {name: form.cleaned_data[name] for name in ("reach_by", "contact", "when")}
        site = self.supporter.site
        wish |= {"unit": self.supporter.unit, "language": best_shared(site.languages, self.supporter.languages)}
        reply_words = words.reply_words(f"{form.nonce()}:debrief")
        asked = asking.ask(by=self.viewer, site=site, reply_words=reply_words, kind="debrief", signed_in=True, **wish)
        return mine.asked_for(self, self.viewer, asked)
