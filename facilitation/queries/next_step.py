"""The next step of a case: the first thing that is not done yet, in a sentence with one button."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from cases.models import Case, Participant
from cases.models.case import CaseStatus
from cases.models.consent import ConsentStatus
from cases.models.people import Side
from facilitation.models import Agreement, Meeting
from facilitation.queries.cards import Card


@dataclass(frozen=True)
class Step:
    sentence: str
    button: str = ""
    url: str = ""


def next_step(case: Case, cards: list[Card], meetings: list[Meeting], agreements: list[Agreement]) -> Step:
    found = (
        *_closed(case),
        *_sides(case, cards),
        *_arranged(case, meetings),
        *_written_down(case, meetings, agreements),
        *_people(case, cards),
        *_planned(case, meetings),
        *_after(case),
    )
    return found[0] if found else Step("Plan the conversation.", "Choose people and form", _url("meeting_plan", case))


def _url(name: str, *rows: Case | Participant) -> str:
    return reverse(name, args=[row.pk for row in rows])


def _closed(case: Case) -> Iterator[Step]:
    if case.status == CaseStatus.CLOSED:
        yield Step("This case is closed. Promises stay visible.", "Open it again", _url("case_reopen", case))


def _sides(case: Case, cards: list[Card]) -> Iterator[Step]:
    there = {card.person.side for card in cards if not card.person.is_guest}
    words = {Side.HARMED.value: "the family's side", Side.STAFF.value: "the staff side"}
    for side, name in words.items():
        if side not in there:
            yield Step(f"Add somebody from {name}.", "Add a person", _url("person_new", case))


def _arranged(case: Case, meetings: list[Meeting]) -> Iterator[Step]:
    for meeting in meetings:
        if meeting.status != Meeting.Status.CONFIRMED:
            continue
        if meeting.has_begun:
            yield Step("The conversation was to take place.", "Note how it ended", _url("meeting_held", case))
        else:
            yield Step("The conversation is booked. Everybody has been told.")


def _written_down(case: Case, meetings: list[Meeting], agreements: list[Agreement]) -> Iterator[Step]:
    held = [meeting for meeting in meetings if meeting.status == Meeting.Status.HELD]
    if held and held[0].pk not in {agreement.meeting_id for agreement in agreements}:
        yield Step("Write down what was agreed, if anything was.", "Write it down", _url("agreement_new", case))


def _people(case: Case, cards: list[Card]) -> Iterator[Step]:
    if case.status in (CaseStatus.HELD, CaseStatus.FOLLOWING_UP):
        return
    for card in cards:
        if card.person.is_paused:
            continue
        yield from _person(case, card)


def _person(case: Case, card: Card) -> Iterator[Step]:
    who, person = card.who, card.person
    status = card.status_of_taking_part
    button, page = f"Go to {who}", _url("person", case, person)
    if status == ConsentStatus.NOT_ASKED:
        yield Step(f"Ask {who} whether they would like to take part.", button, page)
    elif status == ConsentStatus.ASKED:
        yield Step(f"{who} has been asked to take part. Their answer is open.", button, page)
    if status != ConsentStatus.GIVEN:
        return
    if not card.preparations:
        yield Step(f"Prepare with {who}.", "Note a preparation", _url("person_preparation", case, person))
    if not card.is_assessed:
        yield Step(f"Go through risks and strengths for {who}.", "Note it", _url("person_assessment", case, person))
    if all(yes.status == ConsentStatus.NOT_ASKED for yes in card.meets):
        yield Step(f"Ask {who} whether they would like to meet.", f"Ask {who}", _url("person_ask", case, person))


def _planned(case: Case, meetings: list[Meeting]) -> Iterator[Step]:
    if any(meeting.status == Meeting.Status.DRAFTED for meeting in meetings):
        yield Step("Go on with the plan for the conversation.", "Go on", _url("meeting_book", case))


def _after(case: Case) -> Iterator[Step]:
    if case.status in (CaseStatus.HELD, CaseStatus.FOLLOWING_UP):
        yield Step("Follow-ups go out by themselves. Read the answers as they come.")
