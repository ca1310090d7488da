"""The workbench as a facilitator meets it: every page, every form, and what each says."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cases.actions import consent
from cases.models import Case, Consent, Delivery, Notice
from facilitation.actions import meetings, readiness
from facilitation.models import Agreement, Assessment, Commitment, Meeting, Preparation, Promise, Response
from healing.models import AuditEvent, LegalNotice
from healing.roles import Role
from tests.factories.cases import make_participant, make_staff, opened, signed_in
from tests.factories.meetings import Ready, make_booked, make_plan, make_ready

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
SOON = datetime(2026, 3, 10, 14, tzinfo=UTC)


@pytest.fixture(autouse=True)
def time():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def house(db: None) -> Ready:
    return make_ready(user=True)


@pytest.fixture
def sam(house: Ready) -> Client:
    return signed_in(house.sam)


def at(name: str, house: Ready, *rows: Any) -> str:
    return reverse(name, args=[house.case.pk, *[row.pk for row in rows]])


def text(response: Any) -> str:
    return response.content.decode()


def rows(house: Ready, model: type, **which: Any) -> list:
    with opened(house.sam) as viewer:
        return list(model.objects.visible_to(viewer).filter(case_id=house.case.pk, **which).order_by("pk"))


def send_check_in(house: Ready, person: Any, feeling: str = "up-and-down", words: str = "") -> Response:
    with opened(person.user) as viewer:
        name = f"check-in-{person.side}"
        response = readiness.start(by=viewer, participant=person, instrument=name)
        readiness.save_answer(by=viewer, response=response, question="feeling", answer={"codes": [feeling]})
        if words:
            readiness.save_answer(by=viewer, response=response, question="worries", answer={"text": words})
        return readiness.send(by=viewer, response=response)


PERSON_PAGES = ["person", "person_preparation", "person_assessment", "person_consent", "person_ask", "person_carry"]
CASE_PAGES = ["case", "case_next_word", "meeting_plan"]


@pytest.mark.parametrize("name", PERSON_PAGES)
def test_every_page_about_a_person_says_the_full_name_and_the_side(house: Ready, sam: Client, name: str) -> None:
    page = sam.get(at(name, house, house.maria))

    assert page.status_code == 200
    assert "Maria Lopez" in text(page)
    assert "Family" in text(page)
    assert "Rana Chen" not in text(page).replace("Carry to Rana Chen", "")


@pytest.mark.parametrize("name", PERSON_PAGES)
def test_no_page_s_title_leaves_a_name_in_the_browser_s_history(house: Ready, sam: Client, name: str) -> None:
    title = text(sam.get(at(name, house, house.maria))).split("<title>")[1].split("</title>")[0]

    assert title.strip()
    assert "Maria" not in title


@pytest.mark.parametrize("name", CASE_PAGES)
def test_every_page_about_the_case_opens(house: Ready, sam: Client, name: str) -> None:
    assert sam.get(at(name, house)).status_code == 200


@pytest.mark.parametrize("name", PERSON_PAGES + CASE_PAGES)
def test_nobody_else_finds_these_pages(house: Ready, name: str) -> None:
    of_person = [house.maria] if name in PERSON_PAGES else []
    others = [
        make_staff(house.site, Role.FACILITATOR),
        make_staff(house.site, Role.LEAD),
        house.maria.user,
        house.rana.user,
    ]

    assert [signed_in(user).get(at(name, house, *of_person)).status_code for user in others] == [404] * 4


def test_the_case_page_says_the_next_step_and_shows_both_sides(house: Ready, sam: Client) -> None:
    page = text(sam.get(at("case", house)))

    assert "Plan the conversation." in page
    assert page.index("Maria Lopez") < page.index("Rana Chen")
    assert "Take part: <strong>Yes</strong>" in page
    assert "Meet, in person: <strong>Yes</strong>" in page
    assert "Prepared once, on" in page
    assert "No promises recorded." in page


def test_reading_a_case_and_a_person_is_on_the_record(house: Ready, sam: Client) -> None:
    response = send_check_in(house, house.maria)
    sam.get(at("case", house))
    sam.get(at("person", house, house.maria))
    sam.get(at("person_check_in", house, house.maria, response))

    assert len(rows(house, AuditEvent, verb="case.read", participant_id=None)) == 1
    assert reads(house, house.maria) == ["check_in.read", "person.read", "room.read"]
    assert reads(house, house.rana) == ["room.read"]


def reads(house: Ready, person: Any) -> list[str]:
    found = rows(house, AuditEvent, participant_id=person.pk, verb__endswith=".read")
    return sorted(row.verb for row in found)


def test_today_is_on_the_record_of_each_room_it_names_and_of_no_other(house: Ready, sam: Client) -> None:
    sam.get(reverse("today"))
    assert reads(house, house.maria) == reads(house, house.rana) == []
    send_check_in(house, house.maria)
    sam.get(reverse("today"))

    assert reads(house, house.maria) == ["today.read"]
    assert reads(house, house.rana) == []
    looked = text(signed_in(house.maria.user).get(reverse("room_looked", args=[house.maria.pk])))
    assert looked.count("Sam Reed") == 1  # a day and a role once, however often somebody looked


def test_a_check_in_is_read_word_for_word_and_stays_on_today_until_marked(house: Ready, sam: Client) -> None:
    response = send_check_in(house, house.maria, words="That nobody will believe me.")
    page = sam.get(at("person_check_in", house, house.maria, response))

    assert "That nobody will believe me." in text(page)
    assert "How are you feeling today?" in text(page)
    assert "Maria Lopez (family) has sent a check-in. Their answers are new." in text(sam.get(reverse("today")))
    sam.post(at("person_check_in", house, house.maria, response))
    assert "has sent a check-in" not in text(sam.get(reverse("today")))
    assert rows(house, Response)[0].read_at == MONDAY


def test_a_draft_is_not_there_for_the_facilitator(house: Ready, sam: Client) -> None:
    with opened(house.maria.user) as viewer:
        draft = readiness.start(by=viewer, participant=house.maria, instrument="check-in-harmed")

    assert sam.get(at("person_check_in", house, house.maria, draft)).status_code == 404
    assert "No check-in sent" in text(sam.get(at("case", house)))


def test_a_check_in_is_found_only_with_its_own_person(house: Ready, sam: Client) -> None:
    response = send_check_in(house, house.maria)

    assert sam.get(at("person_check_in", house, house.rana, response)).status_code == 404


def day(value: datetime) -> dict[str, str]:
    return {"_0": str(value.day), "_1": str(value.month), "_2": str(value.year)}


def dated(name: str, value: datetime) -> dict[str, str]:
    return {name + key: part for key, part in day(value).items()}


def test_noting_a_preparation(house: Ready, sam: Client) -> None:
    address = at("person_preparation", house, house.maria)
    late = sam.post(address, dated("happened_on", MONDAY + timedelta(days=1)) | {"note": "My long note"})
    done = sam.post(address, dated("happened_on", MONDAY) | {"note": "Afraid of anger."}, follow=True)

    assert late.status_code == 422
    assert "My long note" in text(late)
    assert "once it has taken place" in text(late)
    assert "The preparation with Maria Lopez (family) is noted." in text(done)
    assert "Afraid of anger." in text(done)
    assert len(rows(house, Preparation, participant=house.maria)) == 2


def test_noting_risks_and_strengths(house: Ready, sam: Client, time: Any) -> None:
    time.shift(timedelta(minutes=1))
    words = {"outcome": "not_now", "risks": "Not sleeping.", "strengths": "Her sister."}
    page = sam.post(at("person_assessment", house, house.maria), words, follow=True)

    assert "Not suitable now" in text(page)
    assert "Not sleeping." in text(page)
    assert len(rows(house, Assessment, participant=house.maria)) == 2


@pytest.mark.parametrize(
    ("answers", "status", "sentence"),
    [
        ({"decision": "withdrawn"}, "withdrawn", "Recorded for Maria Lopez (family)."),
        ({"decision": "declined"}, "withdrawn", "Recorded for Maria Lopez (family)."),
        ({"decision": "later"} | dated("later_until", SOON), "later", "Recorded for Maria Lopez (family)."),
        ({"decision": "later"}, "given", "Give the day they chose."),
        ({"decision": "later"} | dated("later_until", MONDAY), "given", "Give the day they chose."),
        ({"decision": "withdrawn", "about": "meet-video"}, "given", "There is no yes to take back for this."),
        ({"decision": "given", "about": "share-staff"}, "given", "Only they can release words"),
        ({}, "given", "Choose an answer."),
    ],
)
def test_recording_an_answer_given_by_phone(
    house: Ready, sam: Client, answers: dict, status: str, sentence: str
) -> None:
    words = {"about": "meet-in_person", "how": "phone"} | answers
    page = sam.post(at("person_consent", house, house.maria), words, follow=True)

    assert sentence in text(page)
    with opened(house.sam) as viewer:
        meet = Consent.objects.visible_to(viewer).filter(participant=house.maria, purpose="meet", form="in_person")
        assert meet.get().status == status


def test_asking_to_meet_in_another_form(house: Ready, sam: Client) -> None:
    address = at("person_ask", house, house.maria)
    before = text(sam.get(address))
    page = sam.post(address, {"about": "meet-video"}, follow=True)

    assert "Meet, by video" in before
    assert "Meet, in person" not in before
    assert "The question is on the page of Maria Lopez (family)." in text(page)
    assert "Meet, by video: <strong>Asked</strong>" in text(page)


def test_words_cross_only_after_their_author_has_released_them(house: Ready, sam: Client) -> None:
    address = at("person_carry", house, house.maria)
    assert "Nothing is released." in text(sam.get(address))
    with opened(house.maria.user) as viewer:
        consent.decide(
            by=viewer,
            participant=house.maria,
            purpose="share_statement",
            to_side="staff",
            decision="given",
            words="I want you to know who she was.",
        )
    assert "Maria Lopez (family) has released words for the other side." in text(sam.get(reverse("today")))
    amira = make_participant(house.case, side="staff", name="Amira Haddad", user=False)
    page = text(sam.get(address))
    assert "Amira Haddad" in page
    assert "Carry to Amira Haddad" not in page
    assert sam.post(address, {"to": str(amira.pk)}).status_code == 409
    assert "I want you to know who she was." in page
    assert "Carry to Rana Chen (staff)" in page
    sam.post(address, {"to": str(house.rana.pk)})

    [delivery] = rows(house, Delivery)
    with opened(house.rana.user) as viewer:
        assert Delivery.objects.visible_to(viewer).get().words == "I want you to know who she was."
    assert delivery.participant_id == house.rana.pk
    assert "has released words" not in text(sam.get(reverse("today")))
    for wrong in (str(house.maria.pk), "nobody", ""):
        assert sam.post(address, {"to": wrong}).status_code == 409


def book_words(starts: str = "14:00", **changes: str) -> dict[str, str]:
    words = {"at": starts, "minutes": "90", "place": "Garden room", "people": "Maria Lopez, Rana Chen and Sam Reed"}
    return dated("day", SOON) | words | changes


def test_from_the_case_to_a_booked_conversation(house: Ready, sam: Client) -> None:
    plan = {"form": "in_person", "people": [str(house.maria.pk), str(house.rana.pk)]}
    gate = sam.post(at("meeting_plan", house), plan, follow=True)
    assert "Nobody is named yet to be there for Maria Lopez (family) during and afterwards." in text(gate)
    assert sam.post(at("meeting_book", house), book_words(then="book")).status_code == 409

    form = text(sam.get(at("meeting_care", house)))
    care = {part.split('"')[0]: "A friend." for part in form.split('type="text" name="')[1:]}
    assert len(care) == 2
    ready = text(sam.post(at("meeting_care", house), care, follow=True))
    assert "Nothing is missing." in ready

    preview = sam.post(at("meeting_book", house), book_words())
    assert preview.status_code == 200
    for words in (
        "Nothing is booked yet.",
        "Garden room",
        "Time: 14:00 (London time)",
        "Book for Maria Lopez (family)",
    ):
        assert words in text(preview)
    assert rows(house, Meeting)[0].status == "drafted"
    changed = text(sam.post(at("meeting_book", house), book_words(then="change", place="Blue room")))
    assert "Blue room" in changed

    page = sam.post(at("meeting_book", house), book_words(then="book"), follow=True)
    assert "Booked. Everybody invited can see it now" in text(page)
    assert rows(house, Meeting)[0].starts_at == SOON


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"at": "half past"}, "Write the time like this: 14:30."),
        ({"minutes": "5"}, "greater than or equal to 15"),
        ({"place": ""}, "Fill this in to go on."),
        (dated("day", MONDAY - timedelta(days=1)), "still to come"),
        ({"day_0": "31", "day_1": "2", "day_2": "2026"}, "We could not read that date."),
        ({"at": "01:30", "day_0": "29", "day_1": "3"}, "this time is skipped"),
        ({"at": "01:30", "day_0": "25", "day_1": "10"}, "this time comes twice"),
    ],
)
def test_a_time_that_cannot_be_is_asked_again_and_nothing_is_lost(
    house: Ready, sam: Client, changes: dict, sentence: str
) -> None:
    make_plan(house)
    page = sam.post(at("meeting_book", house), book_words(then="book") | changes)

    assert page.status_code == 422
    assert sentence in text(page)
    assert "Maria Lopez, Rana Chen and Sam Reed" in text(page)
    assert rows(house, Meeting)[0].status == "drafted"


def test_the_hour_is_the_one_on_the_wall_at_the_site(house: Ready, sam: Client) -> None:
    make_plan(house)
    sam.post(at("meeting_book", house), book_words(then="book") | {"day_0": "30", "day_1": "3"})

    assert rows(house, Meeting)[0].starts_at == datetime(2026, 3, 30, 13, tzinfo=UTC)


def test_a_yes_taken_back_between_preview_and_booking_books_nothing(house: Ready, sam: Client) -> None:
    make_plan(house)
    assert sam.post(at("meeting_book", house), book_words()).status_code == 200
    with opened(house.rana.user) as viewer:
        consent.decide(
            by=viewer, participant=house.rana, purpose="meet", form="in_person", decision="withdrawn", how="in_room"
        )
    page = sam.post(at("meeting_book", house), book_words(then="book"))

    assert page.status_code == 409
    assert "There is no standing yes from Rana Chen (staff) to meet in person." in text(page)
    assert rows(house, Meeting)[0].status == "drafted"


def test_calling_off_says_when_everybody_hears_it(house: Ready, sam: Client) -> None:
    make_booked(house, SOON)
    before = text(sam.get(at("meeting_cancel", house)))
    page = sam.post(at("meeting_cancel", house), {"why": "place"}, follow=True)

    assert "Tuesday 3 March, 09:00" in before
    assert "Called off. Everybody hears it in the same words, at the same time." in text(page)
    assert sam.get(at("meeting_cancel", house)).status_code == 404


def test_how_it_ended_then_what_was_agreed_then_whether_it_was_kept(house: Ready, sam: Client, time: Any) -> None:
    make_booked(house, SOON)
    time.move_to(SOON + timedelta(hours=2))
    sam = signed_in(house.sam)
    assert "Note how it ended" in text(sam.get(reverse("today")))
    agree = sam.post(at("meeting_held", house), {"ended_how": "completed"}, follow=True)
    assert "may be asked for in a court case" in text(agree)

    words = {"text": "The ward changes its alarm.", "promise": "Write to Maria about the alarm.", "owner": ""}
    unfinished = sam.post(at("agreement_new", house), words)
    assert unfinished.status_code == 422
    assert all(words in text(unfinished) for words in ("Say who promised it.", "Choose to whom it was promised."))
    whole = words | {"owner": "Dr Obi", "to": [str(house.maria.pk)]} | dated("due_on", SOON + timedelta(days=9))
    page = text(sam.post(at("agreement_new", house), whole, follow=True))
    assert "Write to Maria about the alarm." in page
    assert "2 planned" in page
    assert len(rows(house, Agreement)) == 1

    [commitment], [promise] = rows(house, Commitment), rows(house, Promise)
    assert (promise.participant_id, promise.status) == (house.maria.pk, "open")
    address = at("commitment", house, commitment)
    assert "Made to Maria Lopez (family)." in text(sam.get(address))
    sam.post(address, {"status": "not_done"})
    assert [row.status for row in rows(house, Promise)] == ["not_done"]
    assert sam.post(address, {"status": "settled"}).status_code == 409
    assert sam.post(address, {"status": "nonsense"}).status_code == 409


def test_an_agreement_without_a_promise(house: Ready, sam: Client, time: Any) -> None:
    meeting = make_booked(house, SOON)
    time.move_to(SOON + timedelta(hours=2))
    with opened(house.sam) as viewer:
        meetings.hold(by=viewer, meeting=meeting, ended_how="completed")
    signed_in(house.sam).post(at("agreement_new", house), {"text": "We met and listened."})

    assert (len(rows(house, Agreement)), rows(house, Commitment)) == (1, [])


def test_the_law_of_today_stands_above_what_was_agreed(house: Ready, sam: Client, time: Any) -> None:
    for words, day in {"Kept apart.": MONDAY.date(), "Kept together.": SOON.date() + timedelta(days=1)}.items():
        LegalNotice.objects.create(site=house.site, jurisdiction="Ontario", text=words, valid_from=day)
    meeting = make_booked(house, SOON)
    time.move_to(SOON + timedelta(hours=2))
    with opened(house.sam) as viewer:
        meetings.hold(by=viewer, meeting=meeting, ended_how="completed")
    page = text(signed_in(house.sam).get(at("agreement_new", house)))

    assert "<strong>Ontario:</strong> Kept apart." in page
    assert "Kept together." not in page


def test_nothing_is_agreed_before_a_conversation(house: Ready, sam: Client) -> None:
    assert sam.get(at("agreement_new", house)).status_code == 404


def test_the_same_words_go_to_everybody(house: Ready, sam: Client) -> None:
    page = sam.post(at("case_next_word", house), {"code": "no_news_yet"} | dated("day", SOON), follow=True)

    assert "Everybody in the case has the same words now." in text(page)
    published = rows(house, Notice)
    assert {row.participant_id for row in published} == {house.maria.pk, house.rana.pk}
    assert len({(row.code, row.version, row.day, row.published_at) for row in published}) == 1
    assert rows_of_case(house).next_word_on == SOON.date()


def rows_of_case(house: Ready) -> Case:
    with opened(house.sam) as viewer:
        return Case.objects.visible_to(viewer).get(pk=house.case.pk)


def test_the_history_is_newest_first_can_be_filtered_and_shows_more(house: Ready, sam: Client, time: Any) -> None:
    for hour in range(12):
        time.move_to(MONDAY + timedelta(hours=hour + 1))
        for person in house.people:
            with opened(house.sam) as viewer:
                decision = "given" if hour % 2 else "declined"
                consent.decide(by=viewer, participant=person, purpose="count_answers", decision=decision, how="phone")
    sam = signed_in(house.sam)
    first, more = text(sam.get(at("case", house))), text(sam.get(at("case", house) + "?events=40"))
    about_maria = text(sam.get(at("case", house) + f"?person={house.maria.pk}&events=40"))

    assert first.count("timeline__item") == 20
    assert more.count("timeline__item") > 24
    assert "events=40#history" in first
    history = about_maria[about_maria.index('class="timeline"') :]
    assert "Maria Lopez (family) said yes: count answers" in history
    assert "Rana Chen" not in history
    assert sam.get(at("case", house) + "?person=nobody&events=-3").status_code == 200
