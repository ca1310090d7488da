"""Many requests at once wait a little. Nobody is turned away, and nothing is kept about who asked."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import signing
from hypothesis import given
from hypothesis import strategies as st

from support import tickets

NIGHT = datetime(2027, 3, 2, 3, 10, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def night():
    with time_machine.travel(NIGHT, tick=False) as clock:
        yield clock


def aged(age):
    return tickets.Ticket("nonce", NIGHT - age)


def test_a_ticket_says_when_the_form_was_made(night):
    ticket = tickets.new()
    night.shift(HOUR)
    assert tickets.read(ticket).made_at == NIGHT


def test_no_two_forms_share_a_nonce():
    assert len({tickets.read(tickets.new()).nonce for _ in range(50)}) == 50


def test_the_same_form_sent_twice_is_the_same_form():
    ticket = tickets.new()
    assert tickets.read(ticket) == tickets.read(ticket)


@given(st.integers(0, 10_000), st.characters(min_codepoint=33, max_codepoint=126))
def test_a_ticket_with_any_letter_changed_is_not_taken(place, letter):
    ticket = tickets.new()
    place %= len(ticket)
    changed = ticket[:place] + letter + ticket[place + 1 :]
    if changed == ticket:
        return
    with pytest.raises(tickets.BadTicket):
        tickets.read(changed)


@pytest.mark.parametrize("ticket", ["", ":", "a:b", "x" * 5000, "é:ü", "\x00", "W10:", '["nonce","2027-03-02"]'])
def test_what_is_no_ticket_is_told_in_a_sentence(ticket):
    with pytest.raises(tickets.BadTicket, match=r"All you wrote is still here\. Press send again\."):
        tickets.read(ticket)


def test_a_signature_for_another_purpose_does_not_count(night):
    content = ["nonce", NIGHT.isoformat()]
    for salt in ("support", "support.reply", "django.core.signing"):
        with pytest.raises(tickets.BadTicket):
            tickets.read(signing.Signer(salt=salt).sign_object(content))


def test_a_ticket_of_another_programme_does_not_count(settings):
    ticket = tickets.new()
    settings.SECRET_KEY = "another programme's key"
    with pytest.raises(tickets.BadTicket):
        tickets.read(ticket)


def test_a_person_may_read_for_a_whole_day(night):
    ticket = tickets.new()
    night.shift(24 * HOUR)
    assert tickets.wait(tickets.read(ticket), lately=100_000) == timedelta(0)

    night.shift(SECOND)
    with pytest.raises(tickets.BadTicket):
        tickets.read(ticket)


@pytest.mark.parametrize(
    ("lately", "needed"),
    [
        (0, 2 * SECOND),
        (19, 2 * SECOND),
        (20, 10 * SECOND),
        (49, 30 * SECOND),
        (50, MINUTE),
        (169, 2 * MINUTE),
        (170, 5 * MINUTE),
        (1_000_000, 5 * MINUTE),
    ],
)
def test_a_form_waits_longer_when_many_ask(night, lately, needed):
    assert tickets.wait(aged(timedelta(0)), lately) == needed
    assert tickets.wait(aged(needed - SECOND), lately) == SECOND
    assert tickets.wait(aged(needed), lately) == timedelta(0)


@given(st.integers(0, 1000), st.integers(0, 1000), st.floats(0, 86_400))
def test_more_requests_never_shorten_a_wait_and_five_minutes_are_always_enough(lately, more, seconds):
    with time_machine.travel(NIGHT, tick=False):
        ticket = aged(timedelta(seconds=seconds))
        now, later = tickets.wait(ticket, lately), tickets.wait(ticket, lately + more)
    assert timedelta(0) <= now <= later <= 5 * MINUTE
    assert seconds < 300 or later == timedelta(0)


def test_a_ticket_holds_nothing_but_its_nonce_and_time(night):
    content = signing.Signer(salt="support.ticket").unsign_object(tickets.new())
    assert len(content) == 2
    assert len(content[0]) >= 22  # 128 bits
    assert content[1] == NIGHT.isoformat()
