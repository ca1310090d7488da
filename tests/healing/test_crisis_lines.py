"""A crisis line: what a phone dials is the number and nothing else."""

import pytest

from healing.crisis_lines import crisis_line, crisis_lines


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("Night line: 555 0199", ("Night line", "555 0199", "5550199", "")),
        (
            "Night line: 555 0199, from 20:00 to 08:00",
            ("Night line", "555 0199", "5550199", "from 20:00 to 08:00"),
        ),
        ("Line 24: 555 0199", ("Line 24", "555 0199", "5550199", "")),
        ("Lifeline: 988", ("Lifeline", "988", "988", "")),
        ("Lifeline: 988, 24/7", ("Lifeline", "988", "988", "24/7")),
        ("Lifeline: 988 (24 hours)", ("Lifeline", "988", "988", "24 hours")),
        ("Clinic: (555) 010-0199; weekdays", ("Clinic", "(555) 010-0199", "5550100199", "weekdays")),
        ("Clinic: +44 (0)20 7946 0000", ("Clinic", "+44 (0)20 7946 0000", "+442079460000", "")),
        ("Clinic: 0044 (0)20 7946 0000", ("Clinic", "0044 (0)20 7946 0000", "00442079460000", "")),
        ("Clinic: (020) 7946 0000", ("Clinic", "(020) 7946 0000", "02079460000", "")),
        ("Clinic: 1 (800) 273-8255", ("Clinic", "1 (800) 273-8255", "18002738255", "")),
        ("Clinic: +1 800-273-8255", ("Clinic", "+1 800-273-8255", "+18002738255", "")),
        ("Clinic: 01.23.45.67.89", ("Clinic", "01.23.45.67.89", "0123456789", "")),
        ("Line: 116 123, 8-20", ("Line", "116 123", "116123", "8-20")),
        ("Line:15", ("Line", "15", "15", "")),
        ("الطوارئ: ٩٩٩", ("الطوارئ", "٩٩٩", "999", "")),
    ],
)
def test_name_number_and_other_words(line: str, read: tuple[str, ...]) -> None:
    assert crisis_line(line) == read


@pytest.mark.parametrize(
    "line",
    [
        *("Night line", ": 555", "Night line: at night", "Night line: 24/7", "Night line: 555 0199 24/7"),
        *("Night line: 988 24 hours", "Night line: 555 0199 20:00-08:00", "Night line: 555 0199 or 555 0200"),
        *("Night line 20:00 to 08:00: 555 0199", "Night line: 555 - 0199", "Night line: 1-800-TALK"),
        *("Line: 116 123 8-20", "Line: 116 123 20.00-8.00", "Line: 116-123 8-20", "Line: 988 2000-0800"),
        *("Line: 8-20", "Line: 20.00", "Line: 2000-0800", "Line: 0030-0800", "Line: +44 8-20"),
        *("Line 8:20, 555 0199", "Line: 5", "Line: 514 555-0142"),
        *("Line: 555 0199/555 0200", "Line: 0800 1110111/0800 1110222", "Clinic: 030/12 34"),
        *("Line: 555 0199 555 0200", "Line: +44 20 7946 0000 7946", "Line: 555 (0199)", "Line: 020 7946 (0000)"),
        *("Line: +44 (020) 7946 0000", "Line: 020 (0)7946 0000", "الطوارئ: +٤٤ (٠)٢٠ ٧٩٤٦"),
    ],
)
def test_where_the_number_ends_is_never_guessed(line: str) -> None:
    """It is shown as it was written, and no phone dials it."""
    assert crisis_line(line) is None
    assert crisis_lines(f"\n{line}\n\nEmergency: 999") == [(line, "", "", ""), ("Emergency", "999", "999", "")]
