"""What passes from one room into another: exactly the words that were said yes to, and none of them after that ends."""

import re

import pytest

from cases import door
from cases.actions import consent as acts
from cases.actions import people
from cases.models import Consent, Delivery
from healing.errors import ConsentMissing, HealingError, NotAllowed
from tests.factories.cases import make_participant, opened
from tests.rooms.test_consent import answer, decisions, standing
from tests.rooms.visiting import visitor

WORDS = "It was my father.\nI want to know what will change."


@pytest.fixture(autouse=True)
def _both_take_part(house):
    for person in (visitor(house.maria), visitor(house.ben)):
        answer(person, "take-part", "given")


def share(person, words=WORDS):
    person.post("words/", {"words": words})
    return answer(person, "share-staff", "given")


def carry(house, *receivers):
    with opened(house.sam) as viewer:
        consent = acts.standing(viewer, house.maria, "share_statement", to_side="staff")
        consent = consent or Consent.objects.visible_to(viewer).get(purpose="share_statement")
        return door.deliver(by=viewer, consent=consent, to=list(receivers))


def stored(sql):
    return [bytes(words) for (words,) in sql("select words from cases_delivery")]


def block(page):
    return re.search(r"<figure.*?</figure>", page.text, re.DOTALL)[0]


def test_words_are_written_looked_at_and_said_yes_to(maria):
    preview = maria.post("words/", {"words": WORDS}, follow=True)
    assert "This is just what they would see" in preview.text
    assert "It was my father.<br>I want to know" in preview.text
    noted = answer(maria, "share-staff", "given", follow=True)
    assert "You have said yes to one thing only" in noted.text
    assert decisions(maria.room)[-1].decision == "given"
    with opened(maria.room.user):
        assert decisions(maria.room)[-1].words == WORDS


def test_the_other_side_reads_just_what_was_previewed(house, maria, ben):
    preview = maria.post("words/", {"words": WORDS}, follow=True)
    answer(maria, "share-staff", "given")
    carry(house, house.ben)
    asked = ben.get("for-you/")
    assert "There is something from the other side. Would you like to read it?" in asked.text
    assert "father" not in asked.text
    delivery = asked.context["deliveries"][0]
    ben.post(f"for-you/{delivery.pk}/read/")

    assert block(ben.get("for-you/")) == block(preview)


def test_the_yes_is_to_the_words_that_were_seen(maria):
    maria.post("words/", {"words": "First words."})
    seen = re.search(r'name="seen" value="(\w+)"', maria.get("consent/share-staff/").text)[1]
    maria.post("words/", {"words": "Other words, from another tab."})
    page = maria.post("consent/share-staff/", {"decision": "given", "seen": seen})
    assert page.status_code == 422
    assert not standing(maria.room, purpose="share_statement").stands


def test_words_are_kept_while_they_are_typed_and_long_ones_get_a_sentence(maria):
    assert maria.post("words/save/", {"words": "Half a thou"}).status_code == 204
    assert "Half a thou" in maria.get("words/").text
    page = maria.post("words/", {"words": "a" * 4001})
    assert page.status_code == 422
    assert "4000 letters fit here, and this has 4001" in page.text
    assert "a" * 4001 in page.text


def test_words_that_stand_are_changed_only_after_taking_back(maria):
    share(maria)
    assert maria.get("words/")["Location"].endswith("/consent/share-staff/")
    assert maria.post("words/", {"words": "Others"}).status_code == 409
    assert standing(maria.room, purpose="share_statement").stands


def test_taking_back_leaves_no_word_anywhere(house, maria, ben, sql):
    share(maria)
    [delivery] = carry(house, house.ben)
    ben.post(f"for-you/{delivery.pk}/read/")
    assert "my father" in ben.get("for-you/").text
    answer(maria, "share-staff", "withdrawn")

    page = ben.get("for-you/")
    assert "This is no longer shared." in page.text
    assert "father" not in page.text
    with opened(house.ben.user):
        assert stored(sql) == [b""]
    assert ben.post(f"for-you/{delivery.pk}/read/").status_code == 409


def test_taking_back_by_phone_closes_the_door_too(house, maria, sql):
    share(maria)
    carry(house, house.ben)
    with opened(house.sam) as viewer:
        acts.decide(
            by=viewer,
            participant=maria.room,
            purpose="share_statement",
            to_side="staff",
            decision="withdrawn",
            how="phone",
        )
        assert stored(sql) == [b""]


def test_other_words_close_what_was_delivered_first(house, maria, ben, sql):
    share(maria)
    carry(house, house.ben)
    with opened(house.maria.user) as viewer:
        acts.decide(
            by=viewer,
            participant=house.maria,
            purpose="share_statement",
            to_side="staff",
            decision="given",
            words="Other words.",
        )
    with opened(house.ben.user):
        assert stored(sql) == [b""]
    carry(house, house.ben)
    assert "There is something from the other side" in ben.get("for-you/").text


def test_the_same_yes_again_does_not_close_what_was_delivered(house, maria, ben):
    share(maria)
    carry(house, house.ben)
    carry(house, house.ben)
    share(maria)
    assert len(ben.get("for-you/").context["deliveries"]) == 1
    assert "There is something from the other side" in ben.get("for-you/").text


def test_a_no_is_never_told_to_the_author(house, maria, ben):
    share(maria)
    maria.get()
    [delivery] = carry(house, house.ben)
    pages = ("", "consent/", "consent/share-staff/", "looked/")
    before = [normal(maria.get(page).text) for page in pages]
    ben.post(f"for-you/{delivery.pk}/not-now/")
    assert "You chose not to read this for now." in ben.get("for-you/").text
    assert [normal(maria.get(page).text) for page in pages] == before
    ben.post(f"for-you/{delivery.pk}/read/")
    assert "my father" in ben.get("for-you/").text
    assert [normal(maria.get(page).text) for page in pages] == before


def normal(html):
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html)


def test_the_door_opens_for_a_standing_yes_only(house, maria):
    maria.post("words/", {"words": WORDS})
    with pytest.raises(ConsentMissing):
        carry(house, house.ben)
    with opened(house.sam) as viewer:
        other = acts.standing(viewer, house.maria, "take_part")
        with pytest.raises(HealingError):
            door.deliver(by=viewer, consent=other, to=[house.ben])


def test_the_door_leads_to_the_named_side_only(house, maria):
    share(maria)
    grandson = make_participant(house.case, side="harmed", part="family", name="Luis Lopez")
    companion = make_participant(house.case, part="supporter", name="Ana Diaz", accompanies=house.ben)
    for receiver in (house.maria, grandson, companion):
        with pytest.raises(HealingError, match="nobody else"):
            carry(house, house.ben, receiver)
    with opened(house.ben.user) as viewer:
        assert not Delivery.objects.visible_to(viewer).exists()


def test_only_the_case_s_facilitators_carry(house, maria):
    share(maria)
    row = standing(maria.room, purpose="share_statement")
    for who in (house.maria.user, house.ben.user):
        with opened(who) as viewer, pytest.raises(NotAllowed):
            door.deliver(by=viewer, consent=row, to=[house.ben])


@pytest.mark.parametrize("who", ["maria", "ben"])
def test_nothing_is_carried_while_somebody_has_paused(house, maria, who):
    share(maria)
    with opened(house.sam) as viewer:
        people.pause(by=viewer, participant=getattr(house, who), reason="own_wish")
    with pytest.raises(HealingError, match="paused"):
        carry(house, house.ben)


def test_a_delivery_of_another_room_is_not_there(house, maria, ben):
    share(maria)
    [delivery] = carry(house, house.ben)
    for act in ("read", "not-now"):
        assert maria.post(f"for-you/{delivery.pk}/{act}/").status_code == 404
    with opened(house.sam) as viewer, pytest.raises(NotAllowed):
        door.receive(by=viewer, delivery=delivery)


def test_nobody_reaches_a_delivery_through_the_database_without_the_door(house, maria, sql):
    share(maria)
    carry(house, house.ben)
    with opened(house.maria.user):
        assert stored(sql) == []
        answer_rows = sql("update cases_delivery set words = '' where true returning id")
        assert answer_rows == []
    with opened(house.ben.user):
        assert len(stored(sql)[0]) > len(WORDS)


@pytest.mark.parametrize("who", ["maria", "ben"])
def test_nothing_is_carried_unless_both_take_part(house, maria, who):
    """Saying no to taking part ends a yes to share that was given before, and nothing reaches somebody who said no."""
    share(maria)
    answer(visitor(getattr(house, who)), "take-part", "withdrawn")

    with pytest.raises(ConsentMissing):
        carry(house, house.ben)
