"""Somebody steps back just before the conversation: the other hears what they would hear for any other reason."""

import re
from typing import Any

import pytest

from tests.journeys.acts import Participant, Postbox

STEPS_BACK, CALLED_OFF = "stepsback", "calledoff"
OWN = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|csrfmiddlewaretoken\W+value=\W\w+|stepsback|calledoff")
NEUTRAL = "The conversation that was booked for you will not take place then. This is not about you."


@pytest.fixture
def cases(stack: Any) -> dict[str, str]:
    """Two conversations in the same words, at the same hour, four hours from now."""
    script = "from tests.journeys import booked as b; cases = [b.tell(name) for name in ({!r}, {!r})]; "
    script += "from healing import due; due.tick(); "  # both letters leave on the same day
    script += "b.move_to_just_before(cases[0]); print('told', *cases)"
    said = stack.manage("shell", "-v0", "-c", script.format(STEPS_BACK, CALLED_OFF))
    return dict(zip((STEPS_BACK, CALLED_OFF), re.search("told (.*) (.*)", said).groups(), strict=True))


def test_a_withdrawal_looks_like_any_other_reason(stack: Any, someone: Any, cases: dict[str, str]) -> None:
    post = Postbox(someone(javascript=False))
    nurse = Participant(someone(phone=True), f"nurse@{STEPS_BACK}.example").signs_in(post)
    patients = [
        Participant(someone(phone=True, javascript=False), f"patient@{name}.example").signs_in(post) for name in cases
    ]
    assert alike([everything(patient, post, "You have an appointment") for patient in patients])

    nurse.at("conversation/").press("I do not want this any more")
    nurse.takes_back_the_yes("meet-in_person").person.sees("You do not have to say why")
    stack.manage("shell", "-v0", "-c", f"from tests.journeys import booked; booked.call_off({cases[CALLED_OFF]!r})")

    before = [everything(patient, post, "You have an appointment") for patient in patients]
    post.moves_on("1 hour")
    afterwards = [everything(patient, post, "This appointment is off") for patient in patients]

    assert alike(before)
    assert "Your conversation is booked" in before[0]
    assert alike(afterwards)
    for words in (NEUTRAL, "STATUS:CANCELLED", "Nothing is booked now"):
        assert words in afterwards[0]
    nurse.at("conversation/").sees("Nothing is booked now")


def everything(patient: Participant, post: Postbox, letter: str) -> str:
    """All that one person can look at, without what is theirs alone: ids, tokens and the address."""
    newest = post.letter(patient.email, letter)
    seen = [patient.at(path).page.content() for path in ("", "conversation/", "consent/", "promises/", "for-you/")]
    return OWN.sub("…", "\n".join([*seen, newest, f"{len([*post.letters(patient.email)])} letters"]))


def alike(seen: list[str]) -> bool:
    assert seen[0] == seen[1]
    return True
