"""Dates in words, and dates in three boxes."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django import forms
from django.utils import timezone

from healing.forms import DatePartsField
from healing.templatetags import healing

AT = datetime(2026, 3, 3, 14, 2, tzinfo=UTC)
YEAR_END = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def spring():
    with time_machine.travel(datetime(2026, 4, 1, 9, 0, tzinfo=UTC), tick=False):
        yield


@pytest.mark.parametrize(
    ("value", "zone", "expected"),
    [
        (AT, "", '<time datetime="2026-03-03T14:02+00:00">Tuesday 3 March, 14:02</time>'),
        (AT, "UTC", '<time datetime="2026-03-03T14:02+00:00">Tuesday 3 March, 14:02</time>'),
        (
            AT,
            "America/New_York",
            '<time datetime="2026-03-03T09:02-05:00">Tuesday 3 March, 09:02 (New York time)</time>',
        ),
        (date(2026, 3, 3), "", '<time datetime="2026-03-03">Tuesday 3 March</time>'),
        (None, "", ""),
    ],
)
def test_when(value, zone, expected):
    assert healing.when(value, zone=zone) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (AT, '<time datetime="2026-03-03">Tuesday 3 March</time>'),
        (date(2019, 3, 3), '<time datetime="2019-03-03">Sunday 3 March 2019</time>'),
    ],
)
def test_day(value, expected):
    assert healing.day(value) == expected


def test_day_is_the_reader_s_own():
    with timezone.override("Pacific/Auckland"):
        assert healing.day(YEAR_END) == '<time datetime="2027-01-01">Friday 1 January 2027</time>'


@pytest.mark.parametrize(
    "typed", [("27", "3", "2026"), (" 27", "03", "2026 "), ("27", "march", "2026"), ("27", "Mar", "2026")]
)
def test_date_parts_are_read(typed):
    assert DatePartsField().clean(typed) == date(2026, 3, 27)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("", "", ""), "Give a date, like 27 3 2026."),
        (("27", "", "2026"), "Fill in all three boxes: the day, the month and the year."),
        (("27", "3", "26"), "Write the year with four numbers, like 2026."),
        (("31", "2", "2026"), "We could not read that date. Try it like this: 27 3 2026."),
        (("27", "ju", "2026"), "We could not read that date. Try it like this: 27 3 2026."),
        (("27", "3", "99999"), "We could not read that date. Try it like this: 27 3 2026."),
        (("x", "3", "2026"), "We could not read that date. Try it like this: 27 3 2026."),
    ],
)
def test_date_parts_say_what_to_do(typed, said):
    with pytest.raises(forms.ValidationError) as caught:
        DatePartsField().clean(typed)

    assert caught.value.messages == [said]


def test_optional_date_may_be_left_out():
    assert DatePartsField(required=False).clean(("", "", "")) is None
