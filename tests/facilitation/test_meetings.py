"""A conversation from the plan to how it ended, through the acts that the pages call."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from cases.actions import cases
from cases.models import Case, Notice
from facilitation.actions import followups, meetings
from facilitation.models import Attendance, FollowUp, Invitee, Meeting
from healing import clock
from healing.errors import HealingError, NotAllowed, NotReady
from healing.models import AuditEvent, Due, StatusChange
from healing.roles import Role
from tests.factories.cases import make_participant, make_staff, opened
from tests.factories.meetings import Ready, make_booked, make_plan, make_ready, take_back

SOON = datetime(2026, 3, 10, 14, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(datetime(2026, 3, 2, 10, tzinfo=UTC), tick=False) as traveller:
        yield traveller


def book(ready: Ready, meeting: Meeting, **changes) -> list[Attendance]:
    words = {"place": "Garden room", "people": "Maria Lopez, Rana Chen and Sam Reed"}
    with opened(ready.sam) as sam:
        return meetings.book(by=sam, meeting=meeting, **{"starts_at": SOON, "minutes": 90} | words | changes)


def status_of(ready: Ready) -> str:
    with opened(ready.sam) as sam:
        return Case.objects.visible_to(sam).get(pk=ready.case.pk).status


def rows(ready: Ready, model: type, **which) -> list:
    with opened(ready.sam) as sam:
        found = list(model.objects.visible_to(sam).filter(**which))
        [(row.place, row.people) for row in found if model is Attendance]
        return found


def test_planning_tells_nobody(ready: Ready) -> None:
    make_plan(ready)

    assert (rows(ready, Attendance), rows(ready, Notice), rows(ready, Due, kind="appointment.letter")) == ([], [], [])
    assert status_of(ready) == "preparing"


def test_planning_again_changes_the_one_open_plan_and_keeps_the_care_named(ready: Ready) -> None:
    first = make_plan(ready)
    jon = make_participant(ready.case, side="harmed", name="Jon Lopez", user=False)
    with opened(ready.sam) as sam:
        again = meetings.plan(by=sam, case=ready.case, form="video", participants=[ready.maria, jon])
        named = {row.participant_id: row.aftercare for row in Invitee.objects.visible_to(sam).filter(meeting=again)}

    assert (again.pk, again.form) == (first.pk, "video")
    assert named == {ready.maria.pk: "A colleague calls the same evening.", jon.pk: ""}


def test_booking_tells_all_rooms_the_same_words_at_the_same_moment(ready: Ready) -> None:
    book(ready, make_plan(ready))
    told = rows(ready, Attendance)

    assert {row.participant_id for row in told} == {ready.maria.pk, ready.rana.pk}
    for name in ("starts_at", "minutes", "place", "people", "form", "status", "published_at"):
        assert len({getattr(row, name) for row in told}) == 1
    assert sorted(row.code for row in rows(ready, Notice)) == ["conversation_booked"] * 2
    assert len(rows(ready, Due, kind="appointment.letter", state="pending")) == 2
    assert status_of(ready) == "arranged"


def test_booking_asks_the_gate_again(ready: Ready) -> None:
    meeting = make_plan(ready)
    take_back(ready, ready.rana)

    with pytest.raises(NotReady) as closed:
        book(ready, meeting)

    assert closed.value.reasons == ["There is no standing yes from Rana Chen (staff) to meet in person."]
    assert rows(ready, Attendance) == []


def test_a_conversation_is_booked_once_and_for_a_day_to_come(ready: Ready) -> None:
    meeting = make_plan(ready)
    with pytest.raises(HealingError, match="still to come"):
        book(ready, meeting, starts_at=clock.now())
    book(ready, meeting)
    with pytest.raises(HealingError, match="booked already"):
        book(ready, meeting)
    with pytest.raises(HealingError, match="booked already"):
        make_plan(ready)

    assert len(rows(ready, Attendance)) == 2


def test_calling_off_waits_for_the_neutral_morning(ready: Ready) -> None:
    meeting = make_booked(ready, SOON)
    with opened(ready.sam) as sam:
        meetings.cancel(by=sam, meeting=meeting, why="day")
        meetings.cancel(by=sam, meeting=meeting, why="day")

    [tell] = rows(ready, Due, kind="conversation.tell_off")
    assert tell.due_at == datetime(2026, 3, 3, 9, tzinfo=UTC)
    assert {row.status for row in rows(ready, Attendance)} == {"booked"}
    assert {row.state for row in rows(ready, Due, kind="appointment.letter")} == {"void"}
    assert status_of(ready) == "preparing"
    [change] = rows(ready, StatusChange, to_status="cancelled")
    assert change.why == "day"


@pytest.mark.parametrize(
    ("now", "starts", "told"),
    [
        ("2026-03-02T10:00", "2026-03-10T14:00", "2026-03-03T09:00"),  # the next morning
        ("2026-03-06T10:00", "2026-03-10T14:00", "2026-03-09T09:00"),  # over the weekend
        ("2026-03-02T10:00", "2026-03-02T20:00", "2026-03-02T17:00"),  # three hours before it would begin
        ("2026-03-02T10:00", "2026-03-02T11:00", "2026-03-02T10:00"),  # at once when it is that close
        ("2026-03-27T10:00", "2026-04-10T14:00", "2026-03-30T08:00"),  # clocks go forward in London over the weekend
    ],
)
def test_the_neutral_time(ready: Ready, now: str, starts: str, told: str, monday) -> None:
    meeting = make_booked(ready, datetime.fromisoformat(starts + "+00:00"))
    monday.move_to(datetime.fromisoformat(now + "+00:00"))
    with opened(ready.sam) as sam:
        meetings.cancel(by=sam, meeting=meeting, why="day")

    [tell] = rows(ready, Due, kind="conversation.tell_off")
    assert tell.due_at == datetime.fromisoformat(told + "+00:00")


def test_calling_off_a_plan_tells_nobody(ready: Ready) -> None:
    meeting = make_plan(ready)
    with opened(ready.sam) as sam:
        meetings.cancel(by=sam, meeting=meeting, why="day")

    assert rows(ready, Due, kind="conversation.tell_off") == []
    assert make_plan(ready).pk != meeting.pk


def test_how_it_ended_is_all_that_is_recorded_and_follow_ups_are_planned(ready: Ready, monday) -> None:
    meeting = make_booked(ready, SOON)
    with opened(ready.sam) as sam, pytest.raises(HealingError, match="not begun"):
        meetings.hold(by=sam, meeting=meeting, ended_how="completed")
    monday.move_to(SOON + timedelta(hours=2))  # a Tuesday
    for _ in range(2):
        with opened(ready.sam) as sam:
            meetings.hold(by=sam, meeting=meeting, ended_how="paused")

    held = rows(ready, Meeting)[0]
    assert (held.status, held.ended_how, status_of(ready)) == ("held", "paused", "following_up")
    assert {row.status for row in rows(ready, Attendance)} == {"past"}
    days = [str(row.due_on) for row in rows(ready, FollowUp, participant=ready.maria.pk)]
    assert sorted(days) == ["2026-03-12", "2026-03-24", "2026-04-21", "2026-09-08", "2027-03-10"]
    assert len(rows(ready, FollowUp)) == len(rows(ready, Due, kind="followup.letter")) == 10
    mornings = {row.due_at for row in rows(ready, Due, kind="followup.letter", participant_id=ready.maria.pk)}
    assert datetime(2026, 3, 12, 9, tzinfo=UTC) in mornings
    assert datetime(2026, 4, 21, 8, tzinfo=UTC) in mornings  # nine in the morning in London, in summer


def test_a_follow_up_on_a_weekend_waits_for_the_next_working_day(ready: Ready, monday) -> None:
    thursday = datetime(2026, 3, 12, 14, tzinfo=UTC)
    meeting = make_booked(ready, thursday)
    monday.move_to(thursday + timedelta(hours=2))
    with opened(ready.sam) as sam:
        meetings.hold(by=sam, meeting=meeting, ended_how="completed")

    assert str(min(row.due_on for row in rows(ready, FollowUp))) == "2026-03-16"  # not on Saturday the 14th


def test_a_follow_up_can_be_left_out(ready: Ready, monday) -> None:
    meeting = make_booked(ready, SOON)
    monday.move_to(SOON + timedelta(hours=2))
    with opened(ready.sam) as sam:
        meetings.hold(by=sam, meeting=meeting, ended_how="completed")
    first = rows(ready, FollowUp, participant=ready.maria.pk, number=1)[0]
    with opened(ready.sam) as sam:
        followups.opt_out(by=sam, follow_up=first)

    assert rows(ready, FollowUp, pk=first.pk)[0].status == "not_wanted"
    assert rows(ready, Due, subject=first.pk)[0].state == "void"


def test_the_next_conversation_goes_through_preparing_again(ready: Ready, monday) -> None:
    meeting = make_booked(ready, SOON)
    monday.move_to(SOON + timedelta(hours=2))
    with opened(ready.sam) as sam:
        meetings.hold(by=sam, meeting=meeting, ended_how="paused")
    with opened(ready.sam) as sam:
        case = Case.objects.visible_to(sam).get(pk=ready.case.pk)
        meetings.plan(by=sam, case=case, form="in_person", participants=ready.people)

    assert status_of(ready) == "preparing"


def test_only_the_case_s_facilitators_may(ready: Ready) -> None:
    meeting = make_booked(ready, SOON)
    other = make_staff(ready.site, Role.FACILITATOR, name="Jo Blunt")
    lead = make_staff(ready.site, Role.LEAD)
    for user in (other, lead):
        with opened(user) as viewer:
            for act in (
                lambda by: meetings.plan(by=by, case=ready.case, form="video", participants=ready.people),
                lambda by: meetings.cancel(by=by, meeting=meeting, why="day"),
                lambda by: meetings.hold(by=by, meeting=meeting, ended_how="completed"),
                lambda by: meetings.book(by=by, meeting=meeting, starts_at=SOON, minutes=60, place="", people=""),
            ):
                with pytest.raises(NotAllowed):
                    act(viewer)


def test_people_of_another_case_cannot_be_invited(ready: Ready) -> None:
    other = make_ready(site=ready.site)
    with opened(ready.sam) as sam, pytest.raises(HealingError, match="in this case"):
        meetings.plan(by=sam, case=ready.case, form="video", participants=[ready.maria, other.rana])


def test_a_closed_case_plans_nothing(ready: Ready) -> None:
    with opened(ready.sam) as sam:
        cases.close(by=sam, case=ready.case, reason="needs")
        with pytest.raises(HealingError, match="closed"):
            meetings.plan(by=sam, case=ready.case, form="video", participants=ready.people)


def test_each_act_is_on_the_record(ready: Ready) -> None:
    meeting = make_booked(ready, SOON)
    with opened(ready.sam) as sam:
        meetings.cancel(by=sam, meeting=meeting, why="day")

    verbs = {row.verb for row in rows(ready, AuditEvent)}
    assert {"conversation.planned", "conversation.confirmed", "conversation.cancelled", "case.arranged"} <= verbs
