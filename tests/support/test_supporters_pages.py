"""Supporters' records and the parts of the house, as the coordinator keeps them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from healing.errors import HealingError
from healing.models import User
from healing.roles import Role
from support.actions import records, units
from support.models import Away, Channel, Competence, Lead, Shift, Supporter, Unit
from tests.factories.cases import make_site, make_staff, signed_in
from tests.factories.peers import coordinating, make_channel, make_supporter, make_unit, working
from tests.support.coordinating import day_parts, words

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
TODAY = date(2026, 11, 18)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def site() -> Any:
    return make_site(languages="en,cy")


@pytest.fixture
def keeper(site: Any) -> User:
    return make_staff(site, Role.COORDINATOR, name="Grace Achieng")


@pytest.fixture
def grace(keeper: User) -> Client:
    return signed_in(keeper)


def record(**changes: Any) -> dict[str, Any]:
    return {"unit": "", "profession": "nurse", "languages": ["en"], "capacity": "2", "leads": []} | changes


def only(model: Any) -> Any:
    with working() as by:
        return model.objects.visible_to(by).get()


# --- the list -------------------------------------------------------------------------------------------------------
def test_the_list_says_who_could_be_called(grace: Client, site: Any) -> None:
    tom = make_supporter(site, languages="en,cy", profession="doctor", unit=make_unit(site, "Ward 4"))
    make_supporter(site, on_call=False, agreed_on=None)
    with working():
        Away.objects.create(supporter=tom, site=site, starts_at=NOW)
    said = words(grace.get(reverse("support_supporters")))

    assert "Sam Reed Doctor, Ward 4 · English, Cymraeg (Welsh) On call once this week Away now" in said
    assert said.count("Has not signed yet that they keep confidence.") == 1
    assert "Not on call this week" in said


def test_training_that_runs_out_is_said_sixty_days_before(grace: Client, site: Any) -> None:
    tom = make_supporter(site, on_call=False)
    for days, expected in ((61, "Nothing"), (60, "Valid until"), (1, "Valid until"), (0, "Not valid any more since")):
        with working() as by:
            Competence.objects.visible_to(by).update(expires_on=TODAY + timedelta(days=days))
        said = words(grace.get(reverse("support_waits")))
        assert expected in said, days
    with working() as by:
        Competence.objects.visible_to(by).delete()
    assert "COM13 Keeping confidence Not written down yet." in words(grace.get(reverse("support_supporters")))
    assert tom.pk


@pytest.mark.parametrize(("number", "expected"), [("COM13", True), ("COM06", False)])
def test_whoever_lacks_what_is_needed_is_said_not_to_be_called(
    grace: Client, site: Any, number: str, expected: bool
) -> None:
    tom = make_supporter(site, on_call=False)
    with working() as by:
        Competence.objects.visible_to(by).filter(number=number).delete()
        Competence.objects.create(supporter=tom, site=site, number=number, gained_on=date(2020, 1, 1), expires_on=TODAY)
    for name in ("support_supporters", "support_waits"):
        assert ("They are not called until it is renewed." in words(grace.get(reverse(name)))) is expected


def test_it_is_said_where_the_competences_are_described(grace: Client, site: Any) -> None:
    tom = make_supporter(site, on_call=False)
    for name in ("support_supporter", "support_competence_new"):
        assert "described at cost-rescue.eu" in words(grace.get(reverse(name, args=[tom.pk])))


# --- joining --------------------------------------------------------------------------------------------------------
def test_whoever_has_the_role_can_be_added_once(grace: Client, site: Any) -> None:
    tom = make_staff(site, Role.PEER_SUPPORTER, name="Tom Lindqvist")
    make_staff(site, Role.FACILITATOR, name="Sam Okafor")
    make_staff(make_site(), Role.PEER_SUPPORTER, name="Ann Elsewhere")
    unit, led = make_unit(site, "Ward 4"), make_unit(site, "Ward 5")
    page = grace.get(reverse("support_supporter_new")).text
    said = record(person=str(tom.pk), unit=str(unit.pk), languages=["en", "cy"], leads=[str(led.pk)])
    answer = grace.post(reverse("support_supporter_new"), said)

    assert "Tom Lindqvist" in page
    assert "Sam Okafor" not in page
    assert "Ann Elsewhere" not in page
    row = only(Supporter)
    assert answer["Location"] == reverse("support_supporter", args=[row.pk])
    assert (row.user_id, row.unit_id, row.languages, row.joined_on) == (tom.pk, unit.pk, "en,cy", TODAY)
    assert (row.agreed_on, only(Lead).unit_id) == (None, led.pk)
    assert grace.post(reverse("support_supporter_new"), said).status_code == 422


def test_nobody_is_added_who_has_not_the_role(keeper: User, site: Any) -> None:
    other = make_staff(site, Role.LEAD)
    with coordinating(keeper) as by, pytest.raises(HealingError, match="not a peer supporter"):
        records.begin(by=by, site=site, user_id=other.pk, profession="nurse", languages="en", capacity=2)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"capacity": "0"}, "Write a number between 1 and 9."),
        ({"capacity": "x"}, "Write a number between 1 and 9."),
        ({"languages": []}, "Tick at least one language."),
    ],
)
def test_what_is_missing_is_said(grace: Client, site: Any, change: Any, sentence: str) -> None:
    tom = make_supporter(site, on_call=False)
    answer = grace.post(reverse("support_supporter", args=[tom.pk]), record(**change))

    assert answer.status_code == 422
    assert sentence in words(answer)


# --- the record -----------------------------------------------------------------------------------------------------
def test_a_record_is_changed_and_what_is_theirs_alone_stays(grace: Client, site: Any) -> None:
    old, new = make_unit(site), make_unit(site)
    tom = make_supporter(site, on_call=False, leads=(old,), backup=True, last_turn=7)
    make_channel(tom, "sms", "07700 900123")
    grace.post(
        reverse("support_supporter", args=[tom.pk]),
        record(unit=str(new.pk), profession="doctor", capacity="5", leads=[str(new.pk)]),
    )

    row = only(Supporter)
    assert (row.unit_id, row.profession, row.capacity) == (new.pk, "doctor", 5)
    assert (row.backup, row.last_turn, row.agreed_on) == (True, 7, date(2020, 1, 1))
    assert only(Lead).unit_id == new.pk
    assert only(Channel).kind == "sms"


def test_their_own_numbers_are_on_no_page(grace: Client, site: Any) -> None:
    tom = make_supporter(site)
    make_channel(tom, "sms", "07700 900123")
    for name, args in (("support_supporter", [tom.pk]), ("support_supporters", []), ("support_rota", [])):
        page = grace.get(reverse(name, args=args)).text
        assert "900123" not in page
        assert "@hospital.example" not in page


def test_a_unit_that_was_closed_stays_until_another_is_chosen(grace: Client, site: Any) -> None:
    ward = make_unit(site, "Ward 4")
    tom = make_supporter(site, on_call=False, unit=ward, leads=(ward,))
    with working() as by:
        Unit.objects.visible_to(by).update(closed_on=TODAY)
    grace.post(reverse("support_supporter", args=[tom.pk]), record(unit=str(ward.pk), leads=[str(ward.pk)]))

    assert (only(Supporter).unit_id, only(Lead).unit_id) == (ward.pk, ward.pk)


def test_ending_a_record_says_which_shifts_go(grace: Client, site: Any) -> None:
    tom = make_supporter(site)
    url = reverse("support_supporter_end", args=[tom.pk])

    assert "They have one shift to come. It is removed, and becomes a gap" in words(grace.get(url))
    grace.post(url)
    assert only(Supporter).ended_on == TODAY
    with working() as by:
        assert not Shift.objects.visible_to(by).exists()
    assert grace.get(reverse("support_supporter", args=[tom.pk])).status_code == 404
    assert "Nobody is in the list yet." in words(grace.get(reverse("support_supporters")))


def test_another_site_s_supporter_is_not_there(grace: Client) -> None:
    stranger = make_supporter(make_site())
    for name in ("support_supporter", "support_supporter_end", "support_competence_new"):
        assert grace.get(reverse(name, args=[stranger.pk])).status_code == 404


# --- training -------------------------------------------------------------------------------------------------------
def learn(grace: Client, tom: Supporter, number: str, since: date, until: date | None) -> Any:
    said = {"number": number, **day_parts("gained_on", since), **(day_parts("expires_on", until) if until else {})}
    return grace.post(reverse("support_competence_new", args=[tom.pk]), said)


def test_training_is_written_down_renewed_and_removed(grace: Client, site: Any) -> None:
    tom = make_supporter(site, on_call=False)  # has COM13
    learn(grace, tom, "COM13", date(2026, 1, 2), date(2031, 1, 2))
    row = only(Competence)
    assert (row.gained_on, row.expires_on) == (date(2026, 1, 2), date(2031, 1, 2))

    url = reverse("support_competence_remove", args=[tom.pk, row.pk])
    assert "Nobody is called without it." in words(grace.get(url))
    grace.post(url)
    with working() as by:
        assert not Competence.objects.visible_to(by).exists()
    assert grace.post(url).status_code == 404


@pytest.mark.parametrize(
    ("number", "since", "until", "sentence"),
    [
        ("COM13", TODAY + timedelta(1), None, "Give a day that is not still to come."),
        ("COM13", TODAY, TODAY, "Give a day after the one on which it was learnt."),
        ("COM15", TODAY, None, "Choose one of the answers"),
    ],
)
def test_training_that_cannot_be_is_said(
    grace: Client, site: Any, number: str, since: date, until: date | None, sentence: str
) -> None:
    answer = learn(grace, make_supporter(site, on_call=False), number, since, until)

    assert answer.status_code == 422
    assert sentence in words(answer)


# --- units ----------------------------------------------------------------------------------------------------------
def test_a_unit_gets_its_address_from_its_name(grace: Client) -> None:
    grace.post(reverse("support_unit_new"), {"name": "Children's Ward", "slug": "", "parent": ""})
    assert only(Unit).slug == "childrens-ward"

    twice = grace.post(reverse("support_unit_new"), {"name": "Another", "slug": "childrens-ward", "parent": ""})
    assert twice.status_code == 422
    assert "Another unit has this address already." in words(twice)
    assert 'value="Another"' in twice.text


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Short stay and day surgery for children", "short-stay-and-day"),
        ("Ambulatory emergency care", "ambulatory-emergency"),
        ("Gastroenterology-ambulatory", "gastroenterology"),
        ("Otorhinolaryngologybuilding", "otorhinolaryngologyb"),
    ],
)
def test_a_long_name_is_cut_after_a_word(grace: Client, name: str, slug: str) -> None:
    grace.post(reverse("support_unit_new"), {"name": name, "slug": "", "parent": ""})

    assert only(Unit).slug == slug


def test_a_name_that_is_too_long_is_said_and_not_cut(grace: Client) -> None:
    """The box takes more than fits, so that nothing is lost without a word."""
    assert 'maxlength="60"' not in grace.get(reverse("support_unit_new")).text
    answer = grace.post(reverse("support_unit_new"), {"name": "W" * 61, "slug": "w", "parent": ""})
    assert answer.status_code == 422
    assert "Write a name of at most 60 letters" in words(answer)
    assert "W" * 61 in answer.text
    grace.post(reverse("support_unit_new"), {"name": "W" * 60, "slug": "w", "parent": ""})
    assert only(Unit).name == "W" * 60


@pytest.mark.parametrize(("name", "slug"), [("Ward", "ward 4"), ("Ward", "wärd"), ("儿科", "")])
def test_an_address_is_small_letters_numbers_and_hyphens(grace: Client, name: str, slug: str) -> None:
    answer = grace.post(reverse("support_unit_new"), {"name": name, "slug": slug, "parent": ""})

    assert answer.status_code == 422
    assert "Use small letters, numbers and hyphens only" in words(answer)


def test_no_unit_is_a_part_of_itself(grace: Client, keeper: User, site: Any) -> None:
    house = make_unit(site, "House")
    division = make_unit(site, "Division", parent=house)
    ward = make_unit(site, "Ward", parent=division)
    said = {"name": "House", "slug": "house", "parent": str(ward.pk)}

    assert grace.post(reverse("support_unit", args=[house.pk]), said).status_code == 422
    for unit in (house, division, ward):
        with coordinating(keeper) as by, pytest.raises(HealingError, match="belong to itself"):
            units.change(by=by, unit=house, name="House", slug="house", parent=unit)


def test_a_unit_is_closed_and_opened_again(grace: Client, site: Any) -> None:
    ward = make_unit(site, "Ward 4")
    url = reverse("support_unit_close", args=[ward.pk])

    assert "Close Ward 4?" in words(grace.get(url))
    grace.post(url)
    assert "Closed on Wednesday 18 November" in words(grace.get(reverse("support_units")))
    assert "Open Ward 4 again?" in words(grace.get(url))
    grace.post(url)
    assert only(Unit).closed_on is None


def test_another_site_s_unit_is_not_there(grace: Client) -> None:
    other = make_unit(make_site())
    for name in ("support_unit", "support_unit_close", "support_poster"):
        assert grace.get(reverse(name, args=[other.pk])).status_code == 404
