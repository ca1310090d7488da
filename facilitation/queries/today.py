"""What needs a facilitator today: a short list of sentences, the most pressing first, each with one button."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, Consent, Delivery, Participant
from cases.models.case import CaseStatus
from cases.models.consent import ConsentStatus, Purpose
from cases.queries.cases import waiting_for_me
from facilitation import instruments
from facilitation.models import Commitment, FollowUp, Invitee, Meeting, Response
from facilitation.queries import letters
from facilitation.queries.people import called, named
from facilitation.queries.readiness import answers_of, instrument_of
from healing import clock, sealed
from healing.access import Viewer

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Row:
    """A sentence that says who and why, since when, and the one thing to do about it."""

    sentence: str
    button: str
    url: str
    how_long: str = ""
    on: datetime | None = None
    zone: str = ""
    posts: bool = False
    case: Case | None = None


class Today:
    """Asks everything once, opens the keys of whoever is named with one query, and then speaks."""

    def __init__(self, viewer: Viewer, zone: str) -> None:
        self.viewer, self.zone, self.day = viewer, ZoneInfo(zone), clock.today(zone)
        self.replies = list(self._of(Response).filter(sent_at__isnull=False, read_at=None).order_by("sent_at", "id"))
        self.released = list(_released(viewer))
        self.later = sorted(_asked_for_today(viewer, self.day), key=lambda consent: consent.not_before)
        self.meetings = list(_near(viewer))
        self.in_doubt, self.to_be_told = letters.in_doubt(viewer), letters.to_be_told(viewer)
        self.undone = letters.undone(viewer)
        self.commitments = list(_due_commitments(viewer, self.day))
        self.adrift = list(_without_next_step(viewer, self.day))
        self.named_for = waiting_for_me(viewer)
        self.invited = self._invited()
        self.people = self._people()
        sealed.unlock([*self.people, *(row.case_id for row in self.commitments)])

    def rows(self) -> list[Row]:
        return [
            *self._replies(hard=True),
            *self._undone(),
            *self._replies(hard=False),
            *self._words_to_carry(),
            *self._due_on_their_day(),
            *self._conversations(),
            *self._letters_in_doubt(),
            *self._calls(),
            *self._commitments(),
            *self._to_declare(),
            *self._without_next_step(),
        ]

    def opened(self) -> list[Any]:
        """Whose sealed words are in these rows: everybody who is named, and the promises."""
        return [*self.people.values(), *self.commitments]

    def _of(self, model: Any) -> Any:
        return model.objects.visible_to(self.viewer).filter(case__in=self.viewer.cases)

    def _invited(self) -> dict[UUID, set[UUID]]:
        invited: dict[UUID, set[UUID]] = defaultdict(set)
        for row in self._of(Invitee).filter(meeting__in=[meeting.pk for meeting in self.meetings]):
            invited[row.meeting_id].add(row.participant_id)
        return invited

    def _people(self) -> dict[UUID, Participant]:
        wanted = {row.participant_id for row in (*self.replies, *self.released, *self.later)}
        wanted |= {letter.to for letter in (*self.in_doubt, *self.to_be_told)}
        wanted |= {person for people in self.invited.values() for person in people}
        people = self._of(Participant).filter(pk__in=wanted).select_related("case", "site").order_by("side", "id")
        return {person.pk: person for person in people}

    def _since(self, moment: datetime | date) -> str:
        day = timezone.localtime(moment, self.zone).date() if isinstance(moment, datetime) else moment
        days = (self.day - day).days
        return {0: "Since today", 1: "Since yesterday"}.get(days, f"For {days} days")

    @cached_property
    def _hard(self) -> set[UUID]:
        return {reply.pk for reply in self.replies if is_hard(reply)}

    def _replies(self, *, hard: bool) -> Iterator[Row]:
        for reply in self.replies:
            if (reply.pk in self._hard) == hard:
                who = called(self.people[reply.participant_id])
                says = "An answer says that things are very hard right now." if hard else "Their answers are new."
                yield Row(
                    f"{who} has sent a check-in. {says}",
                    f"Read what {who} wrote",
                    reverse("person_check_in", args=[reply.case_id, reply.participant_id, reply.pk]),
                    how_long=self._since(reply.sent_at),
                    case=self.people[reply.participant_id].case,
                )

    def _words_to_carry(self) -> Iterator[Row]:
        for consent in self.released:
            person = self.people[consent.participant_id]
            yield Row(
                f"{called(person)} has released words for the other side.",
                f"Carry the words of {called(person)}",
                reverse("person_carry", args=[person.case_id, person.pk]),
                how_long=self._since(consent.changed_at),
                case=person.case,
            )

    def _due_on_their_day(self) -> Iterator[Row]:
        for consent in self.later:
            person = self.people[consent.participant_id]
            yield Row(
                f"{called(person)} asked to be asked again from now on.",
                f"Ask {called(person)}",
                reverse("person", args=[person.case_id, person.pk]),
                how_long=self._since(consent.not_before),
                case=person.case,
            )

    def _conversations(self) -> Iterator[Row]:
        for meeting in self.meetings:
            over = meeting.has_begun
            who = named(person for pk, person in self.people.items() if pk in self.invited[meeting.pk])
            yield Row(
                f"The conversation of {who} {'was to take place' if over else 'is coming'}.",
                "Note how it ended" if over else "Look at the conversation",
                reverse("meeting_held" if over else "case", args=[meeting.case_id]),
                on=meeting.starts_at,
                zone=meeting.case.site.time_zone,
                case=meeting.case,
            )

    def _undone(self) -> Iterator[Row]:
        cases = Case.objects.visible_to(self.viewer).in_bulk({item.case for item in self.undone})
        for item in self.undone:
            case = cases[item.case]
            yield Row(
                f"Something that was due in case {case.reference} could not be done. Look at the case.",
                f"I have looked at case {case.reference}" if item.given_up else f"Open case {case.reference}",
                reverse("letter_checked", args=[item.due]) if item.given_up else reverse("case", args=[case.pk]),
                how_long=self._since(item.since),
                posts=item.given_up,
                case=case,
            )

    def _letters_in_doubt(self) -> Iterator[Row]:
        for letter in self.in_doubt:
            who = called(self.people[letter.to])
            sentence = f"We cannot tell whether {letter.words} to {who} left. Check, then mark it."
            yield self._about(letter, sentence, f"I have checked with {who}")

    def _calls(self) -> Iterator[Row]:
        for letter in self.to_be_told:
            who = called(self.people[letter.to])
            sentence = f"Call {who}: {letter.words} could not go by e-mail."
            yield self._about(letter, sentence, f"I have told {who}")

    def _about(self, letter: letters.Letter, sentence: str, button: str) -> Row:
        person = self.people[letter.to]
        url = reverse("letter_checked", args=[letter.due])
        return Row(sentence, button, url, how_long=self._since(letter.since), posts=True, case=person.case)

    def _commitments(self) -> Iterator[Row]:
        for commitment in self.commitments:
            yield Row(
                f"{commitment.owner} promised: {commitment.promise}",
                "Say whether it is done",
                reverse("commitment", args=[commitment.case_id, commitment.pk]),
                how_long=self._since(commitment.due_on),
                case=commitment.case,
            )

    def _to_declare(self) -> Iterator[Row]:
        for assignment in self.named_for:
            url = reverse("case_independence", args=[assignment.case_id])
            since = self._since(assignment.since)
            yield Row("You were named for a case.", "Say whether you are independent", url, how_long=since)

    def _without_next_step(self) -> Iterator[Row]:
        for case in self.adrift:
            yield Row(
                f"Case {case.reference} has no next step.",
                f"Open case {case.reference}",
                reverse("case", args=[case.pk]),
                how_long=self._since(case.next_word_on or case.opened_at),
            )


def is_hard(reply: Response) -> bool:
    """Whether an answer points to the calm page with phone lines."""
    answers = answers_of(reply)
    asked = instrument_of(reply).questions
    return any(instruments.signpost(question, answers.get(question.link_id, {})) for question in asked)


def next_up(viewer: Viewer) -> Meeting | None:
    """What an empty list may look forward to."""
    booked = Meeting.objects.visible_to(viewer).filter(status=Meeting.Status.CONFIRMED, starts_at__gt=clock.now())
    return booked.select_related("case__site").order_by("starts_at").first()


def _released(viewer: Viewer) -> Iterable[Consent]:
    """Words that their author said yes to sharing, and that nobody has carried across."""
    carried = Delivery.objects.visible_to(viewer).filter(case__in=viewer.cases, closed_at=None).values("consent_id")
    waiting = Consent.objects.visible_to(viewer).filter(case__in=viewer.cases, participant__paused_at=None)
    given = waiting.filter(purpose=Purpose.SHARE_STATEMENT, status=ConsentStatus.GIVEN).exclude(pk__in=carried)
    return given.exclude(case__status=CaseStatus.CLOSED).order_by("changed_at", "id")


def _asked_for_today(viewer: Viewer, day: date) -> Iterable[Consent]:
    """Whoever chose this day, or one that has passed, to be asked again; one row for a person."""
    waiting = Consent.objects.visible_to(viewer).filter(
        case__in=viewer.cases, status=ConsentStatus.LATER, later_until__lte=day, participant__paused_at=None
    )
    waiting = waiting.exclude(case__status=CaseStatus.CLOSED)
    return waiting.order_by("participant_id", "later_until", "id").distinct("participant_id")


def _near(viewer: Viewer) -> Iterable[Meeting]:
    booked = Meeting.objects.visible_to(viewer).filter(status=Meeting.Status.CONFIRMED)
    near = booked.filter(starts_at__lt=clock.now() + WEEK).order_by("starts_at", "id")
    return near.select_related("case__site")


def _due_commitments(viewer: Viewer, day: date) -> Iterable[Commitment]:
    open_ones = Commitment.objects.visible_to(viewer).filter(status=Commitment.Status.OPEN, due_on__lte=day)
    return open_ones.select_related("case").order_by("due_on", "id")


def _without_next_step(viewer: Viewer, day: date) -> Iterable[Case]:
    """Open cases in which nothing is planned: no word, no conversation, no follow-up, no promise, no day chosen."""

    def planned(model: Any, **which: Any) -> Exists:
        return Exists(model.objects.visible_to(viewer).filter(case=OuterRef("pk"), **which))

    own = Case.objects.visible_to(viewer).filter(pk__in=viewer.cases).exclude(status=CaseStatus.CLOSED)
    return (
        own.exclude(next_word_on__gte=day)
        .exclude(planned(Meeting, status__in=[Meeting.Status.DRAFTED, Meeting.Status.CONFIRMED]))
        .exclude(planned(FollowUp, status=FollowUp.Status.PLANNED))
        .exclude(planned(Commitment, status=Commitment.Status.OPEN))
        .exclude(planned(Consent, status=ConsentStatus.LATER, later_until__gt=day))
        .order_by("opened_at", "id")
    )
