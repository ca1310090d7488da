"""A conversation from the plan to how it ended. Nobody is told before the facilitator has seen the words."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from cases.pages import CasePage
from facilitation import gate
from facilitation.actions import calling_off, meetings
from facilitation.forms.meetings import BookForm, CancelForm, CareForm, HeldForm, PlanForm
from facilitation.models import Invitee, Meeting
from facilitation.queries import conversations
from facilitation.queries.people import everybody_in, named
from healing import clock
from healing.pages import FormPage

FIELDS = ("day_0", "day_1", "day_2", "at", "minutes", "place", "people")


class Plan(FormPage, CasePage):
    """Choose people and form. Nobody is told."""

    template = "facilitation/plan.html"

    def form(self, data: Any = None, files: Any = None) -> PlanForm:
        planned = conversations.open_one(self.viewer, self.case)
        invited = [str(row.participant_id) for row in conversations.invitees(self.viewer, planned)]
        initial = {"form": planned.form if planned else "in_person", "people": invited}
        return PlanForm(data, people=everybody_in(self.viewer, self.case), initial=initial)

    def done(self, form: PlanForm) -> HttpResponse:
        meetings.plan(by=self.viewer, case=self.case, form=form.cleaned_data["form"], participants=form.chosen())
        return self.go("meeting_book", self.case.pk)


class MeetingPage(FormPage, CasePage):
    """A page about the case's one open conversation."""

    status: Meeting.Status
    meeting: Meeting
    invitees: list[Invitee]

    def enter(self, **kwargs: Any) -> None:
        super().enter(**kwargs)
        found = conversations.open_one(self.viewer, self.case)
        if found is None or found.status != self.status:
            raise Http404
        self.meeting, self.invitees = found, conversations.invitees(self.viewer, found)

    def context(self) -> dict[str, Any]:
        who = named(invitee.participant for invitee in self.invitees)
        return super().context() | {"meeting": self.meeting, "invitees": self.invitees, "who": who}


class Care(MeetingPage):
    """Who is there for each person during the conversation and afterwards."""

    template = "facilitation/care.html"
    status = Meeting.Status.DRAFTED

    def form(self, data: Any = None, files: Any = None) -> CareForm:
        return CareForm(data, invitees=self.invitees)

    def done(self, form: CareForm) -> HttpResponse:
        for invitee, words in form.named():
            meetings.name_aftercare(by=self.viewer, invitee=invitee, words=words)
        return self.go("meeting_book", self.case.pk)


class Book(MeetingPage):
    """What is missing, then when and where, then every room's words before anything is booked."""

    template = "facilitation/book.html"
    status = Meeting.Status.DRAFTED

    def form(self, data: Any = None, files: Any = None) -> BookForm:
        return BookForm(data, site=self.case.site, initial={"people": self._people()})

    def context(self) -> dict[str, Any]:
        return super().context() | {"reasons": gate.reasons(self.viewer, self.meeting)}

    def _people(self) -> str:
        names = [invitee.participant.name for invitee in self.invitees]
        guides = dict.fromkeys(invitee.participant.guide.name for invitee in self.invitees)
        *first, last = [*names, *guides]
        return f"{', '.join(first)} and {last}"

    def done(self, form: BookForm) -> HttpResponse:
        then = self.request.POST.get("then")
        if then == "change":
            return self.render(form=form)
        if then != "book":
            return self.render("facilitation/book_preview.html", form=form, **self._preview(form))
        meetings.book(by=self.viewer, meeting=self.meeting, **form.booked())
        messages.success(self.request, _("Booked. Everybody invited can see it now, and a letter goes to each."))
        return self.go("case", self.case.pk)

    def _preview(self, form: BookForm) -> dict[str, Any]:
        shown = conversations.preview(self.viewer, self.meeting, self.invitees, **form.booked())
        typed = [(name, value) for name, value in self.request.POST.items() if name in FIELDS]
        return {"copies": shown, "kept": typed}


class Cancel(MeetingPage):
    """Call it off. The page says what each room will hear, and when."""

    template = "facilitation/cancel.html"
    form_class = CancelForm
    status = Meeting.Status.CONFIRMED

    def context(self) -> dict[str, Any]:
        return super().context() | {"told_at": calling_off.neutral_time(self.meeting, clock.now())}

    def done(self, form: CancelForm) -> HttpResponse:
        meetings.cancel(by=self.viewer, meeting=self.meeting, why=form.cleaned_data["why"])
        messages.success(self.request, _("Called off. Everybody hears it in the same words, at the same time."))
        return self.go("case", self.case.pk)


class Held(MeetingPage):
    """It took place, and how it ended. Nothing else is recorded."""

    template = "facilitation/held.html"
    form_class = HeldForm
    status = Meeting.Status.CONFIRMED

    def done(self, form: HeldForm) -> HttpResponse:
        meetings.hold(by=self.viewer, meeting=self.meeting, ended_how=form.cleaned_data["ended_how"])
        messages.success(self.request, _("Noted. Follow-ups are planned for everybody who was invited."))
        return self.go("agreement_new", self.case.pk)
