"""Twelve words: as hard to guess as they must be, never hurtful, and read back however they are typed."""

import hashlib
import re
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healing import ids
from support import words

BITS = 128
# Somebody may hold words made from this list. If it changes, their words open nothing.
PINNED = "aadf62235a2788ce2b3e4cb267ccbf854ac85bd16e6a38df1dd8e86e911d81b1"
HARSH = """
    abuse accident accuse blame blood body broken cancer crime cruel damage danger dead death die disease doctor
    enemy error evil fatal fault forget ghost grief guilt gun harm hospital hurt ill injury kill knife legal
    liar lonely misery mistake murder neglect never nurse orphan pain patient poison prison refuse regret risk
    sad shame shoot sick sorry staff suffer sudden tomb tragic trauma ugly victim weapon wound wrong
"""

GIVEN = words.reply_words("a form")
LIST = GIVEN.split()

nonces = st.text(min_size=1, max_size=30)


def test_a_guess_is_as_hard_as_a_key_of_128_bits():
    assert words.HOW_MANY * log2(len(words.all_words())) >= BITS


def test_the_list_is_settled():
    assert hashlib.sha256("\n".join(words.all_words()).encode()).hexdigest() == PINNED


def test_no_word_hurts_whoever_is_already_hurt():
    assert set(HARSH.split()) & set(words.all_words()) == set()


def test_every_word_left_out_was_in_the_list_and_is_there_once():
    listed = [line.split() for line in words.LEFT_OUT.read_text().splitlines() if not line.startswith("#")]
    left_out = sum(listed, [])

    assert len(left_out) == len(set(left_out))
    assert len(words.all_words()) + len(left_out) == 2048


def test_no_two_words_begin_alike():
    beginnings = {word[: words.ENOUGH_LETTERS] for word in words.all_words()}
    assert len(beginnings) == len(words.all_words())


def test_the_same_form_gives_the_same_words_and_another_form_others(settings):
    assert words.reply_words("a form") == GIVEN
    assert words.reply_words("b form") != GIVEN

    settings.SECRET_KEY = "another programme's key"
    assert words.reply_words("a form") != GIVEN


@given(nonces)
def test_nothing_of_the_chance_is_lost_on_the_way_to_words(nonce):
    """A slip in the arithmetic would leave a place with few words, or let one place tell the next."""
    listed = words.all_words()
    places = [listed.index(word) for word in words.reply_words(nonce).split()]
    number = sum(place * len(listed) ** power for power, place in enumerate(places))
    assert number == int(ids.fingerprint(nonce, "support.reply"), 16) % len(listed) ** 12


@given(nonces)
def test_what_we_gave_is_read_back(nonce):
    given_words = words.reply_words(nonce)
    assert len(given_words.split(" ")) == words.HOW_MANY
    assert words.read(given_words) == given_words


@given(
    nonces,
    st.lists(st.sampled_from([" ", "\n", ", ", " ,  ", "\r\n", ";", " - ", ".\t", "\u00a0"]), min_size=12, max_size=12),
    st.lists(st.sampled_from([str.upper, str.title, str.lower, lambda word: word[:4]]), min_size=12, max_size=12),
)
def test_it_is_read_however_it_is_typed(nonce, gaps, hands):
    given_words = words.reply_words(nonce)
    typed = [hand(word) for hand, word in zip(hands, given_words.split(), strict=True)]
    assert words.read("".join(map("".join, zip(typed, gaps, strict=True)))) == given_words


@pytest.mark.parametrize("number", ["{}. ", "{}) ", "{} ", "({}) ", "{}.", "{}"])
def test_numbers_in_front_are_passed_over(number):
    typed = "\n".join(number.format(place) + word for place, word in enumerate(LIST, 1))
    assert words.read(typed) == GIVEN


def test_a_phone_with_wide_letters_is_understood():
    wide = {ord(letter): ord(letter) + 0xFEE0 for letter in "abcdefghijklmnopqrstuvwxyz"}
    assert words.read(GIVEN.translate(wide)) == GIVEN


@pytest.mark.parametrize("stranger", ["xyzzy", "blame", "zeb", "öl", "王"])
@pytest.mark.parametrize("place", [1, 7, 12])
def test_a_word_that_is_not_ours_is_named_by_its_place(stranger, place):
    typed = [*LIST[: place - 1], stranger, *LIST[place:]]
    with pytest.raises(words.UnknownWord, match=rf"^Word {place} is not one of our words\. Look"):
        words.read(" ".join(typed))


def test_several_such_words_are_named_together():
    with pytest.raises(words.UnknownWord, match=r"^Words 2, 3 and 12 are not our words\."):
        words.read(" ".join([LIST[0], "xx", "xx", *LIST[3:11], "xx"]))


@pytest.mark.parametrize(
    ("count", "says"),
    [
        (1, "You wrote 1 word. We gave you 12. Look at your words again"),
        (11, "You wrote 11 words. We gave you 12. Look at your words again"),
        (13, "You wrote 13 words. We gave you 12. Look at your words again"),
    ],
)
def test_too_few_or_too_many_words_are_counted(count, says):
    with pytest.raises(words.UnknownWord, match=re.escape(says)):
        words.read(" ".join((LIST * 2)[:count]))


@pytest.mark.parametrize("typed", ["", " 1. 2. ", "\n", "12 34"])
def test_a_page_without_words_says_which_to_write(typed):
    with pytest.raises(words.UnknownWord, match="^Write the 12 words that we gave you"):
        words.read(typed)


def test_the_sentence_repeats_nothing_that_was_typed():
    """A page with an error may be seen by who stands behind; a wrong word may be a name."""
    with pytest.raises(words.UnknownWord) as told:
        words.read(" ".join(["Siobhan", *LIST[1:]]))
    assert "siobhan" not in str(told.value).casefold()


def test_a_word_may_come_twice():
    twice = " ".join([LIST[0], *LIST[:11]])
    assert words.read(twice) == twice


def test_what_is_stored_tells_neither_the_words_nor_the_form():
    stored = words.fingerprint(GIVEN)

    assert stored == words.fingerprint(words.read(GIVEN.upper()))
    assert stored != words.fingerprint(words.reply_words("b form"))
    assert stored != ids.fingerprint("a form", "support.reply")
    assert re.fullmatch("[0-9a-f]{64}", stored)
