"""A new master key: everything goes under it, in batches, beside the running programme, and may be stopped."""

import os
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.management import call_command

from cases.models import Case, SafeContact
from healing import access, sealed
from healing.errors import KeyMissing
from healing.management.commands import rotate_keys
from healing.models import DataKey, Site
from healing.roles import Role
from tests.factories.cases import as_role, facilitator_of, make_case, make_participant, make_staff, opened
from tests.healing.people import app_code, make_colleague

pytestmark = pytest.mark.django_db
OLD = "k1"


@pytest.fixture
def case(site: Site) -> Case:
    case = make_case(make_staff(site, Role.FACILITATOR))
    for number in range(3):
        make_participant(case, name=f"Person {number}")
    Authenticator.objects.all().delete()  # those of the factory have no real secret
    return case


def rotate() -> str:
    said = StringIO()
    with as_role("healing_worker"):
        call_command("rotate_keys", stdout=said)
    return said.getvalue().strip()


def add_key(settings: Any) -> None:
    settings.FIELD_KEYS = {"k2": os.urandom(32), **settings.FIELD_KEYS}


def under() -> set[str]:
    with as_role("healing_worker"), access.opened("worker") as worker:
        return set(DataKey.objects.visible_to(worker).values_list("master_key", flat=True))


def phones(case: Case) -> set[str]:
    with opened(facilitator_of(case)) as viewer:
        return {card.phone for card in SafeContact.objects.visible_to(viewer)}


def test_the_old_master_key_is_not_needed_any_more(case: Case, settings: Any) -> None:
    sam = make_colleague(case.site)
    codes = RecoveryCodes.activate(sam).generate_codes()
    secret = get_adapter().decrypt(Authenticator.objects.get(user=sam, type="totp").data["secret"])
    add_key(settings)

    said = rotate()
    del settings.FIELD_KEYS[OLD]

    assert said == "4 keys and 2 second steps are now under k2."
    assert under() == {"k2"}
    assert phones(case) == {"555 0123"}
    assert get_adapter().decrypt(Authenticator.objects.get(user=sam, type="totp").data["secret"]) == secret
    assert Authenticator.objects.get(user=sam, type="recovery_codes").wrap().generate_codes() == codes


def test_the_words_themselves_stay_as_they_are(case: Case, settings: Any) -> None:
    def bytes_of() -> set[bytes]:
        with opened(facilitator_of(case)) as viewer:
            return {bytes(row["phone"]) for row in SafeContact.objects.visible_to(viewer).values("phone")}

    before = bytes_of()
    add_key(settings)
    rotate()

    assert bytes_of() == before


def test_again_does_nothing(case: Case, settings: Any) -> None:
    add_key(settings)
    rotate()

    assert rotate() == "0 keys and 0 second steps are now under k2."


def test_it_goes_on_where_it_was_stopped(case: Case, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotate_keys, "BATCH", 1)
    add_key(settings)
    real, calls = sealed.rewrap, []

    def stops(key: DataKey) -> None:
        calls.append(key)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(key)

    monkeypatch.setattr(sealed, "rewrap", stops)
    with pytest.raises(KeyboardInterrupt):
        rotate()
    assert under() == {OLD, "k2"}

    monkeypatch.setattr(sealed, "rewrap", real)
    assert rotate() == "3 keys and 0 second steps are now under k2."
    assert phones(case) == {"555 0123"}


def test_an_erased_person_stays_erased(case: Case, settings: Any) -> None:
    with opened(facilitator_of(case)) as viewer:
        holder = DataKey.objects.visible_to(viewer).exclude(participant_id=None).first().holder
        sealed.destroy_key(holder)
    add_key(settings)

    assert rotate().startswith("3 keys")
    with as_role("healing_worker"), access.opened("worker") as worker:
        assert bytes(DataKey.objects.visible_to(worker).get(holder=holder).wrapped) == b""


def test_a_lost_old_key_stops_it_with_a_sentence(case: Case, settings: Any) -> None:
    settings.FIELD_KEYS = {"k2": os.urandom(32)}

    with pytest.raises(KeyMissing, match="The master key k1 is not among FIELD_KEYS"):
        rotate()
    assert under() == {OLD}


def test_a_second_step_whose_master_key_is_lost_opens_nothing(site: Site, settings: Any) -> None:
    sam = make_colleague(site)
    settings.FIELD_KEYS = {"k2": os.urandom(32)}

    with pytest.raises(KeyMissing):
        app_code(sam)


def test_the_app_s_secret_is_not_readable_in_the_table(site: Site) -> None:
    sam = make_colleague(site)
    stored = Authenticator.objects.get(user=sam).data["secret"]

    assert get_adapter().decrypt(stored) not in stored
    assert stored.startswith(f"{OLD}:")
