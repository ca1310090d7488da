"""Phone numbers as people write them: grouped, and not one digit more, less or elsewhere."""

import re

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from healing.phones import grouped


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("07700900731", "07700 900731"),
        ("07700 900731", "07700 900731"),
        ("+447700900731", "+44 7700 900731"),
        ("+15550100199", "+1 555 010 0199"),
        ("5550100199", "555 010 0199"),
        ("5550199", "555 0199"),
        ("+35312345678", "+353 1234 5678"),
        ("+33612345678", "+33 612 345 678"),
        ("+4915123456789", "+49 15123 456789"),
        ("123456789012", "123 456 789 012"),
        ("12345678901234", "123 456 789 01234"),
        ("4711", "4711"),
        ("+44", "+44"),
    ],
)
def test_a_number_is_grouped(stored, shown):
    assert grouped(stored) == shown


@pytest.mark.parametrize("other", ["al@home.example", "…31", "a…le", "020 7946 0958 ext. 4", "", "Ward 12345678901"])
def test_what_is_no_bare_number_stays_as_it_is(other):
    assert grouped(other) == other


@given(st.from_regex(r"\A\+?[0-9]{1,20}\Z"))
def test_no_digit_is_lost_or_moved(number):
    shown = grouped(number)

    assert shown.replace(" ", "") == number
    assert not re.search(r"  |^ | $", shown)


def test_pages_can_use_it():
    assert Template("{{ number|phone }}").render(Context({"number": "07700900731"})) == "07700 900731"
