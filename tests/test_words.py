"""What the product says: never a hurtful word, easy to read, and nothing in a message that tells on anyone."""

import ast
import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string

from cases import texts
from facilitation import instruments
from healing import mail
from tests.reading import grade, page_lines, sentences

ROOT = Path(__file__).parent.parent
APPS = ("healing", "cases", "facilitation", "support", "reports")
HARDEST, LONGEST = 6, 25
ENOUGH_WORDS = 12  # a grade of fewer says nothing
READ_BY_ANYBODY = ("account", "components", "care")
EXTENDS = re.compile(r'extends "(base_room|support/base_public).html"')

NEVER = re.compile(
    r"\b(victim\w*|offend(er|ers|ing)|accus(e|ed|es|er|ing|ation|ations)|complainants?|refus(e|ed|es|al|als|ing)"
    r"|non-?complian(t|ce)|faults?|at-fault|blam(e|ed|es|ing|eworthy)|sanction(s|ed|ing)?|no-show|please)\b"
    r"|\b(we(’|'| a)re|I(’|'| a)m) (very |so |truly )?sorry\b|(^|[>.!?\"“]\s*)sorry\b",
    re.IGNORECASE | re.MULTILINE,
)
RED_FLAGS = re.compile(
    r"\b(wards?|units?|hospitals?|clinics?|patients?|famil(y|ies)|staff|nurses?|doctors?|harm(s|ed|ful)?|events?|cases?"
    r"|incidents?|errors?|mistakes?|heal(s|ing)?|conversations?|meet(s|ing|ings)?|consents?|support|peers?|condition"
    r"|diagnos\w+|legal|court|lawyers?|declined?|withdr[ae]wn?|readiness|check-in)\b",
    re.IGNORECASE,
)
OWN_VARIABLES = {"site.name", "site.phone", "sign_in_url", "link", "code", "facilitator", "date", "time", "zone"}

# Somebody may have read these words. Never change a line here: give the new words a new version and add its line.
PINNED_CONSENTS = {
    "take_part.harmed.v1.en": "60127e6f174ffb3de2de531065de4f53ce2be4dedd559d14ee8d626d2f83e1a7",
    "take_part.staff.v1.en": "9715d05c77f7f4900fee0eef2661451b2205558f46efd505b5f9a3add59c8af5",
    "take_part.supporter.v1.en": "454f234634555befa9383d5f22f7ca8a8c37b4b342f89a627689f70f2edb5c05",
    "meet.harmed.v1.en": "e9041968b055b1cb63806ce11196b6c5f22d252d1d56a3071a26b78337e2b71a",
    "meet.staff.v1.en": "abc407fedf1a62df7d9e514d3d32b57f291f29f1070d6fe872a11421b82e25f8",
    "meet.supporter.v1.en": "f660c8c14830422f420a6f31114a672d9134801649f45ccc23cefb828baa2293",
    "share_statement.harmed.v1.en": "f9caf2c93b47ce09f2380284f0d379ad92c51220a3b24cdc908af2e8d898ffbd",
    "share_statement.staff.v1.en": "4b16d8711fd6a1aeec133b525775c4d9ab2af82369903ec3d64cea722aab5b04",
    "count_answers.harmed+staff+supporter.v1.en": "bfa902f72a89596679218cf3bb18e8aef5b331c171211fed6e6f76ce514380e2",
}
PINNED_NOTICES = {
    "not_possible_now.v1.en": "c0a725cd0da240afb5c7c8dd615b8e245580913c3deddd1ddc90df56e6959935",
    "conversation_off.v1.en": "ff0447ed43eb4da57ad5880b3854b673d10a79610d027c9aa1c664a2e50cf2ea",
    "no_news_yet.v1.en": "a56d87df7c7d22a28c3a48a6b49b6c2c98bd95af3ed0af88f9ac1f928e7aa471",
    "conversation_booked.v1.en": "7808bf8e96a2ba6bfc5142641c264ceb7eca56215f18bbfb57592365095318fc",
    "moved.v1.en": "e63a944b37a0fc820ade25f512648cf99b8c19770a3456f9dcf2adecb4eb0647",
}

MAILS = sorted((ROOT / "templates" / "emails").glob("*"))
EVERY_MAIL = pytest.mark.parametrize("path", MAILS, ids=lambda path: path.name)
SAMPLE = {
    "site": SimpleNamespace(name="Lakeside", phone="555 0100"),
    "sign_in_url": "https://talk.example.org/",
    "link": "https://talk.example.org/i/4bX0wYVq1sJm2c7kT9dZAg",
    "code": "402913",
    "facilitator": "Siobhán O'Neill",
    "date": "Tuesday 3 March 2027",
    "time": "2:00 pm",
    "zone": "London time",
}


def rendered(name, **more):
    return render_to_string(f"emails/{name}", SAMPLE | more).strip()


def consent_key(one):
    return f"{one.purpose}.{'+'.join(one.sides)}.v{one.version}.{one.language}"


def notice_key(one):
    return f"{one.code}.v{one.version}.{one.language}"


def consent_lines(one):
    parts = (one.says_yes_to, one.who_sees, one.how_to_stop, one.what_stays_private, one.if_you_say_no)
    return [one.title, one.question, *(line for part in parts for line in part), *one.forms.values()]


def pages():
    """Everything a participant reads, page by page: a name for the page, and its lines."""
    for one in texts.all_consents():
        yield consent_key(one), consent_lines(one)
    for one in texts.all_notices():
        yield notice_key(one), [one.title, *one.filled(date="Tuesday 3 May")]
    for instrument in instruments.all_instruments():
        yield f"{instrument.name}: intro", [instrument.title, *instrument.intro]
        for question in instrument.questions:
            lines = [question.text, question.hint, question.content_note, *(o.display for o in question.options)]
            yield f"{instrument.name}: {question.link_id}", lines
    for path in MAILS:
        yield path.name, [line for line in rendered(path.name).splitlines() if "://" not in line]
    for path in sorted((ROOT / "templates").rglob("*.html")):
        if path.parent.name in READ_BY_ANYBODY or EXTENDS.search(path.read_text()):
            yield str(path.relative_to(ROOT)), page_lines(path.read_text())


EVERY_PAGE = pytest.mark.parametrize("lines", [pytest.param(lines, id=name) for name, lines in pages()])


@EVERY_PAGE
def test_a_participant_of_eleven_years_could_read_it(lines):
    if sum(map(len, sentences(lines))) < ENOUGH_WORDS:
        return
    assert grade(lines) <= HARDEST, f"grade {grade(lines):.1f}"


@EVERY_PAGE
def test_no_sentence_is_long(lines):
    assert not [" ".join(words) for words in sentences(lines) if len(words) > LONGEST]


def sources():
    """Every file with words in it, by kind."""
    yield from sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt"))
    yield from sorted(path for app in APPS for path in (ROOT / app).rglob("*.json"))
    code = (path for app in APPS for path in (ROOT / app).rglob("*.py"))
    yield from sorted(path for path in code if "migrations" not in path.parts)  # made from the models, which are here


@pytest.mark.parametrize("path", list(sources()), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_hurtful_word_anywhere(path):
    assert hurtful(path) == []


def hurtful(path):
    said = path.read_text()
    if path.suffix == ".py":
        said = "\n".join(sentences_in_code(ast.parse(said)))
    return [found.group() for found in NEVER.finditer(said)]


def sentences_in_code(tree):
    """What code says to people or keeps about them: every text and code, and no docstring."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        said = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
        if said:
            yield node.value.replace("_", " ")


@pytest.mark.parametrize(
    "words",
    [
        "The victim was told",
        "He refused",
        "whose fault",
        "a sanction",
        "Please try again",
        "Sorry, that did not work",
        "We are very sorry",
        "to blame",
    ],
)
def test_the_search_for_hurtful_words_finds_them(words, tmp_path):
    for name, content in (("page.html", f"<p>{words}.</p>"), ("code.py", f"raise ValueError('{words}')")):
        (tmp_path / name).write_text(content)
        assert hurtful(tmp_path / name)


def test_the_search_lets_kind_words_through(tmp_path):
    page = tmp_path / "page.html"
    page.write_text('{{ value|default:"-" }} To hear someone say sorry. Nobody hears that you said no.')
    assert hurtful(page) == []


def test_the_reading_grade_is_near_known_values():
    assert grade(["The cat sat on the mat."]) < 1
    assert grade(["The committee's determination regarding institutional responsibility remains confidential."]) > 15
    assert 4 < grade(["The people who run this talk with you and keep notes about the next steps."]) + 3 < 8


def test_the_words_of_a_page_are_found_among_its_tags():
    page = """{% extends "base_room.html" %}{# not shown #}<h1 class="x">{% translate "Your room" %}</h1>
    <p>Hello {{ name }}, you <strong>can</strong> stop.</p><a title="more" href="{% url 'a' %}">More</a>
    {% include "components/act.html" with words=_("Say no") %}{% comment %}nor this{% endcomment %}"""
    assert page_lines(page) == ["Your room", "Hello Sam, you can stop.", "More", "Say no"]


def test_there_are_at_most_three_subjects_and_all_are_neutral():
    assert len(set(mail.SUBJECTS.values())) <= 3
    assert not [subject for subject in mail.SUBJECTS.values() if RED_FLAGS.search(subject)]


@EVERY_MAIL
def test_a_mail_says_nothing_of_the_matter(path):
    assert RED_FLAGS.findall(rendered(path.name)) == []


@EVERY_MAIL
def test_a_mail_can_hold_nothing_of_anybody_else(path):
    used = set(re.findall(r"{{\s*([\w.]+)", path.read_text()))
    assert used <= OWN_VARIABLES
    declared = re.match(r"{# ([^#]*) #}", path.read_text()).group(1)
    assert {name.partition(".")[0] for name in used} == {name.split(":")[0].strip() for name in declared.split(",")}


@EVERY_MAIL
def test_a_mail_is_plain_text_with_names_as_they_are_written(path):
    said = rendered(path.name, site=SimpleNamespace(name="St John's & Mary", phone="555 0100"))
    assert path.suffix == ".txt"
    assert "St John's & Mary" in said
    assert "&" not in said.replace("St John's & Mary", "")
    assert max(map(len, said.splitlines())) <= 998  # the longest line that mail servers carry unchanged


def test_only_the_invitation_carries_a_link_of_its_own_and_only_the_code_a_code():
    assert [path.name for path in MAILS if SAMPLE["link"] in rendered(path.name)] == ["invitation.txt"]
    assert [path.name for path in MAILS if SAMPLE["code"] in rendered(path.name)] == ["code.txt"]


def test_an_address_without_an_account_gets_a_mail_of_the_same_size():
    with_account, without = rendered("code.txt"), rendered("no_account.txt")
    assert abs(len(with_account) - len(without)) <= 8
    assert with_account.splitlines()[0] == without.splitlines()[0]
    assert len(with_account.splitlines()) == len(without.splitlines())


def test_words_that_were_shown_never_change():
    pinned = "other words than before: make a new version"
    assert {consent_key(one): one.content_hash for one in texts.all_consents()} == PINNED_CONSENTS, pinned
    assert {notice_key(one): one.content_hash for one in texts.all_notices()} == PINNED_NOTICES, pinned


def test_no_text_claims_a_review_it_has_not_had():
    assert not [one for one in (*texts.all_consents(), *texts.all_notices()) if one.reviewed]


@pytest.mark.parametrize("side", ["harmed", "staff", "supporter"])
@pytest.mark.parametrize("purpose", ["take_part", "meet", "share_statement", "count_answers"])
def test_each_side_has_its_text_for_each_purpose(purpose, side):
    if (purpose, side) == ("share_statement", "supporter"):
        with pytest.raises(LookupError):
            texts.consent(purpose, side)
        return
    one = texts.consent(purpose, side)
    assert 2 <= len(one.says_yes_to) <= 5
    assert list(one.answers) == ["given", "declined", "later", "withdrawn"]
    assert "It counts at once" in " ".join(one.how_to_stop)
    assert "as many steps as saying yes" in one.how_to_stop[0]
    assert bool(one.forms) == (purpose == "meet")


def test_no_consent_text_promises_what_the_law_decides():
    for one in texts.all_consents():
        said = " ".join(consent_lines(one)).lower()
        assert "privileged" not in said
        assert one.purpose == "count_answers" or "we cannot promise" in said


@pytest.mark.parametrize("side", ["harmed", "staff", "supporter"])
def test_the_yes_to_a_conversation_says_when_others_can_know_of_it(side):
    said = " ".join(texts.consent("meet", side).who_sees)
    assert "Then each person is told that it is booked." in said
    assert "from then on, and not before" in said


def test_what_the_other_side_hears_is_the_very_sentence_that_is_sent():
    sent = texts.notice("not_possible_now").sentences[0]
    quoting = [one for one in texts.all_consents() if f"“{sent}”" in " ".join(one.if_you_say_no)]
    assert {one.purpose for one in quoting} == {"take_part", "meet"}


def test_a_notice_names_no_cause_and_nobody():
    for one in texts.all_notices():
        said = " ".join(one.filled(date="3 May"))
        assert not re.search(r"\b(withdr\w+|declin\w+|changed (his|her|their) mind|said no|ill|lawyer|they)\b", said)
        assert set(re.findall(r"{(\w+)}", " ".join(one.sentences))) <= {"date"}


def test_a_text_is_found_by_version_and_the_newest_otherwise(monkeypatch):
    one = texts.notice("moved")
    monkeypatch.setattr(texts, "all_notices", lambda: tuple(replace(one, version=v) for v in ("2", "10", "9")))
    assert texts.notice("moved").version == "10"
    assert texts.notice("moved", "2").version == "2"
    with pytest.raises(LookupError, match="There is no notice"):
        texts.notice("moved", "1")


def test_the_files_hold_nothing_the_loader_does_not_read():
    for file, read in (("consents.json", texts.all_consents()), ("notices.json", texts.all_notices())):
        assert len(json.loads((texts.FOLDER / file).read_text())["texts"]) == len(read)
