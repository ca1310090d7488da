"""One card for each person in a case: what they said yes to, how far preparing is, how they can be reached."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cases import consent_things
from cases.consent_things import Thing
from cases.models import Case, Consent, Participant, SafeContact
from cases.models.consent import ConsentStatus, Purpose
from facilitation.models import Assessment, Preparation, Response
from facilitation.queries.people import called
from healing import clock
from healing.access import Viewer

TITLES = {
    Purpose.TAKE_PART: "Take part",
    Purpose.MEET: "Meet",
    Purpose.SHARE_STATEMENT: "Share words",
    Purpose.COUNT_ANSWERS: "Count answers",
}
ALWAYS = (Purpose.TAKE_PART, Purpose.MEET)


@dataclass(frozen=True)
class Yes:
    """One consent in words: what it is about, and where it stands since when."""

    title: str
    words: str
    status: str
    since: Any = None
    until: Any = None
    key: str = ""


@dataclass
class Card:
    """What the workbench shows of one person at a glance."""

    person: Participant
    consents: list[Yes] = field(default_factory=list)
    check_in: Response | None = None
    check_ins: int = 0
    preparations: list[Preparation] = field(default_factory=list)
    assessment: Assessment | None = None
    contact: SafeContact | None = None
    accompanies: str = ""
    fresh_since: Any = None

    @property
    def who(self) -> str:
        return called(self.person)

    @property
    def status_of_taking_part(self) -> str:
        return next(yes.status for yes in self.consents if yes.title == TITLES[Purpose.TAKE_PART])

    @property
    def meets(self) -> list[Yes]:
        return [yes for yes in self.consents if yes.title.startswith(TITLES[Purpose.MEET])]

    @property
    def is_assessed(self) -> bool:
        return self.assessment is not None and self.assessment.assessed_at >= self.fresh_since


def cards(viewer: Viewer, case: Case, people: list[Participant]) -> list[Card]:
    """As many queries for one person as for thirty."""
    ids = [person.pk for person in people]
    consents = _by_person(Consent.objects.visible_to(viewer).filter(participant__in=ids))
    sent = Response.objects.visible_to(viewer).filter(participant__in=ids, sent_at__isnull=False)
    check_ins = _by_person(sent.order_by("-sent_at"))
    prepared = Preparation.objects.visible_to(viewer).filter(participant__in=ids)
    preparations = _by_person(prepared.order_by("-happened_on"))
    judged = Assessment.objects.visible_to(viewer).filter(participant__in=ids)
    assessments = _by_person(judged.order_by("-assessed_at"))
    contacts = _by_person(SafeContact.objects.visible_to(viewer).filter(participant__in=ids))
    names: dict[UUID | None, str] = {person.pk: person.name for person in people}
    return [
        Card(
            person=person,
            consents=ledger(consents[person.pk]),
            check_in=next(iter(check_ins[person.pk]), None),
            check_ins=len(check_ins[person.pk]),
            preparations=preparations[person.pk],
            assessment=next(iter(assessments[person.pk]), None),
            contact=next(iter(contacts[person.pk]), None),
            accompanies=names.get(person.accompanies_id, ""),
            fresh_since=clock.now() - case.site.clock("assessment_valid"),
        )
        for person in people
    ]


def ledger(consents: Iterable[Consent]) -> list[Yes]:
    """Taking part and meeting are always there, asked or not; the rest once it was brought up."""
    found = [consent for consent in consents if consent.status != ConsentStatus.NOT_ASKED]
    order = list(TITLES)
    lines: dict[int, list[Yes]] = {order.index(Purpose(consent.purpose)): [] for consent in found}
    for consent in sorted(found, key=lambda consent: consent.form):
        lines[order.index(Purpose(consent.purpose))].append(_yes(consent))
    for purpose in ALWAYS:
        lines.setdefault(order.index(purpose), [Yes(TITLES[purpose], "Not asked yet", ConsentStatus.NOT_ASKED)])
    return [yes for index in sorted(lines) for yes in lines[index]]


def _yes(consent: Consent) -> Yes:
    thing = consent_things.of(consent)
    words = "Not now" if consent.status == ConsentStatus.DECLINED else consent.get_status_display()
    return Yes(title_of(thing), words, consent.status, consent.changed_at, consent.later_until, thing.key)


def title_of(thing: Thing) -> str:
    """Meet, in person."""
    title, form = TITLES[Purpose(thing.purpose)], thing.form_name
    return f"{title}, {form[0].lower()}{form[1:]}" if form else title


def _by_person(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    found = defaultdict(list)
    for row in rows:
        found[row.participant_id].append(row)
    return found
