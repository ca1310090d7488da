"""People at the workbench: adding, the safe contact card, inviting, pausing."""

import re

import pytest
from django.urls import reverse

from cases.actions import invitations
from cases.models import Invitation, Participant, SafeContact
from healing.models import AuditEvent
from healing.roles import Role
from tests.factories.cases import make_case, make_participant, make_site, make_staff, opened, signed_in

pytestmark = pytest.mark.django_db
CARD = {"email": "maria@home.example", "email_ok": "on", "phone": "555 0123", "times": "after two"}


@pytest.fixture
def sam():
    return make_staff(make_site(), Role.FACILITATOR)


@pytest.fixture
def case(sam):
    return make_case(sam)


@pytest.fixture
def client(sam):
    return signed_in(sam)


def names(sam):
    with opened(sam) as viewer:
        return sorted((person.name, person.side) for person in Participant.objects.visible_to(viewer))


# --- adding ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("part", "side"), [("patient", "harmed"), ("family", "harmed"), ("hcw", "staff"), ("leader", "staff")]
)
def test_the_side_follows_from_the_part(client, sam, case, part, side):
    added = client.post(reverse("person_new", args=[case.pk]), {"name": "Kim Ito", "part": part, "language": "en"})

    assert (added.status_code, "contact" in added.url, names(sam)) == (302, True, [("Kim Ito", side)])


def test_a_supporter_comes_with_somebody(client, sam, case):
    maria = make_participant(case, name="Maria Lopez")
    given = {"name": "Kim Ito", "part": "supporter", "language": "en", "accompanies": str(maria.pk)}
    client.post(reverse("person_new", args=[case.pk]), given)

    assert names(sam) == [("Kim Ito", "harmed"), ("Maria Lopez", "harmed")]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": ""}, "Fill this in to go on."),
        ({"part": ""}, "Choose an answer."),
        ({"part": "nurse"}, "Choose one of the answers"),
        ({"part": "supporter"}, "comes with somebody. Choose who that is."),
        ({"accompanies": "maria"}, "Only a supporter or an interpreter comes with somebody."),
        ({"accompanies": "x"}, "Choose one of the answers"),
        ({"language": "xx"}, "Choose one of the answers"),
        ({"name": "x" * 121}, "at most 120"),
    ],
)
def test_what_is_missing_is_said_and_nobody_is_added(client, sam, case, given, words):
    maria = make_participant(case, user=False)
    answers = {"name": "Kim Ito", "part": "patient", "language": "en"} | given
    answers = {name: str(maria.pk) if value == "maria" else value for name, value in answers.items()}
    response = client.post(reverse("person_new", args=[case.pk]), answers)

    assert (response.status_code, words in response.content.decode(), len(names(sam))) == (422, True, 1)
    assert answers["name"] in response.content.decode()


def test_a_name_like_one_on_the_other_side_is_asked_about_once(client, sam, case):
    make_participant(case, name="Maria López", user=False)
    address, given = reverse("person_new", args=[case.pk]), {"name": "Pedro Lopez", "part": "hcw", "language": "en"}
    first = client.post(address, given)
    second = client.post(address, given | {"different": "on"})

    assert (first.status_code, "Maria López (Family) has a name like this" in first.content.decode()) == (422, True)
    assert (second.status_code, len(names(sam))) == (302, 2)


def test_a_name_like_one_on_the_same_side_is_ordinary(client, sam, case):
    make_participant(case, name="Maria Lopez", user=False)
    given = {"name": "Pedro Lopez", "part": "family", "language": "en"}

    assert client.post(reverse("person_new", args=[case.pk]), given).status_code == 302


# --- the contact card -----------------------------------------------------------------------------------------------
def test_the_card_is_kept_and_shown_again(client, sam, case):
    maria = make_participant(case, user=False)
    address = reverse("person_contact", args=[case.pk, maria.pk])
    saved = client.post(address, CARD)
    shown = client.get(address).content.decode()

    assert (saved.status_code, saved.url) == (302, reverse("person", args=[case.pk, maria.pk]))
    assert [text in shown for text in ("maria@home.example", "555 0123", "after two")] == [True] * 3


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"email": "maria"}, "Enter a valid email address"),
        ({"email": ""}, "Write the email address that is safe"),
        ({"phone": "", "text_ok": "on"}, "Write the phone number that is safe"),
        ({"phone": "", "voicemail_ok": "on"}, "Write the phone number that is safe"),
        ({"phone": "5" * 41}, "at most 40"),
    ],
)
def test_a_card_that_contradicts_itself_is_not_kept(client, sam, case, given, words):
    maria = make_participant(case, user=False, email="before@home.example")
    response = client.post(reverse("person_contact", args=[case.pk, maria.pk]), CARD | given)
    with opened(sam) as viewer:
        kept = SafeContact.objects.visible_to(viewer).get(participant=maria).email

    assert (response.status_code, words in response.content.decode(), kept) == (422, True, "before@home.example")


def test_looking_at_a_card_is_in_the_persons_own_record(client, case):
    maria, ben = make_participant(case), make_participant(case, side="staff", name="Ben")
    for name in ("person_contact", "person_invite", "person_pause"):
        client.get(reverse(name, args=[case.pk, maria.pk]))
    looked = {}
    for person in (maria, ben):
        with opened(person.user) as viewer:
            seen = AuditEvent.objects.visible_to(viewer).filter(verb__endswith="_seen").order_by("number")
            looked[person.name] = [*seen.values_list("verb", flat=True)]

    assert looked == {"Maria Lopez": ["person.contact_seen", "person.contact_seen", "person.pause_seen"], "Ben": []}


# --- inviting -------------------------------------------------------------------------------------------------------
def test_the_code_is_shown_once_and_opens_the_room(client, sam, case):
    maria = make_participant(case, user=False, email="maria@home.example")
    address = reverse("person_invite", args=[case.pk, maria.pk])
    before = client.get(address).content.decode()
    sent = client.post(address).content.decode()
    after = client.get(address).content.decode()
    (code,) = set(re.findall(r"\b\d{6}\b", sent)) - set(re.findall(r"\b\d{6}\b", before))
    with opened(sam) as viewer:
        token = invitations.token_of(Invitation.objects.visible_to(viewer).get())

    assert ("Send to Maria Lopez (Family)" in before, "maria@home.example" in before) == (True, True)
    assert (code in after, "still works" in after, token in sent + after) == (False, True, False)
    assert invitations.accept(token=token, code=code).pk == maria.pk


def test_an_invitation_is_taken_back(client, sam, case):
    maria = make_participant(case, user=False)
    client.post(reverse("person_invite", args=[case.pk, maria.pk]))
    client.post(reverse("person_invite_revoke", args=[case.pk, maria.pk]))

    assert "It no longer works" in client.get(reverse("person_invite", args=[case.pk, maria.pk])).content.decode()


def test_without_a_safe_address_the_page_says_what_to_do(client, case):
    maria = make_participant(case, user=False, email_ok=False)
    address = reverse("person_invite", args=[case.pk, maria.pk])

    assert "Ask how to reach them" in client.get(address).content.decode()
    assert (client.post(address).status_code, invitations.NO_ADDRESS in client.post(address).content.decode()) == (
        409,
        True,
    )


# --- pausing --------------------------------------------------------------------------------------------------------
def test_pausing_and_going_on(client, sam, case):
    maria = make_participant(case)
    address = reverse("person_pause", args=[case.pk, maria.pk])
    missing = client.post(address, {}).status_code
    client.post(address, {"reason": "wellbeing"})
    during = client.get(address).content.decode()
    client.post(address, {"then": "resume"})

    assert (missing, "Go on with Maria Lopez" in during) == (422, True)
    assert "Pause everything for Maria Lopez (Family)" in client.get(address).content.decode()
