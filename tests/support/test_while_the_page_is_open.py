"""The page was opened, and then something changed: nothing that was chosen is dropped, and nothing that was typed."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from healing import ids
from healing.models import Site
from support.models import Supporter, Unit
from tests.factories.cases import make_site
from tests.factories.peers import ask, make_supporter, make_unit, opened_at, seen_by_due_work, tick, working
from tests.support.test_asking_pages import SHORTEST, named, opened, plain, requests, words_on
from tests.support.test_reply_pages import do, said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sink", "time")]
CHOOSE_UNIT = "Choose your unit, so that we know which one you mean. Or choose “It does not matter” below."
CLOSED_UNIT = "This unit is not in the list any more. Choose your unit again, or “I would rather not say”."
NOT_LISTED = "This colleague is not in the list any more. Choose somebody else, or “Nobody in particular”."
NO_SUCH_LANGUAGE = "This language is not in the list any more. Choose another one."
PASSED = "This day has passed. Choose another day, or “As soon as possible”."
LATE = datetime(2027, 3, 2, 23, 59, 50, tzinfo=UTC)


@pytest.fixture
def site(db: None) -> Site:
    cache.clear()
    return opened_at(make_site(time_zone="Europe/London", languages="en,ar"))


@pytest.fixture
def una(site: Site, time: Any) -> Supporter:
    return named(site, "Una Ray")


@pytest.fixture
def form(una: Supporter, client: Client, time: Any) -> dict[str, str]:
    return older(opened(client), time)


def older(form: dict[str, str], time: Any) -> dict[str, str]:
    time.shift(timedelta(seconds=5))
    return form


def post(client: Client, form: dict[str, str], **answers: Any) -> Any:
    return client.post(reverse("support_ask"), form | {name: str(answer) for name, answer in answers.items()})


def change(row: Any, **to: Any) -> None:
    with working() as by:
        type(row).objects.visible_to(by).filter(pk=row.pk).update(**to)


def unlist(supporter: Supporter) -> None:
    change(supporter, listed=False)


def close(unit: Unit) -> None:
    change(unit, closed_on=date(2020, 1, 1))


def errors(page: Any) -> list[str]:
    found = re.findall(r'govuk-error-message">.*?</span>(.*?)</p>', page.text, re.DOTALL)
    return [" ".join(error.split()) for error in found]


def chosen(page: Any, name: str) -> list[str]:
    select = re.search(rf'<select name="{name}".*?</select>', page.text, re.DOTALL)
    assert select
    return re.findall(r'value="([^"]*)" selected', select[0])


# --- somebody who must not be called --------------------------------------------------------------------------------
@pytest.mark.parametrize("others", [0, 1])
def test_whoever_unlists_herself_meanwhile_is_not_called(
    client: Client, site: Site, una: Supporter, form: dict[str, str], others: int
) -> None:
    for _ in range(others):
        make_supporter(site, on_call=False)
    unlist(una)
    page = post(client, form, avoid=una.pk)
    tick()

    assert page.status_code == 200
    (asked,) = requests()
    assert (asked.avoid_id, asked.supporter_id) == (una.pk, None)


def test_she_stays_chosen_while_something_else_is_mended(client: Client, una: Supporter, form: dict[str, str]) -> None:
    unlist(una)
    page = post(client, form, avoid=una.pk, contact="")

    assert page.status_code == 422
    assert chosen(page, "avoid") == [str(una.pk)]
    assert "The colleague you chose" in page.text
    assert "Una" not in said(page)
    assert '<details class="govuk-details" open>' in page.text


@pytest.mark.parametrize("contact", [SHORTEST["contact"], ""])
def test_nobody_learns_from_it_who_supports(
    client: Client, site: Site, una: Supporter, form: dict[str, str], contact: str, time: Any
) -> None:
    """One answer for a colleague who is not listed, for one who has left, for one elsewhere, and for nobody at all.

    Each is a request of its own: the same words for two of them would tell too.
    """
    unlist(una)
    left, elsewhere = make_supporter(site, on_call=False), make_supporter(make_site(host="elsewhere.example"))
    change(left, ended_on=date(2020, 1, 1), listed=False)
    wanted = [una.pk, left.pk, elsewhere.pk, ids.new()]
    forms = [opened(client) | {"contact": contact} for _ in wanted]
    older(form, time)
    sent = [post(Client(), form, avoid=pk) for form, pk in zip(forms, wanted, strict=True)]
    pages = {plain(page.text).replace(str(pk), "") for page, pk in zip(sent, wanted, strict=True)}

    assert len(pages) == 1
    assert Counter(asked.avoid_id for asked in requests()) == ({una.pk: 1, left.pk: 1, None: 2} if contact else {})


# --- the other wishes -----------------------------------------------------------------------------------------------
def test_a_colleague_who_can_be_chosen_no_more_is_not_dropped(
    client: Client, una: Supporter, form: dict[str, str]
) -> None:
    unlist(una)
    page = post(client, form, prefer=una.pk, name="Alexandra")

    assert (page.status_code, errors(page)) == (422, [NOT_LISTED])
    assert "Una" not in said(page)
    assert 'value="Alexandra"' in page.text
    assert 'class="govuk-error-summary"' in page.text
    assert requests() == []
    assert post(client, form, prefer="", name="Alexandra").status_code == 200


@pytest.mark.parametrize("from_where", ["any", "elsewhere"])
def test_a_unit_that_was_closed_is_not_dropped(client: Client, site: Site, time: Any, from_where: str) -> None:
    """The only one: then neither is the wish to have somebody from elsewhere."""
    unit = make_unit(site, "East")
    form = older(opened(client), time)
    close(unit)
    page = post(client, form, unit=unit.pk, from_where=from_where)

    assert (page.status_code, errors(page)) == (422, [CLOSED_UNIT])
    assert f'value="{from_where}" checked' in page.text
    assert requests() == []
    page = post(client, form, unit="", from_where=from_where)
    assert errors(page) == ([CHOOSE_UNIT] if from_where == "elsewhere" else [])
    if from_where == "elsewhere":
        assert f'value="{from_where}" checked' in page.text
        page = post(client, form, unit="", from_where="any")
    assert page.status_code == 200


def test_with_another_unit_left_it_says_the_same(client: Client, site: Site, time: Any) -> None:
    unit, other = make_unit(site, "East"), make_unit(site, "West")
    form = older(opened(client), time)
    close(unit)

    assert errors(post(client, form, unit=unit.pk)) == [CLOSED_UNIT]
    assert post(client, form, unit=other.pk).status_code == 200
    assert requests()[0].unit_id == other.pk


@pytest.mark.parametrize("left", ["en", "en,fr"])
def test_a_language_that_is_not_offered_any_more_is_not_dropped(
    client: Client, site: Site, form: dict[str, str], left: str
) -> None:
    site.languages = left
    site.save()
    page = post(client, form, language="ar")

    assert (page.status_code, errors(page)) == (422, [NO_SUCH_LANGUAGE])
    assert post(client, form, language="en").status_code == 200
    assert requests()[0].language == "en"


# --- midnight -------------------------------------------------------------------------------------------------------
@pytest.fixture
def yesterday_s(client: Client, site: Site, time: Any) -> dict[str, str]:
    time.move_to(LATE)
    form = opened(client) | {"day": "2027-03-02", "time": ""}
    time.shift(timedelta(seconds=20))
    return form


@pytest.mark.parametrize("when", ["now", "before_shift", "after_shift"])
@pytest.mark.parametrize("typed", ["", "noon"])
def test_the_day_and_the_time_count_only_where_they_are_asked_for(
    client: Client, yesterday_s: dict[str, str], when: str, typed: str
) -> None:
    page = post(client, yesterday_s, when=when, time=typed)

    assert page.status_code == 200
    assert [(asked.when, asked.at) for asked in requests()] == [(when, None)]


def test_a_form_sent_twice_over_midnight_is_one_request(client: Client, site: Site, time: Any) -> None:
    time.move_to(LATE)
    form = opened(client) | {"day": "2027-03-02", "time": ""}
    words = []
    for _ in range(2):
        time.shift(timedelta(seconds=6))
        words.append(words_on(post(client, form)))

    assert words[0] == words[1]
    assert len(requests()) == 1


def test_a_day_that_has_passed_is_said_where_it_can_be_seen(client: Client, yesterday_s: dict[str, str]) -> None:
    page = post(client, yesterday_s, when="at", time="23:59")

    assert (page.status_code, errors(page)) == (422, [PASSED])
    assert 'value="at" checked' in page.text  # without it the day is out of sight
    assert 'value="23:59"' in page.text
    assert requests() == []


def test_nothing_is_said_of_a_day_when_something_else_is_to_be_mended(
    client: Client, yesterday_s: dict[str, str]
) -> None:
    page = post(client, yesterday_s, contact="", time="noon")
    assert len(errors(page)) == 1
    assert "Write the number" in errors(page)[0]


def test_a_time_without_a_day_is_said(client: Client, form: dict[str, str]) -> None:
    page = post(client, form, when="at", time="15:30")
    assert (page.status_code, errors(page)) == (422, ["Choose the day. Or choose another answer above."])


def test_another_time_is_taken_over_midnight_too(client: Client, site: Site, time: Any) -> None:
    time.move_to(LATE)
    request, words = ask(site, when="after_shift")
    time.shift(timedelta(seconds=20))
    page = do(client, "time", words, when="at", day="2027-03-02", time="23:59")
    assert (page.status_code, errors(page)) == (422, [PASSED])

    assert do(client, "time", words, when="now", day="2027-03-02", time="noon").status_code == 200
    assert seen_by_due_work(request).when == "now"


# --- answers that are not ours --------------------------------------------------------------------------------------
CHOICES = {
    "support_ask": ["reach_by", "when", "unit", "from_where", "profession", "language", "avoid", "prefer"],
    "support_team": ["reach_by", "when"],
    "support_refer": ["reach_by", "when"],
}
NONSENSE = "520fb83f-nonsense"


@pytest.mark.parametrize(("page", "name"), [(page, name) for page, names in CHOICES.items() for name in names])
def test_no_answer_is_read_out_in_an_error(
    client: Client, site: Site, una: Supporter, time: Any, page: str, name: str
) -> None:
    make_unit(site, "East")
    form = older(opened(client, page), time) | {"people": "4", name: NONSENSE}
    answer = client.post(reverse(page), form)

    assert answer.status_code == 422
    assert not re.search("valid choice|520fb83f", said(answer))
    (error,) = errors(answer)
    assert re.search(r"Choose (one of the answers|your unit again|another one|somebody else)", error)


@pytest.mark.parametrize(
    ("act", "answers"),
    [
        ("time", {"when": NONSENSE}),
        ("time", {"when": "at", "day": NONSENSE, "time": "15:30"}),
        ("contact", {"reach_by": NONSENSE, "contact": SHORTEST["contact"]}),
        ("rate", {"met_need": NONSENSE}),
    ],
)
def test_nor_in_what_is_changed_later(client: Client, site: Site, act: str, answers: dict[str, str]) -> None:
    _, words = ask(site)
    answer = do(client, act, words, **answers)

    assert answer.status_code == 422
    assert not re.search("valid choice|520fb83f", said(answer))
    assert len(errors(answer)) == 1


@pytest.mark.parametrize("appears", ["unit", "colleague", "language"])
def test_the_same_form_is_one_request_also_when_a_question_has_appeared(
    appears: str, site: Site, client: Client, time: Any
) -> None:
    change_site(site, "en")
    form = older(opened(client), time)
    first = words_on(post(client, form))
    if appears == "unit":
        make_unit(site)
    elif appears == "colleague":
        named(site, "Una Ray")
    else:
        change_site(site, "en,ar")

    assert words_on(post(client, form)) == first
    assert len(requests()) == 1


def change_site(site: Site, languages: str) -> None:
    Site.objects.filter(pk=site.pk).update(languages=languages)
