"""Neutral words that go into every room alike, so that neither their coming nor their wording tells anything."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from cases import texts
from cases.models import Case, Notice, Participant
from facilitation.models import Attendance
from healing import access, audit, clock, due

FOR_ALL = ("no_news_yet", "not_possible_now")  # what a facilitator may publish by herself


@transaction.atomic
def publish(*, by: access.Viewer, case: Case, code: str, day: date) -> None:
    """The same neutral words to every room of the case, and the day by which all of them hear something again."""
    access.require_case(by, case.pk)
    people = list(Participant.objects.visible_to(by).filter(case=case, left_at=None))
    for notice in write(code, people, day=day):
        ids = {"subject": notice.pk, "case": case.pk, "room": notice.participant_id}
        due.plan("notice.letter", at=clock.now(), key=f"notice.letter:{notice.pk}", **ids)
    _next_word(by, case, day)
    audit.record(by=by, verb="case.word_published", subject=case, detail=code)


def write(code: str, rooms: Iterable[Participant | Attendance], *, day: date | None = None) -> list[Notice]:
    words, now = texts.notice(code), clock.now()
    return Notice.objects.bulk_create(
        Notice(
            case_id=row.case_id,
            participant_id=row.pk if isinstance(row, Participant) else row.participant_id,
            code=code,
            version=words.version,
            day=day,
            published_at=now,
        )
        for row in rooms
    )


def promise_next_word(by: access.Viewer, case: Case) -> date:
    """The day by which everybody hears something, whatever has happened by then (M10)."""
    day = clock.today(case.site.time_zone) + case.site.clock("update_interval")
    _next_word(by, case, day)
    return day


def _next_word(by: access.Viewer, case: Case, day: date) -> None:
    Case.objects.visible_to(by).filter(pk=case.pk).update(next_word_on=day)
    case.next_word_on = day
