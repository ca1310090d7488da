"""The people in a case: rooms, contact cards, pauses."""

import pytest

from cases.actions import invitations, people
from cases.models import Case, Invitation, Participant, SafeContact
from cases.names import alike
from healing.errors import HealingError, NotAllowed
from healing.models import AuditEvent, DataKey, Due
from healing.roles import Role
from tests.factories.cases import make_case, make_participant, make_site, make_staff, opened

pytestmark = pytest.mark.django_db
CARD = {"email": "", "phone": "", "times": "", "text_ok": False, "voicemail_ok": False, "email_ok": False}


@pytest.fixture
def sam():
    return make_staff(make_site(), Role.FACILITATOR)


@pytest.fixture
def case(sam):
    return make_case(sam)


def add(viewer, case, part="patient", side="harmed", name="Maria Lopez", host=None):
    return people.add_participant(by=viewer, case=case, side=side, part=part, name=name, accompanies=host)


# --- adding ---------------------------------------------------------------------------------------------------------
def test_a_person_gets_a_room_and_a_key_of_their_own(sam, case):
    with opened(sam) as viewer:
        maria = add(viewer, case)
    with opened(sam) as viewer:
        row = Participant.objects.visible_to(viewer).get(pk=maria.pk)
        key = DataKey.objects.visible_to(viewer).get(holder=maria.pk)
        verbs = AuditEvent.objects.visible_to(viewer).filter(participant_id=maria.pk).values_list("verb", flat=True)
        assert (row.name, row.side, row.part, row.guide_id, row.user_id) == (
            *("Maria Lopez", "harmed", "patient"),
            *(sam.pk, None),
        )
        assert (key.case_id, key.participant_id, [*verbs]) == (case.pk, maria.pk, ["person.added"])
        assert bytes(Participant.objects.visible_to(viewer).values_list("name", flat=True).get()).count(b"Maria") == 0


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ([], "opened"),
        (["patient"], "opened"),
        (["patient", "family"], "opened"),
        (["hcw", "leader"], "opened"),
        (["patient", "hcw"], "mapped"),
        (["patient", "hcw", "family"], "mapped"),
    ],
)
def test_people_are_mapped_once_both_sides_are_there(sam, case, parts, status):
    with opened(sam) as viewer:
        for part in parts:
            add(viewer, case, part=part, side="staff" if part in ("hcw", "leader") else "harmed")
        assert Case.objects.visible_to(viewer).get(pk=case.pk).status == status


@pytest.mark.parametrize(
    ("part", "host", "outcome"),
    [
        ("supporter", "ben", "staff"),
        ("interpreter", "maria", "harmed"),
        ("supporter", None, people.NEEDS_A_HOST),
        ("patient", "ben", people.NO_HOST),
        ("supporter", "guest", people.NEEDS_A_HOST),
        ("supporter", "elsewhere", people.NEEDS_A_HOST),
    ],
)
def test_a_guest_is_on_the_side_of_the_person_they_come_with(sam, case, part, host, outcome):
    with opened(sam) as viewer:
        hosts = {"maria": add(viewer, case), "ben": add(viewer, case, "hcw", "staff", "Ben"), None: None}
        hosts["guest"] = add(viewer, case, "supporter", "", "Ana", hosts["maria"])
    hosts["elsewhere"] = make_participant(make_case(sam), user=False)
    with opened(sam) as viewer:
        try:
            came_to = add(viewer, case, part, "harmed", "Kim", hosts[host]).side
        except HealingError as error:
            came_to = str(error)
    assert came_to == outcome


def test_only_a_facilitator_of_the_case_adds_people_or_reads_cards(sam, case):
    maria = make_participant(case)
    ben = make_participant(case, side="staff", name="Ben")
    others = [
        make_staff(case.site, Role.FACILITATOR),
        make_staff(case.site, Role.LEAD),
        make_staff(case.site, Role.ADMINISTRATOR),
        make_staff(make_site(), Role.FACILITATOR, Role.LEAD),
        ben.user,
    ]
    for user in others:
        with opened(user) as viewer:
            for act in (
                lambda: add(viewer, case),
                lambda: people.save_contact(by=viewer, participant=maria, **CARD),
                lambda: people.pause(by=viewer, participant=maria, reason="own_wish"),
                lambda: people.resume(by=viewer, participant=maria),
                lambda: invitations.invite(by=viewer, participant=maria),
            ):
                with pytest.raises(NotAllowed):
                    act()
            assert not SafeContact.objects.visible_to(viewer).filter(participant=maria).exists()
            assert not Participant.objects.visible_to(viewer).filter(pk=maria.pk).exists()
            assert not DataKey.objects.visible_to(viewer).filter(holder=maria.pk).exists()


# --- the contact card -----------------------------------------------------------------------------------------------
def test_the_card_is_kept_sealed_and_asked_again(sam, case):
    with opened(sam) as viewer:
        maria = add(viewer, case)
        people.save_contact(by=viewer, participant=maria, **CARD | {"email": " Maria@Home.example ", "email_ok": True})
        people.save_contact(by=viewer, participant=maria, **CARD | {"phone": "555 0123", "voicemail_ok": True})
    with opened(sam) as viewer:
        card = SafeContact.objects.visible_to(viewer).get(participant=maria)
        kept = {name: getattr(card, name) for name in people.CARD}
    assert kept == CARD | {"phone": "555 0123", "voicemail_ok": True}


def test_an_address_is_kept_in_one_spelling(sam, case):
    maria = make_participant(case, user=False, email=" Maria@Home.example ")
    with opened(sam) as viewer:
        assert SafeContact.objects.visible_to(viewer).get(participant=maria).email == "maria@home.example"


def test_people_keep_their_own_card(case):
    maria = make_participant(case)
    with opened(maria.user) as viewer:
        people.save_contact(by=viewer, participant=maria, **CARD | {"times": "mornings"})
        assert SafeContact.objects.visible_to(viewer).get().times == "mornings"


@pytest.mark.parametrize(("email", "still_works"), [("m@home.example", True), ("other@home.example", False)])
def test_a_new_address_ends_the_invitation_that_went_to_the_old_one(sam, case, email, still_works):
    maria = make_participant(case, user=False, email="m@home.example")
    with opened(sam) as viewer:
        invitation, _ = invitations.invite(by=viewer, participant=maria)
        people.save_contact(by=viewer, participant=maria, **CARD | {"email": email, "email_ok": True})
        assert Invitation.objects.visible_to(viewer).get(pk=invitation.pk).stands is still_works


# --- pausing --------------------------------------------------------------------------------------------------------
def test_a_pause_is_the_persons_alone_and_ends_when_somebody_ends_it(sam, case):
    maria, ben = make_participant(case), make_participant(case, side="staff", name="Ben")

    def paused():
        with opened(sam) as viewer:
            people_there = Participant.objects.visible_to(viewer).order_by("created_at")
            reviews = Due.objects.visible_to(viewer).filter(kind="conversation.review").count()
            return [(person.is_paused, person.pause_reason) for person in people_there], reviews

    with opened(maria.user) as viewer:
        people.pause(by=viewer, participant=maria, reason="own_wish")
    with opened(sam) as viewer:
        people.pause(by=viewer, participant=maria, reason="parallel")  # changes nothing: she has paused already
    during = paused()
    with opened(sam) as viewer:
        for _ in range(2):
            people.resume(by=viewer, participant=maria)

    assert (during, paused()) == (
        ([(True, "own_wish"), (False, "")], 1),
        ([(False, ""), (False, "")], 1),
    )
    with opened(ben.user) as viewer:
        assert not AuditEvent.objects.visible_to(viewer).filter(participant_id=maria.pk).exists()
        assert not Due.objects.visible_to(viewer).filter(kind="conversation.review").exists()


# --- names ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Maria Lopez", "Pedro López", True),
        ("Maria Lopez", "maria  lopez", True),
        ("Maria", "maria", True),
        ("Maria Lopez", "Maria Okafor", False),
        ("Maria Lopez", "Ana Lopez Garcia", True),
        ("李雷", "李雷", True),
        ("", "Maria", False),
    ],
)
def test_names_that_are_easily_mixed_up(one, other, expected):
    assert alike(one, other) is expected
