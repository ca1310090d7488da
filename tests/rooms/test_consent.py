"""Saying yes, not now, ask me on a day, and taking back: an act with a text, in as few steps one way as the other."""

import re
from datetime import timedelta

import pytest

from cases import texts
from cases.actions import consent as acts
from cases.models import Consent, ConsentDecision
from healing import clock
from healing.errors import HealingError, NotAllowed
from healing.models import Due
from tests.factories.cases import opened


def standing(room, **which):
    with opened(room.user) as viewer:
        return Consent.objects.visible_to(viewer).filter(participant=room, **which).first()


def decisions(room):
    with opened(room.user) as viewer:
        return list(ConsentDecision.objects.visible_to(viewer).filter(participant=room).order_by("at"))


def due_kinds(room):
    with opened(room.user) as viewer:
        return sorted(Due.objects.visible_to(viewer).filter(state="pending").values_list("kind", flat=True))


def ask_to_meet(house, room, form="in_person"):
    with opened(house.sam) as viewer:
        acts.ask(by=viewer, participant=room, purpose="meet", form=form)


def answer(person, key, decision, follow=False):
    page = person.get(f"consent/{key}/")
    seen = re.search(r'name="seen" value="(\w+)"', page.text)[1]
    return person.post(f"consent/{key}/", {"decision": decision, "seen": seen}, follow=follow)


def test_the_ledger_lists_what_was_asked_and_the_three_that_are_always_there(house, maria):
    ledger = maria.get("consent/")
    assert [item["title"] for item in ledger.context["items"]] == [
        "Taking part",
        "Sharing some words",
        "Counting your answers",
    ]
    ask_to_meet(house, maria.room)
    assert "A conversation with the staff side: in person" in maria.get("consent/").text
    assert maria.get("consent/meet-video/").status_code == 404
    assert maria.get("consent/meet-in_person/").status_code == 200


def test_the_page_shows_the_exact_text_and_the_decision_keeps_which_one(maria):
    text = texts.consent("take_part", "harmed")
    page = maria.get("consent/take-part/")
    for line in (*text.says_yes_to, *text.who_sees, *text.how_to_stop, *text.what_stays_private, *text.if_you_say_no):
        assert line in page.text
    assert [label in page.text for label in ("Yes", "Not now", "Ask me on a day I choose")] == [True] * 3

    noted = answer(maria, "take-part", "given", follow=True)
    assert "You have said yes to one thing only: Taking part." in noted.text
    [decision] = decisions(maria.room)
    assert (decision.decision, decision.text_name, decision.text_version) == ("given", "take_part", text.version)
    assert (decision.text_hash, decision.how) == (text.content_hash, "in_room")
    assert decision.recorded_by == maria.room.user.pk


def presses_until(person, decision):
    """From the hub: each link or button that has to be pressed."""
    presses = 0
    hub = person.get()
    for title in ("What I say yes to", "Taking part"):
        lines = hub.context.get("tasks") or hub.context["items"]
        hub = person.client.get(next(line["url"] for line in lines if line["title"] == title))
        presses += 1
    assert f'value="{decision}"' in hub.text
    answer(person, "take-part", decision)
    return presses + 1


def test_taking_back_takes_as_many_steps_as_giving(maria):
    assert presses_until(maria, "given") == presses_until(maria, "withdrawn") == 3
    assert [decision.decision for decision in decisions(maria.room)] == ["given", "withdrawn"]


def test_every_page_leads_to_stopping_in_two_presses(maria):
    maria.post("check-in/")
    answer(maria, "take-part", "given")
    for path in ("", "consent/", "check-in/", "conversation/", "promises/", "contact/", "looked/", "words/"):
        assert f"{maria.at}consent/take-part/" in maria.get(path).text, path
    answer(maria, "take-part", "withdrawn")
    assert standing(maria.room, purpose="take_part").status == "withdrawn"


def test_a_yes_counts_only_for_the_text_that_was_seen(maria):
    page = maria.post("consent/take-part/", {"decision": "given", "seen": "another text"})
    assert page.status_code == 422
    assert "The words have changed since you opened the page." in page.text
    assert decisions(maria.room) == []


@pytest.mark.parametrize("data", [{}, {"decision": "maybe"}, {"decision": "later"}])
def test_a_press_that_says_nothing_is_not_a_yes(maria, data):
    page = maria.post("consent/take-part/", data)
    assert page.status_code == 422
    assert "Choose one of the answers." in page.text
    assert decisions(maria.room) == []


def test_not_now_is_as_near_as_yes_and_is_kept_as_such(maria):
    noted = answer(maria, "count-answers", "declined", follow=True)
    assert "Not now is a fine answer." in noted.text
    assert standing(maria.room, purpose="count_answers").status == "declined"


def test_ask_me_on_a_day(house, maria):
    ask_to_meet(house, maria.room)
    past = maria.post("consent/meet-in_person/later/", {"day_0": "1", "day_1": "2", "day_2": "2020"})
    assert past.status_code == 409
    assert "Choose a day after today." in past.text
    noted = maria.post("consent/meet-in_person/later/", {"day_0": "3", "day_1": "May", "day_2": "2099"}, follow=True)
    assert "We will not ask again until Sunday 3 May 2099, the day you chose." in noted.text
    with opened(house.sam) as viewer, pytest.raises(HealingError, match="has not come yet"):
        acts.ask(by=viewer, participant=maria.room, purpose="meet", form="in_person")


def test_from_that_day_on_the_facilitator_may_ask_again(house, maria, time_machine):
    until = clock.today("Europe/London") + timedelta(days=10)
    with opened(maria.room.user) as viewer:
        acts.decide(by=viewer, participant=maria.room, purpose="count_answers", decision="later", later_until=until)
    time_machine.move_to(clock.now() + timedelta(days=11))
    with opened(house.sam) as viewer:
        asked = acts.ask(by=viewer, participant=maria.room, purpose="count_answers")
    assert (asked.status, asked.later_until) == ("asked", None)


@pytest.mark.parametrize("decision", ["declined", "given"])
def test_after_a_no_only_they_bring_it_up_again(house, maria, decision):
    ask_to_meet(house, maria.room)
    answer(maria, "meet-in_person", decision)
    if decision == "given":
        answer(maria, "meet-in_person", "withdrawn")
    with opened(house.sam) as viewer, pytest.raises(HealingError, match="Only they"):
        acts.ask(by=viewer, participant=maria.room, purpose="meet", form="in_person")
    answer(maria, "meet-in_person", "given")
    assert standing(maria.room, purpose="meet").stands


def test_the_same_press_twice_is_one_decision(maria):
    answer(maria, "take-part", "given")
    answer_again = maria.post("consent/take-part/", {"decision": "given", "seen": seen_on(maria, "take-part")})
    assert answer_again.status_code == 302
    assert len(decisions(maria.room)) == 1


def seen_on(person, key):
    return re.search(r'name="seen" value="(\w+)"', person.get(f"consent/{key}/").text)[1]


def test_nothing_to_take_back_is_a_sentence(maria):
    page = maria.post("consent/take-part/", {"decision": "withdrawn"})
    assert (page.status_code, "There is no yes to take back here." in page.text) == (409, True)


def test_by_phone_it_counts_at_once_and_says_who_noted_it(house, maria):
    answer(maria, "take-part", "given")
    with opened(house.sam) as viewer:
        acts.decide(by=viewer, participant=maria.room, purpose="take_part", decision="withdrawn", how="phone")
    assert standing(maria.room, purpose="take_part").status == "withdrawn"
    assert decisions(maria.room)[-1].recorded_by == house.sam.pk
    assert "By phone" in maria.get("consent/take-part/").text


def test_nobody_else_answers_in_a_room(house, maria):
    for who, how in ((house.sam, "in_room"), (house.ben.user, "in_room"), (house.ben.user, "phone")):
        with opened(who) as viewer, pytest.raises(NotAllowed):
            acts.decide(by=viewer, participant=maria.room, purpose="take_part", decision="given", how=how)
    with opened(maria.room.user) as viewer, pytest.raises(NotAllowed):
        acts.decide(by=viewer, participant=maria.room, purpose="take_part", decision="given", how="phone")
    with opened(maria.room.user) as viewer, pytest.raises(NotAllowed):
        acts.ask(by=viewer, participant=maria.room, purpose="meet", form="video")


def test_taking_back_taking_part_takes_back_meeting_and_sharing(house, maria):
    ask_to_meet(house, maria.room)
    answer(maria, "take-part", "given")
    answer(maria, "meet-in_person", "given")
    maria.post("words/", {"words": "It was my father."})
    answer(maria, "share-staff", "given")
    answer(maria, "count-answers", "given")
    answer(maria, "take-part", "withdrawn")

    assert {row.decision for row in decisions(maria.room)[-3:]} == {"withdrawn"}
    for purpose in ("take_part", "meet", "share_statement"):
        assert not standing(maria.room, purpose=purpose).stands
    assert standing(maria.room, purpose="count_answers").stands


def test_taking_back_a_yes_asks_about_the_conversation_and_stopping_keeps_every_letter_back(house, maria):
    """A letter about a conversation asks by itself whether everybody still agrees: it may be about another form."""
    ask_to_meet(house, maria.room)
    answer(maria, "meet-in_person", "given")
    with opened(house.sam):
        Due.objects.bulk_create(
            Due(
                kind=kind,
                key=kind,
                subject=maria.room.pk,
                case_id=maria.room.case_id,
                participant_id=maria.room.pk,
                due_at=clock.now(),
            )
            for kind in ("appointment.letter", "appointment.off", "followup.letter")
        )
    answer(maria, "meet-in_person", "withdrawn")
    assert due_kinds(maria.room) == ["appointment.letter", "appointment.off", "conversation.review", "followup.letter"]

    answer(maria, "take-part", "given")
    answer(maria, "take-part", "withdrawn")
    assert due_kinds(maria.room) == ["appointment.off", "conversation.review", "conversation.review"]
    assert due_kinds(house.ben) == []


def test_a_yes_that_is_put_off_ends_too(house, maria):
    ask_to_meet(house, maria.room)
    answer(maria, "meet-in_person", "given")
    maria.post("consent/meet-in_person/later/", {"day_0": "3", "day_1": "5", "day_2": "2099"})
    assert due_kinds(maria.room) == ["conversation.review"]


def test_the_yes_that_stands_can_be_asked_and_held(house, maria):
    with opened(house.sam) as viewer:
        assert acts.standing(viewer, maria.room, "take_part") is None
    answer(maria, "take-part", "given")
    with opened(house.sam) as viewer:
        assert acts.standing(viewer, maria.room, "take_part", lock=True).stands
        assert acts.standing(viewer, maria.room, "meet", form="video") is None
        assert acts.standing(viewer, house.ben, "take_part") is None


def test_one_s_own_history_is_shown_newest_first(maria):
    for decision in ("given", "withdrawn", "declined"):
        answer(maria, "take-part", decision)
    page = maria.get("consent/take-part/").text
    assert page.index("You said not now") < page.index("You took back your yes") < page.index("You said yes")
