"""The reply code as twelve plain words: what somebody who asked for a peer shows, to read the answer.

The words are the only key to the answer. They are not kept: they are made from the form that was sent, so that sending
it again gives the same words, and only their fingerprint is stored.
"""

import re
import unicodedata
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext
from mnemonic import Mnemonic

from healing import ids
from healing.errors import HealingError

HOW_MANY = 12
ENOUGH_LETTERS = 4  # no two words of the list begin with the same four
LEFT_OUT = Path(__file__).with_name("words_left_out.txt")


class UnknownWord(HealingError):
    """Not twelve of our words: the sentence says where to look."""


def reply_words(nonce: str) -> str:
    """The words that belong to one form. Whoever has the programme's key and the form can make them again."""
    left = int(ids.fingerprint(nonce, "support.reply"), 16)
    words = []
    for _ in range(HOW_MANY):
        left, number = divmod(left, len(all_words()))
        words.append(all_words()[number])
    return " ".join(words)


def read(text: str) -> str:
    """The words as we gave them, from what a person typed. The first four letters of each decide."""
    letters = unicodedata.normalize("NFKC", text).casefold()
    typed = re.findall(r"[^\W\d_]+", letters)
    if len(typed) != HOW_MANY:
        raise UnknownWord(_other_number(len(typed)))
    words = [_by_beginning().get(word[:ENOUGH_LETTERS], "") for word in typed]
    if not all(words):
        raise UnknownWord(_not_ours([place for place, word in enumerate(words, 1) if not word]))
    return " ".join(words)


def fingerprint(words: str) -> str:
    """What is stored in place of the words. It needs no key: nobody can try all of 128 bits, and no key can be lost."""
    return sha256(f"healing.support.words:{words}".encode()).hexdigest()


def letters_fingerprint(words: str) -> str:
    """By which letters on a chosen day are found. Not the request's: nothing joins an address to what is counted."""
    return sha256(f"healing.support.letters:{words}".encode()).hexdigest()


@cache
def all_words() -> tuple[str, ...]:
    lines = LEFT_OUT.read_text().splitlines()
    left_out = {word for line in lines if not line.startswith("#") for word in line.split()}
    return tuple(word for word in Mnemonic("english").wordlist if word not in left_out)


@cache
def _by_beginning() -> dict[str, str]:
    return {word[:ENOUGH_LETTERS]: word for word in all_words()}


def _other_number(count: int) -> str:
    if count == 0:
        return gettext("Write the %(all)d words that we gave you, with a space between them.") % {"all": HOW_MANY}
    return ngettext(
        "You wrote %(count)d word. We gave you %(all)d. Look at your words again and write them all.",
        "You wrote %(count)d words. We gave you %(all)d. Look at your words again and write just those.",
        count,
    ) % {"count": count, "all": HOW_MANY}


def _not_ours(places: list[int]) -> str:
    return ngettext(
        "Word %(places)s is not one of our words. Look at how it is spelled and change it.",
        "Words %(places)s are not our words. Look at how they are spelled and change them.",
        len(places),
    ) % {"places": get_text_list([str(place) for place in places], gettext("and"))}
