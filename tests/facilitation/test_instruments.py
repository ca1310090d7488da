"""Question sets: what is asked, which answers count, and that an answered version never changes."""

import json
from datetime import date

import pytest
from django.http import QueryDict
from jsonschema import ValidationError, validate

from cases import texts
from facilitation import instruments
from facilitation.instruments import all_instruments, load, questions_for, readable, signpost, standing
from facilitation.instruments.form import form_for

TODAY = date(2027, 4, 1)
EVERY_SET = pytest.mark.parametrize("instrument", all_instruments(), ids=lambda one: f"{one.name}.v{one.version}")
EVERY_FILE = pytest.mark.parametrize("path", sorted(instruments.FOLDER.glob("*.v*.*.json")), ids=lambda path: path.name)

# Somebody may have answered these words. Never change a line here: give the new words a new version and add its line.
PINNED = {
    "check-in-harmed.v1.en": "7ef3e21af0360862b088f7b555f74ccdbe7063ca890ec0ebddd1cb51c6c75107",
    "check-in-staff.v1.en": "71d2bbf600db4ec2ee4fa1eb1a1231ec8675d8ff8fce619d3e94cb75cb727898",
    "check-in-supporter.v1.en": "034abf867e66b0892614595ddf58af7857a633b22bbb10389d9399ce5d91dd44",
    "looking-back.v1.en": "ee23dce1e0e53769ad3010cb92def3e08f4c415e45bb4299906b9c38b8d9f0dc",
}


def asked(name, link_id):
    return load(name).question(link_id)


def page(question, posted=None, **initial):
    return form_for(question, today=TODAY, initial=initial, data=None if posted is None else QueryDict(posted))


def sentence(form):
    assert not form.is_valid()
    (errors,) = form.errors.values()
    (words,) = errors
    return words


@EVERY_SET
def test_an_answered_version_never_changes(instrument):
    key = f"{instrument.name}.v{instrument.version}.{instrument.language}"
    assert PINNED.get(key) == instrument.content_hash, f"{key} has other words than before: make a new version"


def test_no_published_version_disappears():
    assert set(PINNED) == {path.stem for path in instruments.FOLDER.glob("*.v*.*.json")}


@EVERY_FILE
def test_a_file_is_named_after_what_it_holds(path):
    document = json.loads(path.read_text())
    assert path.stem == f"{document['name']}.v{document['version']}.{document['language']}"


@EVERY_SET
def test_what_is_asked_hangs_together(instrument):
    seen = {}
    for question in instrument.questions:
        assert question.link_id not in seen
        codes = [option.code for option in question.options]
        assert len(codes) == len(set(codes))
        assert all(when.code in seen[when.question] for when in question.enable_when)
        seen[question.link_id] = codes


@EVERY_SET
def test_every_choice_can_be_left_open_in_two_ways(instrument):
    for question in instrument.questions:
        if question.offers_choices:
            assert [option.code for option in question.options[-2:]] == ["unknown", "private"]


@EVERY_SET
def test_no_answer_is_given_a_number(instrument):
    document = json.loads((instruments.FOLDER / f"{instrument.name}.v1.en.json").read_text())
    assert "score" not in json.dumps(document).lower()
    with pytest.raises(ValidationError):
        validate(with_score(document), json.loads(instruments.SCHEMA.read_text()))


def with_score(document):
    document["item"][0]["answerOption"][0]["score"] = 3
    return document


@EVERY_SET
def test_no_set_claims_a_review_it_has_not_had(instrument):
    assert instrument.reviewed is False
    assert "reviewed this wording yet" in instrument.review_note


@pytest.mark.parametrize(
    ("name", "count", "side"),
    [
        ("check-in-harmed", 13, "harmed"),
        ("check-in-staff", 14, "staff"),
        ("check-in-supporter", 7, "supporter"),
        ("looking-back", 10, "harmed"),
    ],
)
def test_the_intro_says_how_many_questions_come(name, count, side):
    instrument = load(name)
    assert instrument.count == count
    assert any(f"{count} short questions" in line for line in instrument.intro)
    assert side in instrument.sides


def test_the_newest_version_is_loaded_unless_one_is_named(monkeypatch):
    document = json.loads((instruments.FOLDER / "looking-back.v1.en.json").read_text())
    versions = tuple(instruments.compiled(document | {"version": version}) for version in ("2", "10", "9"))
    monkeypatch.setattr(instruments, "all_instruments", lambda: versions)
    assert load("looking-back").version == "10"
    assert load("looking-back", "2").version == "2"


@pytest.mark.parametrize("wrong", [("nothing",), ("looking-back", "99"), ("looking-back", "1", "xx")])
def test_a_set_that_does_not_exist_is_said(wrong):
    with pytest.raises(LookupError, match="There is no question set"):
        load(*wrong)


def test_the_day_is_asked_only_of_those_who_want_to_be_asked_on_a_day():
    instrument = load("check-in-harmed")
    before = questions_for(instrument, {})
    after = questions_for(instrument, {"next": {"codes": ["ask-on-a-day"]}})
    assert len(before) == 13
    assert [question.link_id for question in after if question not in before] == ["next-day"]
    assert questions_for(instrument, {"next": {"codes": ["call"]}}) == before


def test_a_day_no_longer_asked_for_does_not_count():
    instrument = load("check-in-harmed")
    answers = {"feeling": {}, "next": {"codes": ["call"]}, "next-day": {"date": "2027-05-03"}}
    assert standing(instrument, answers) == {"next": {"codes": ["call"]}}


@EVERY_SET
def test_every_question_can_be_skipped(instrument):
    for question in instrument.questions:
        form = page(question, "")
        assert form.is_valid(), question.link_id
        assert form.answer() == {}
        assert readable(question, {}) == []


@EVERY_SET
def test_what_is_answered_comes_back_as_it_was(instrument):
    for question in (one for one in instrument.questions if one.offers_choices):
        for option in question.options:
            form = page(question, f"codes={option.code}")
            assert form.is_valid()
            assert form.answer() == {"codes": [option.code]}
            again = page(question, **form.answer())
            assert f'value="{option.code}"' in str(again["codes"])
            assert str(again["codes"]).count("checked") == 1


def test_several_answers_and_own_words_are_kept():
    hopes = asked("check-in-harmed", "hopes")
    form = page(hopes, "codes=heard&codes=apology&text=To+see+the+notes")
    assert form.is_valid()
    assert form.answer() == {"codes": ["heard", "apology"], "text": "To see the notes"}
    assert readable(hopes, form.answer()) == ["To be heard", "To hear someone say sorry", "To see the notes"]


def test_one_answer_only_where_one_is_asked_for():
    form = page(asked("check-in-harmed", "feeling"), "codes=steady&codes=very-low")
    assert form.is_valid()
    assert len(form.answer()["codes"]) == 1


@pytest.mark.parametrize("posted", ["codes=made-up", "codes=heard&codes=made-up", "codes=%00", "codes=-1"])
@pytest.mark.parametrize("link_id", ["feeling", "hopes"])
def test_an_answer_that_is_not_on_the_page_is_not_taken(link_id, posted):
    words = sentence(page(asked("check-in-harmed", link_id), posted))
    assert words == "Choose from the answers on this page, or leave them all empty."


def test_none_of_these_stands_alone():
    form = page(asked("check-in-harmed", "worries"), "codes=again&codes=nothing")
    assert sentence(form) == "You chose “Nothing worries me” and another answer too. Keep one of the two."
    assert str(form["codes"]).count("checked") == 2


def test_rather_not_say_and_own_words_do_not_go_together_and_the_words_stay():
    form = page(asked("check-in-harmed", "avoid"), "codes=private&text=The+waiting+room")
    assert sentence(form) == "You chose “I would rather not say” and wrote something too. Keep one of the two."
    assert "The waiting room" in str(form["text"])


def test_too_many_words_are_counted_not_cut():
    form = page(asked("check-in-harmed", "avoid"), "text=" + "a" * 4001)
    assert sentence(form) == "Make this shorter: 4000 letters fit here, and this has 4001."
    assert "a" * 4001 in str(form["text"])
    assert "maxlength" not in str(form["text"])


def test_a_sign_that_cannot_be_kept_gets_a_sentence():
    form = page(asked("check-in-harmed", "avoid"), "text=The%00day")
    assert sentence(form) == "One sign in this text cannot be kept. Type the words in again."


def test_a_day_to_come_is_kept_and_read_in_words():
    question = asked("check-in-harmed", "next-day")
    form = page(question, "date_0=3&date_1=May&date_2=2027")
    assert form.is_valid()
    assert form.answer() == {"date": "2027-05-03"}
    assert readable(question, form.answer()) == ["Monday 3 May 2027"]
    assert 'value="2027"' in str(page(question, **form.answer())["date"])


@pytest.mark.parametrize("posted", ["date_0=1&date_1=4&date_2=2027", "date_0=3&date_1=5&date_2=2020"])
def test_only_a_day_after_today_can_be_chosen(posted):
    assert sentence(page(asked("check-in-harmed", "next-day"), posted)) == "Choose a day after today."


@pytest.mark.parametrize(
    "posted",
    [
        "date_0=31&date_1=2&date_2=2027",
        "date_0=x&date_1=y&date_2=z",
        "date_0=1&date_1=1&date_2=" + "9" * 30,
        "date_0=3&date_1=5",
    ],
)
def test_a_day_that_cannot_be_read_gets_a_sentence_and_stays_on_the_page(posted):
    form = page(asked("check-in-harmed", "next-day"), posted)
    assert sentence(form)
    assert posted.split("=")[1].split("&")[0] in str(form["date"])


def test_a_page_that_only_tells_asks_nothing():
    question = asked("check-in-supporter", "rules-told")
    assert not question.asks
    assert list(page(question).fields) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("check-in-harmed", "very-low"),
        ("check-in-staff", "not-safe"),
        ("check-in-supporter", "very-low"),
        ("looking-back", "very-low"),
        ("looking-back", "not-safe"),
    ],
)
def test_distress_opens_the_calm_page_and_nothing_else_does(name, code):
    question = asked(name, "feeling")
    assert signpost(question, {"codes": [code]}) == "support-now"
    assert signpost(question, {"codes": ["steady"]}) == ""
    assert signpost(question, {}) == ""


def test_the_hash_follows_every_shown_word_and_no_review():
    document = json.loads((instruments.FOLDER / "looking-back.v1.en.json").read_text())
    before = instruments.compiled(document).content_hash
    assert instruments.compiled(document | {"reviewed": True, "sources": ["More"]}).content_hash == before
    document["item"][0]["answerOption"][0]["display"] += "."
    assert instruments.compiled(document).content_hash != before
    assert texts.content_hash({"item": [1, 2]}, ()) != texts.content_hash({"item": [2, 1]}, ())
