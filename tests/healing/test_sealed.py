"""Sealed text opens with its person's key, in its own place, and nowhere else; a lost key never shows ciphertext."""

import base64
import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import FieldError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case, Participant, SafeContact
from healing import access, sealed
from healing.access import Viewer
from healing.errors import KeyMissing
from healing.models import DataKey
from healing.roles import Role
from healing.sessions import SessionStore
from tests.factories.cases import facilitator_of, make_case, make_participant, make_site, make_staff, opened

pytestmark = pytest.mark.django_db
CANARY = "Zwölf Schwäne, zwölf"


@pytest.fixture
def case(db: None) -> Case:
    return make_case(make_staff(make_site(), Role.FACILITATOR))


@pytest.fixture
def maria(case: Case) -> Participant:
    return make_participant(case, name=CANARY)


@pytest.fixture
def aisha(case: Case) -> Participant:
    return make_participant(case, side="staff", name="Aisha Rahman")


@pytest.fixture
def viewer(maria: Participant, aisha: Participant, case: Case) -> Iterator[Viewer]:
    with opened(facilitator_of(case)) as viewer:
        yield viewer


def card(viewer: Viewer, person: Participant) -> SafeContact:
    return SafeContact.objects.visible_to(viewer).get(participant=person.pk)


def stored(person: Participant, column: str = "phone") -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f"select {column} from cases_safecontact where participant_id = %s", [person.pk])
        return bytes(cursor.fetchone()[0])


def put(person: Participant, value: bytes, column: str = "phone") -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"update cases_safecontact set {column} = %s where participant_id = %s", [value, person.pk])


@pytest.mark.parametrize("words", ["", "a", "Zoë 🌿 שלום", "line\nline\r\n\ttab", "x" * 200_000, "\x00"])
def test_what_was_said_comes_back(words: str, viewer: Viewer, maria: Participant) -> None:
    row = card(viewer, maria)
    row.phone = words
    row.save()

    assert card(viewer, maria).phone == words


def test_nothing_said_is_stored_as_nothing(viewer: Viewer, maria: Participant) -> None:
    row = card(viewer, maria)
    row.phone = ""
    row.save()

    assert stored(maria) == b""


def test_the_same_words_are_never_the_same_bytes(viewer: Viewer, maria: Participant) -> None:
    row = card(viewer, maria)
    written = set()
    for _ in range(3):
        row.phone = "the same"
        row.save()
        written.add(stored(maria))

    assert len(written) == 3


def test_saving_what_was_not_opened_keeps_it(viewer: Viewer, maria: Participant) -> None:
    before = stored(maria)
    row = card(viewer, maria)
    row.text_ok = True
    row.save()

    assert stored(maria) == before
    assert card(viewer, maria).phone == "555 0123"


def test_words_moved_to_another_row_do_not_open(viewer: Viewer, maria: Participant, aisha: Participant) -> None:
    put(aisha, stored(maria))

    with pytest.raises(KeyMissing):
        _ = card(viewer, aisha).phone


def test_words_moved_to_another_row_of_the_same_person_do_not_open(viewer: Viewer, maria: Participant) -> None:
    twin = SafeContact(participant=maria, case_id=maria.case_id)

    with pytest.raises(KeyMissing):
        SafeContact._meta.get_field("phone").unseal(twin, stored(maria))


def test_words_moved_to_another_column_do_not_open(viewer: Viewer, maria: Participant) -> None:
    put(maria, stored(maria, "phone"), "times")

    with pytest.raises(KeyMissing):
        _ = card(viewer, maria).times


def test_words_moved_to_another_table_do_not_open(viewer: Viewer, maria: Participant) -> None:
    """Not even into a row with the same id, for the same person."""
    row = card(viewer, maria)
    twin = Participant(pk=row.pk)
    name = Participant._meta.get_field("name")
    viewer.keys[row.pk] = sealed.key_of(maria.pk)

    with pytest.raises(KeyMissing):
        name.unseal(twin, stored(maria))


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b[:-1] + bytes([b[-1] ^ 1]), lambda b: os.urandom(40)])
def test_changed_bytes_do_not_open(change: Any, viewer: Viewer, maria: Participant) -> None:
    put(maria, change(stored(maria)))

    with pytest.raises(KeyMissing):
        _ = card(viewer, maria).phone


def test_a_lost_master_key_shows_nothing(viewer: Viewer, maria: Participant, case: Case, settings: Any) -> None:
    settings.FIELD_KEYS = {"k9": os.urandom(32)}

    with opened(facilitator_of(case)) as again, pytest.raises(KeyMissing, match="k1"):
        _ = card(again, maria).phone


def test_another_master_key_of_the_same_name_shows_nothing(
    viewer: Viewer, maria: Participant, case: Case, settings: Any
) -> None:
    settings.FIELD_KEYS = {name: os.urandom(32) for name in settings.FIELD_KEYS}

    with opened(facilitator_of(case)) as again, pytest.raises(KeyMissing):
        _ = card(again, maria).phone


def test_a_destroyed_key_leaves_nothing_to_read(
    viewer: Viewer, maria: Participant, aisha: Participant, case: Case
) -> None:
    sealed.destroy_key(maria.pk)

    with opened(facilitator_of(case)) as again:
        with pytest.raises(KeyMissing):
            _ = card(again, maria).phone
        assert card(again, aisha).phone == "555 0123"
        assert bytes(DataKey.objects.visible_to(again).get(holder=maria.pk).wrapped) == b""


def test_one_question_opens_the_keys_of_a_whole_list(viewer: Viewer, case: Case) -> None:
    people = [make_participant(case, name=f"Person {number}", user=False) for number in range(4)]
    with opened(facilitator_of(case)) as again:
        rows = list(Participant.objects.visible_to(again).filter(pk__in=[person.pk for person in people]))
        with CaptureQueriesContext(connection) as queries:
            sealed.unlock([row.pk for row in rows])
            names = sorted(row.name for row in rows)

    assert len(queries) == 1
    assert names == [f"Person {number}" for number in range(4)]


def test_a_key_opened_for_one_is_not_there_for_the_next(viewer: Viewer, maria: Participant, aisha: Participant) -> None:
    _ = card(viewer, maria).phone

    with access.opened("user", aisha.user_id), pytest.raises(KeyMissing):
        sealed.key_of(maria.pk)
    with access.opened("nobody"), pytest.raises(KeyMissing):
        sealed.key_of(maria.pk)


def test_no_words_are_in_the_table(viewer: Viewer, maria: Participant) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(string_agg(p::text, ' '), '') from cases_participant p")
        rows = cursor.fetchone()[0]
        cursor.execute("select string_agg(encode(name, 'escape'), ' ') from cases_participant")
        names = cursor.fetchone()[0]

    assert maria.name == CANARY
    for form in (CANARY, CANARY.encode().hex(), CANARY.encode("unicode_escape").decode(), "Schw"):
        assert form not in rows + names


def test_sealed_text_is_neither_searched_nor_updated_in_place(viewer: Viewer, maria: Participant) -> None:
    with pytest.raises(FieldError, match="cannot be searched"):
        SafeContact.objects.visible_to(viewer).filter(phone="555 0123")
    with pytest.raises(FieldError, match="save the row"):
        SafeContact.objects.visible_to(viewer).update(phone="555 0123")


def test_the_error_of_a_missing_key_quotes_nothing(
    viewer: Viewer, maria: Participant, settings: Any, case: Case
) -> None:
    ciphertext = stored(maria)
    settings.FIELD_KEYS = {"k9": os.urandom(32)}

    with opened(facilitator_of(case)) as again, pytest.raises(KeyMissing) as caught:
        _ = card(again, maria).phone

    assert ciphertext.hex() not in str(caught.value)
    assert "555" not in str(caught.value)


def test_a_session_is_sealed_in_the_database(db: None) -> None:
    session = SessionStore()
    session["login"] = {"email": "maria@home.example", "code": "402913"}
    session.save()
    stored = Session.objects.get(pk=session.session_key).session_data

    assert SessionStore(session.session_key)["login"]["code"] == "402913"
    assert "maria" not in stored
    assert SessionStore().decode(stored.partition(":")[2]) == {}
    assert b"maria" not in base64.b64decode(stored.partition(":")[2])
