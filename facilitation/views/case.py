"""One case at the workbench, and the neutral words that go to everybody in it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cases.pages import CasePage
from facilitation import gate
from facilitation.actions import notices
from facilitation.forms.meetings import NextWordForm
from facilitation.models import Meeting
from facilitation.queries import conversations, timeline
from facilitation.queries.cards import cards
from facilitation.queries.next_step import next_step
from facilitation.queries.people import everybody_in
from healing import clock
from healing.pages import FormPage


class Case(CasePage):
    """Next step, people, conversation, what was agreed, and what has happened.

    Opening it is on the record of each room that it shows, and on the case's.
    """

    template = "facilitation/case.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        people = everybody_in(self.viewer, self.case)
        self.recorded("room.read", *people)
        self.recorded("case.read", self.case)
        own = cards(self.viewer, self.case, people)
        meetings = conversations.meetings(self.viewer, self.case)
        agreements = conversations.agreements(self.viewer, self.case)
        return self.render(
            about=conversations.about(self.viewer, self.case),
            cards=own,
            step=next_step(self.case, own, meetings, agreements),
            **self._conversation(meetings),
            agreements=agreements,
            commitments=conversations.commitments(self.viewer, self.case),
            follow_ups=conversations.follow_ups(self.viewer, self.case),
            **self._timeline(request, people),
        )

    def _conversation(self, meetings: list[Meeting]) -> dict[str, Any]:
        current = next((meeting for meeting in meetings if meeting.status in conversations.OPEN), None)
        invitees = conversations.invitees(self.viewer, current)
        draft = current is not None and current.status == Meeting.Status.DRAFTED
        reasons = gate.reasons(self.viewer, current) if draft else []
        past = [meeting for meeting in meetings if meeting.status not in conversations.OPEN]
        return {
            "meeting": current,
            "invitees": invitees,
            "reasons": reasons,
            "past": past,
            "can_agree": any(meeting.status == Meeting.Status.HELD for meeting in past),
            "now": clock.now(),
        }

    def _timeline(self, request: HttpRequest, people: list[Any]) -> dict[str, Any]:
        chosen = next((person for person in people if str(person.pk) == request.GET.get("person")), None)
        asked = request.GET.get("events", "")
        most = min(int(asked), 1000) if asked.isdecimal() else timeline.STEP
        events, more = timeline.events(self.viewer, self.case, people, person=chosen, most=most)
        return {"events": events, "chosen": chosen, "more": most + timeline.STEP if more else None}


class NextWord(FormPage, CasePage):
    """The same neutral words in every room, on a day of the facilitator's choosing: news or no news."""

    template = "facilitation/next_word.html"

    def form(self, data: Any = None, files: Any = None) -> NextWordForm:
        today = clock.today(self.case.site.time_zone)
        usual = today + self.case.site.clock("update_interval")
        return NextWordForm(data, today=today, initial={"day": usual, "code": notices.FOR_ALL[0]})

    def done(self, form: NextWordForm) -> HttpResponse:
        notices.publish(by=self.viewer, case=self.case, **form.cleaned_data)
        messages.success(self.request, _("Everybody in the case has the same words now."))
        return self.go("case", self.case.pk)
