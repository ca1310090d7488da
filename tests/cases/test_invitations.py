"""Invitations: what opens a room, and what never does."""

from datetime import timedelta

import pytest
import time_machine

from cases.actions import cases, invitations, people
from cases.models import Invitation, Participant
from healing import access, clock, due, mail
from healing.errors import HealingError
from healing.models import AuditEvent, Due, User
from healing.roles import Role
from tests.factories.cases import as_role, enter, make_case, make_participant, make_site, make_staff, opened

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture
def sam():
    return make_staff(make_site(), Role.FACILITATOR)


@pytest.fixture
def maria(sam):
    return make_participant(make_case(sam), user=False, email="maria@home.example")


def invite(sam, person):
    with opened(sam) as viewer:
        invitation, code = invitations.invite(by=viewer, participant=person)
    return invitation, invitations.token_of(invitation), code


def attempt(token, code):
    try:
        return invitations.accept(token=token, code=code).user.email
    except HealingError as error:
        return str(error)


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06}"


def row_of(sam, invitation):
    with opened(sam) as viewer:
        return Invitation.objects.visible_to(viewer).get(pk=invitation.pk)


# --- what is kept ---------------------------------------------------------------------------------------------------
@time_machine.travel("2026-05-04 10:00Z", tick=False)
def test_only_hashes_are_kept_and_one_letter_is_planned(sam, maria):
    invitation, token, code = invite(sam, maria)
    row = row_of(sam, invitation)
    kept = " ".join(str(getattr(row, field.attname)) for field in row._meta.fields)

    assert (token in kept, code in kept, len(bytes.fromhex(token)) * 8) == (False, False, 128)
    assert row.expires_at == clock.now() + WEEK
    with opened(sam) as viewer:
        waiting = Due.objects.visible_to(viewer).values_list("kind", "subject", "participant_id", "state")
        assert [*waiting] == [("invitation.letter", invitation.pk, maria.pk, "pending")]


def test_the_same_code_for_two_people_looks_different_where_it_is_kept(sam, maria, monkeypatch):
    monkeypatch.setattr("healing.ids.spoken_code", lambda: "402913")
    ben = make_participant(maria.case, side="staff", name="Ben Okafor", user=False)
    (one, _, _), (other, _, _) = invite(sam, maria), invite(sam, ben)

    assert row_of(sam, one).code_hash != row_of(sam, other).code_hash


def test_inviting_again_ends_the_invitation_before_and_its_letter(sam, maria):
    first, token, code = invite(sam, maria)
    second, _, _ = invite(sam, maria)

    assert (row_of(sam, first).stands, row_of(sam, second).stands) == (False, True)
    assert attempt(token, code) == invitations.DID_NOT_OPEN
    with opened(sam) as viewer:
        states = dict(Due.objects.visible_to(viewer).values_list("subject", "state"))
    assert states == {first.pk: "void", second.pk: "pending"}


# --- opening --------------------------------------------------------------------------------------------------------
def test_link_and_code_open_the_room_for_the_owner_of_the_address(sam, maria):
    invitation, token, code = invite(sam, maria)

    assert attempt(token, code) == "maria@home.example"
    user = User.objects.get(email="maria@home.example")
    assert (user.has_usable_password(), row_of(sam, invitation).used_at is None) == (False, False)
    with opened(user) as viewer:
        assert (viewer.rooms, viewer.cases) == ({maria.pk}, set())
        entered = AuditEvent.objects.visible_to(viewer).filter(verb="person.entered")
        assert entered.count() == 1


def test_an_invitation_opens_once(sam, maria):
    _, token, code = invite(sam, maria)

    assert [attempt(token, code), attempt(token, code)] == ["maria@home.example", invitations.DID_NOT_OPEN]


@pytest.mark.parametrize(
    ("after", "opens"),
    [(timedelta(0), True), (WEEK - timedelta(seconds=1), True), (WEEK, False), (timedelta(days=400), False)],
)
def test_an_invitation_works_for_seven_days(sam, maria, after, opens):
    with time_machine.travel("2026-05-04 10:00Z", tick=False) as traveller:
        _, token, code = invite(sam, maria)
        traveller.shift(after)
        assert (attempt(token, code) == "maria@home.example") is opens


@pytest.mark.parametrize(("wrong_codes", "opens"), [(0, True), (1, True), (4, True), (5, False), (6, False)])
def test_after_five_wrong_codes_the_right_one_opens_nothing(sam, maria, wrong_codes, opens):
    invitation, token, code = invite(sam, maria)
    said = {attempt(token, wrong(code)) for _ in range(wrong_codes)}

    assert said <= {invitations.DID_NOT_OPEN}
    assert (attempt(token, code) == "maria@home.example") is opens
    assert row_of(sam, invitation).wrong_codes == min(wrong_codes, 5)


def test_a_code_opens_only_its_own_link(sam, maria):
    ben = make_participant(maria.case, side="staff", name="Ben Okafor", user=False)
    _, hers, her_code = invite(sam, maria)
    _, his, his_code = invite(sam, ben)
    attempts = [(hers, wrong(her_code)), (his, wrong(his_code)), ("", her_code), ("x" * 500, her_code)]
    if her_code != his_code:
        attempts += [(hers, his_code), (his, her_code)]

    assert {attempt(*each) for each in attempts} == {invitations.DID_NOT_OPEN}


def test_taken_back_or_closed_it_opens_nothing(sam, maria):
    invitation, token, code = invite(sam, maria)
    with opened(sam) as viewer:
        for _ in range(2):
            invitations.revoke(by=viewer, invitation=invitation)
    again, newer, newer_code = invite(sam, maria)
    with opened(sam) as viewer:
        cases.close(by=viewer, case=maria.case, reason="stopped")

    assert [attempt(token, code), attempt(newer, newer_code)] == [invitations.DID_NOT_OPEN] * 2
    assert row_of(sam, again).used_at is None


# --- accounts -------------------------------------------------------------------------------------------------------
def test_somebody_with_an_account_keeps_it_and_gets_the_room_too(sam, maria):
    user = enter(maria)
    other = make_participant(make_case(sam), side="staff", part="leader", user=False, email="MARIA@home.example")

    assert enter(other) == user
    with opened(user) as viewer:
        assert viewer.rooms == {maria.pk, other.pk}
    assert User.objects.filter(email__iexact="maria@home.example").count() == 1


def test_an_account_never_holds_two_rooms_of_one_case(sam, maria):
    """The card was changed after the letter had left: the visitor is told what every wrong attempt is told."""
    ben = make_participant(maria.case, side="staff", name="Ben Okafor", user=False, email="ben@home.example")
    _, token, code = invite(sam, ben)
    enter(maria)
    with opened(sam) as viewer:
        card = invitations.SafeContact.objects.visible_to(viewer).get(participant=ben)
        card.email = "maria@home.example"
        card.save()

    assert attempt(token, code) == invitations.DID_NOT_OPEN
    with opened(sam) as viewer:
        assert Participant.objects.visible_to(viewer).get(pk=ben.pk).user_id is None


@pytest.mark.parametrize(
    ("card", "sentence"),
    [
        ({"email": ""}, invitations.NO_ADDRESS),
        ({"email_ok": False}, invitations.NO_ADDRESS),
        ({"email": "Maria@home.example"}, invitations.SHARED_ADDRESS),
        ({"email": "sam@hospital.example"}, invitations.FACILITATORS_ADDRESS),
    ],
)
def test_an_address_must_be_safe_and_the_persons_own(card, sentence):
    sam = make_staff(make_site(), Role.FACILITATOR, email="sam@hospital.example")
    case = make_case(sam)
    make_participant(case, email="maria@home.example")
    ben = make_participant(case, side="staff", name="Ben Okafor", user=False, **card)
    with opened(sam) as viewer, pytest.raises(HealingError) as refused:
        invitations.invite(by=viewer, participant=ben)
    assert str(refused.value) == sentence


def test_an_address_in_another_case_is_nobodys_business(sam, maria):
    enter(maria)
    other = make_participant(
        make_case(make_staff(maria.site, Role.FACILITATOR)), user=False, email="maria@home.example"
    )

    assert enter(other).email == "maria@home.example"


def test_who_has_opened_their_page_is_not_invited_again(sam, maria):
    enter(maria)
    with opened(sam) as viewer, pytest.raises(HealingError) as refused:
        invitations.invite(by=viewer, participant=maria)
    assert str(refused.value) == invitations.HAS_ROOM


# --- what the link opens in the database ----------------------------------------------------------------------------
def test_the_link_alone_reaches_one_room_and_no_other_row(sam, maria):
    ben = make_participant(maria.case, side="staff", name="Ben Okafor")
    _, token, _ = invite(sam, maria)
    with access.opened("invitation", invitations.token_hash(token)) as visitor:
        assert [one.pk for one in Participant.objects.visible_to(visitor)] == [maria.pk]
        assert Participant.objects.visible_to(access.Viewer(cases=frozenset({maria.case_id}))).count() == 1
        assert visitor.invited_room != ben.pk
        assert not AuditEvent.objects.visible_to(visitor).exists()


# --- the letter -----------------------------------------------------------------------------------------------------
def letters(mailoutbox):
    with as_role("healing_worker"):
        due.tick()
    return [(letter.to, letter.subject) for letter in mailoutbox]


def test_the_letter_holds_the_link_and_never_the_code(sam, maria, mailoutbox):
    _, token, code = invite(sam, maria)

    assert letters(mailoutbox) == [(["maria@home.example"], mail.SUBJECTS["message"])]
    words = str(mailoutbox[0].message())
    assert (mail.url("invitation", token) in words, code in words) == (True, False)
    assert not any(name in words for name in ("Maria", "Lopez", maria.case.reference))


@pytest.mark.parametrize(
    "act",
    [
        lambda by, person, invitation: invitations.revoke(by=by, invitation=invitation),
        lambda by, person, invitation: people.pause(by=by, participant=person, reason="own_wish"),
        lambda by, person, invitation: people.save_contact(
            by=by,
            participant=person,
            **{"email": "maria@home.example", "email_ok": False, "phone": "1", "times": ""},
            **{"text_ok": False, "voicemail_ok": False},
        ),
        lambda by, person, invitation: cases.close(by=by, case=person.case, reason="stopped"),
    ],
)
def test_the_letter_is_kept_back_when_something_has_changed(sam, maria, mailoutbox, act):
    invitation, _, _ = invite(sam, maria)
    with opened(sam) as viewer:
        act(viewer, maria, invitation)

    assert letters(mailoutbox) == []


def test_a_letter_that_waited_past_its_week_is_kept_back(sam, maria, mailoutbox):
    with time_machine.travel("2026-05-04 10:00Z", tick=False) as traveller:
        invite(sam, maria)
        traveller.shift(WEEK)
        assert letters(mailoutbox) == []


def test_somebody_with_an_account_gets_the_same_letter(sam, maria, mailoutbox):
    invite(sam, maria)
    letters(mailoutbox)
    make_staff(maria.site, email="known@home.example")
    known = make_participant(make_case(sam), user=False, email="known@home.example")
    invite(sam, known)
    letters(mailoutbox)

    first, second = (str(letter.body) for letter in mailoutbox)
    assert [line for line in first.splitlines() if "http" not in line] == [
        line for line in second.splitlines() if "http" not in line
    ]
