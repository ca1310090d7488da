"""Work that was set aside is told of, and taken up again when a person says so. Nothing is sent twice by that."""

import io
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command

from healing import access, clock, due, ids, mail
from healing.models import Due, Effect
from tests.mail_sink import listening

pytestmark = pytest.mark.usefixtures("as_worker")
ACT, LETTER = "test.act", "test.letter"


@pytest.fixture(autouse=True)
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done, by key."""
    keys: list[str] = []

    def letter(item: Due) -> mail.Message:
        return mail.Message(
            "maria@home.example", "A message for you", "A letter\n", "Lakeside <no-reply@hospital.example>"
        )

    monkeypatch.setitem(due.ACTS, ACT, lambda item: keys.append(item.key))
    monkeypatch.setitem(due.SENDINGS, LETTER, letter)
    return keys


def stuck(kind: str, effect: str = "") -> str:
    key = f"{kind}:{ids.new()}"
    with access.opened("worker"):
        row = Due(kind=kind, key=key, subject=ids.new(), due_at=clock.now() - timedelta(days=9))
        row.state, row.attempts, row.done_at = "stuck", due.MOST_ATTEMPTS, clock.now()
        row.save(force_insert=True)
        if effect:
            Effect.objects.create(key=key, due=row.pk, state=effect)
    return key


def told(**options: Any) -> list[str]:
    output = io.StringIO()
    call_command("set_aside", stdout=output, **options)
    return output.getvalue().splitlines()


def test_it_is_told_how_much_of_each_kind_is_set_aside(done: list[str]) -> None:
    assert told() == ["Nothing is set aside."]
    stuck(ACT), stuck(ACT), stuck(LETTER)
    due.tick()

    assert told() == ["test.act: 2", "test.letter: 1"]
    assert done == []


def test_it_is_taken_up_again_but_what_may_have_left_stays(done: list[str], settings: Any) -> None:
    act, never_left, may_have_left = stuck(ACT), stuck(LETTER), stuck(LETTER, effect="ambiguous")
    with listening(settings) as sink:
        assert told(again=True) == ["2 tried again.", "test.letter: 1"]
        due.tick()

    assert (done, len(sink.letters)) == ([act], 1)
    with access.opened("worker") as worker:
        states = dict(Due.objects.visible_to(worker).values_list("key", "state"))
    assert states == {act: "done", never_left: "done", may_have_left: "stuck"}


def test_the_log_says_that_something_was_set_aside(caplog: pytest.LogCaptureFixture) -> None:
    key = stuck(ACT)
    with access.opened("worker") as worker:
        died = {"state": "leased", "lease_until": clock.now() - due.LEASE}
        Due.objects.visible_to(worker).filter(key=key).update(**died)
    with caplog.at_level(logging.ERROR, "healing.due"):
        due.tick()

    assert [record.getMessage() for record in caplog.records] == ["due work was set aside: see `manage.py set_aside`"]
