"""The check-in, without JavaScript: asked, skipped, paused, resumed elsewhere, looked over, sent."""

import json
import re

import pytest

from facilitation import instruments
from facilitation.actions import readiness as acts
from facilitation.models import Response
from facilitation.queries.readiness import answers_of
from healing.errors import HealingError, NotAllowed
from tests.factories.cases import opened, signed_in
from tests.rooms.visiting import visitor

HARMED = instruments.load("check-in-harmed")


def draft_of(room):
    with opened(room.user) as viewer:
        row = Response.objects.visible_to(viewer).filter(participant=room).latest("started_at")
        return row, {question: said(answer) for question, answer in answers_of(row).items()}


def said(answer):
    return {part: value for part, value in answer.items() if part != "left"}


def page_of(response) -> str:
    return response.redirect_chain[-1][0] if response.redirect_chain else response.request["PATH_INFO"]


def test_the_whole_check_in_takes_three_presses_besides_the_questions(maria):
    assert "Not started" in maria.get().text
    page = maria.post("check-in/", follow=True)
    asked = []
    while not page_of(page).endswith("/answers/"):
        question = page.context["question"]
        asked.append(question.link_id)
        answer = {"codes": question.options[0].code} if question.options else {}
        page = maria.client.post(page_of(page), answer, follow=True)
        if page_of(page).endswith("/support/"):
            page = maria.client.get(page.context["on_url"], follow=True)
        page.redirect_chain = page.redirect_chain or [(page.request["PATH_INFO"], 200)]

    assert asked == [question.link_id for question in HARMED.questions if question.link_id != "next-day"]
    assert "Send to Sam Reed" in page.text
    sent = maria.post("check-in/answers/", follow=True)
    assert "Sam Reed has your answers" in sent.text
    assert "Sam Reed will call you" in sent.text
    row, answers = draft_of(maria.room)
    assert row.sent_at
    assert answers["feeling"] == {"codes": ["steady"]}
    assert "Sent on" in maria.get().text


def test_every_question_can_be_skipped_and_is_said_so(maria):
    page = maria.post("check-in/", follow=True)
    while not page_of(page).endswith("/answers/"):
        page = maria.client.post(page_of(page), {"then": "skip"}, follow=True)

    assert page.text.count("You chose not to say") == HARMED.count
    assert maria.post("check-in/answers/", follow=True).status_code == 200


def test_a_page_left_is_saved_and_another_device_goes_on_at_the_first_unanswered(maria):
    maria.post("check-in/")
    maria.post("check-in/feeling/", {"codes": "steady"})
    paused = maria.post("check-in/talking/", {"codes": "might", "then": "pause"}, follow=True)
    assert "We keep your place" in paused.text

    other = visitor(maria.room)
    assert "Started" in other.get().text
    assert other.post("check-in/")["Location"].endswith("/check-in/pressure/")


def test_going_back_shows_what_was_said(maria):
    maria.post("check-in/")
    maria.post("check-in/feeling/", {"codes": "steady"})
    page = maria.get("check-in/talking/")
    assert f"/room/{maria.room.pk}/check-in/feeling/" in page.text

    assert 'value="steady" class="govuk-radios__input" id="id_codes_0" checked' in " ".join(
        maria.get("check-in/feeling/").text.split()
    ) or page_has_checked(maria.get("check-in/feeling/").text, "steady")


def page_has_checked(html, value):
    return any(f'value="{value}"' in tag and "checked" in tag for tag in html.split("<input")[1:])


def test_what_is_typed_is_kept_before_the_page_is_left(maria):
    maria.post("check-in/")
    kept = maria.post("check-in/hopes/save/", {"codes": ["heard", "apology"]})
    assert kept.status_code == 204
    maria.post("check-in/hopes/save/", {"text": "That they listen"})

    assert draft_of(maria.room)[1]["hopes"] == {"codes": ["heard", "apology"], "text": "That they listen"}
    maria.post("check-in/hopes/save/", {"codes": ""})
    assert draft_of(maria.room)[1]["hopes"] == {"text": "That they listen"}
    assert "That they listen" in maria.get("check-in/hopes/").text


def test_a_half_typed_answer_is_where_one_goes_on(maria):
    maria.post("check-in/")
    maria.post("check-in/feeling/save/", {"codes": "steady"})

    assert maria.post("check-in/")["Location"].endswith("/check-in/feeling/")


def test_what_was_typed_and_comes_in_after_the_page_was_left_is_passed_over(maria):
    maria.post("check-in/")
    save = re.search(r'data-autosave-url="([^"]+)"', maria.get("check-in/hopes/").text)[1]
    maria.client.post(save, {"text": "I would rather"})
    maria.post("check-in/hopes/", {"text": "I would rather", "then": "skip"})
    assert maria.client.post(save, {"text": "I would rather"}).status_code == 204
    assert draft_of(maria.room)[1]["hopes"] == {}

    save = re.search(r'data-autosave-url="([^"]+)"', maria.get("check-in/hopes/").text)[1]
    maria.client.post(save, {"text": "To be"})
    maria.client.post(save, {"text": "To be heard"})
    assert draft_of(maria.room)[1]["hopes"] == {"text": "To be heard"}
    assert not maria.post("check-in/")["Location"].endswith("/check-in/hopes/")


def test_what_makes_no_sense_yet_does_not_push_out_what_was_kept(maria):
    maria.post("check-in/")
    maria.post("check-in/next/", {"codes": "ask-on-a-day"})
    maria.post("check-in/next-day/", {"date_0": "3", "date_1": "5", "date_2": "2099"})
    maria.post("check-in/next-day/save/", {"date_0": "4"})
    assert draft_of(maria.room)[1]["next-day"] == {"date": "2099-05-03"}

    maria.post("check-in/feeling/", {"codes": "steady"})
    maria.post("check-in/feeling/save/", {"codes": "no-such-answer"})
    assert draft_of(maria.room)[1]["feeling"] == {"codes": ["steady"]}


def test_a_wrong_date_gets_a_sentence_and_keeps_what_was_typed(maria):
    maria.post("check-in/")
    maria.post("check-in/next/", {"codes": "ask-on-a-day"})
    page = maria.post("check-in/next-day/", {"date_0": "3", "date_1": "May", "date_2": "1999"})

    assert page.status_code == 422
    assert "Choose a day after today." in page.text
    assert 'value="1999"' in page.text


def test_the_next_question_depends_on_own_answers_only(maria):
    maria.post("check-in/")
    assert maria.get("check-in/next-day/")["Location"].endswith("/check-in/feeling/")
    maria.post("check-in/next/", {"codes": "ask-on-a-day"})
    assert maria.get("check-in/next-day/").status_code == 200


def test_after_a_dead_session_one_comes_back_to_the_same_place(maria):
    maria.post("check-in/")
    maria.client.logout()
    for path in ("check-in/talking/", "check-in/talking/save/"):
        turned_away = maria.post(path, {"codes": "might"})
        assert turned_away.status_code == 302
        assert turned_away["Location"].startswith("/accounts/login/?next=/room/")
    sign_in = maria.get("check-in/talking/")["Location"]
    assert f"next=/room/{maria.room.pk}/check-in/talking/" in sign_in.replace("%2F", "/")
    assert "check-in/talking/" in maria.client.get(sign_in).text.replace("%2F", "/")


def test_very_low_opens_a_calm_page_with_the_phone_lines_first(maria):
    maria.post("check-in/")
    page = maria.post("check-in/feeling/", {"codes": "very-low"}, follow=True)

    assert page_of(page).endswith("/check-in/feeling/support/")
    main = page.text.split("<main")[1].split("</main>")[0]
    assert main.index("555 0199") < main.index("Carry on") < main.index("Pause for now")
    assert page.context["on_url"].endswith("/check-in/talking/")


def test_stop_for_now_needs_no_more_and_a_new_one_may_be_started(maria):
    maria.post("check-in/")
    maria.post("check-in/next/", {"codes": "stop"})
    sent = maria.post("check-in/answers/", follow=True)
    assert "We do not ask you again." in sent.text
    assert "You said: stop for now." in maria.get().text

    again = maria.get("check-in/")
    assert "You do not need to do it again." in again.text
    maria.post("check-in/")
    row, answers = draft_of(maria.room)
    assert (row.sent_at, answers) == (None, {})


def test_the_day_one_chose_is_said_back(maria):
    maria.post("check-in/")
    maria.post("check-in/next/", {"codes": "ask-on-a-day"})
    maria.post("check-in/next-day/", {"date_0": "3", "date_1": "5", "date_2": "2099"})
    maria.post("check-in/answers/")

    assert "We will not ask again until Sunday 3 May 2099, the day you chose." in maria.get().text


def test_an_answer_to_a_question_no_longer_asked_is_not_sent(maria):
    maria.post("check-in/")
    maria.post("check-in/next/", {"codes": "ask-on-a-day"})
    maria.post("check-in/next-day/", {"date_0": "3", "date_1": "5", "date_2": "2099"})
    maria.post("check-in/next/", {"codes": "call"})
    maria.post("check-in/hopes/save/", {"text": "half a thought"})
    maria.post("check-in/answers/")

    assert draft_of(maria.room)[1] == {"next": {"codes": ["call"]}, "hopes": {"text": "half a thought"}}


def test_sending_twice_is_sending_once(maria):
    maria.post("check-in/")
    row, _ = draft_of(maria.room)
    maria.post("check-in/answers/")
    first, _ = draft_of(maria.room)
    maria.post("check-in/answers/")
    with opened(maria.room.user) as viewer:
        acts.send(by=viewer, response=row)
        with pytest.raises(HealingError, match="have been sent"):
            acts.save_answer(by=viewer, response=row, question="feeling", answer={})

    assert draft_of(maria.room)[0].sent_at == first.sent_at


def test_two_tabs_begin_one_draft(maria):
    maria.post("check-in/")
    maria.post("check-in/")
    with opened(maria.room.user) as viewer:
        assert Response.objects.visible_to(viewer).count() == 1


def test_the_answers_are_sealed_in_the_table(maria, sql):
    maria.post("check-in/")
    maria.post("check-in/hopes/", {"text": "That they listen"})
    with opened(maria.room.user):
        [(stored,)] = sql("select answers from facilitation_response")
    assert b"listen" not in bytes(stored)


def test_a_draft_stays_behind_both_locks(house, maria, sql):
    maria.post("check-in/")
    maria.post("check-in/hopes/", {"text": "That they listen"})
    with opened(house.sam) as viewer:
        assert not Response.objects.visible_to(viewer).exists()
        assert sql("select count(*) from facilitation_response") == [(0,)]
    maria.post("check-in/answers/")
    with opened(house.sam) as viewer:
        assert Response.objects.visible_to(viewer).get().participant_id == maria.room.pk
        assert sql("select count(*) from facilitation_response") == [(1,)]


def test_nobody_answers_for_somebody_else(house, maria):
    maria.post("check-in/")
    row, _ = draft_of(maria.room)
    for other in (house.sam, house.ben.user):
        with opened(other) as viewer:
            for act in (
                lambda by: acts.start(by=by, participant=maria.room, instrument="check-in-harmed"),
                lambda by: acts.save_answer(by=by, response=row, question="feeling", answer={}),
                lambda by: acts.send(by=by, response=row),
            ):
                with pytest.raises(NotAllowed):
                    act(viewer)
        client = signed_in(other)
        assert client.get(f"/room/{maria.room.pk}/check-in/feeling/").status_code == 404


def test_a_look_changes_nothing(maria):
    maria.get("check-in/")
    maria.get("check-in/feeling/")
    with opened(maria.room.user) as viewer:
        assert not Response.objects.visible_to(viewer).exists()


@pytest.mark.parametrize("path", ["check-in/no-such-question/", "check-in/no-such-question/save/"])
def test_an_unknown_question_is_not_found(maria, path):
    maria.post("check-in/")
    assert maria.post(path).status_code == 404


def test_answers_are_plain_json(maria):
    maria.post("check-in/")
    maria.post("check-in/feeling/", {"codes": "steady"})
    with opened(maria.room.user) as viewer:
        kept = json.loads(Response.objects.visible_to(viewer).get().answers)
        assert kept == {"feeling": {"codes": ["steady"], "left": 1}}
    maria.post("check-in/answers/")
    with opened(maria.room.user) as viewer:
        sent = json.loads(Response.objects.visible_to(viewer).get().answers)
        assert sent == {"feeling": {"codes": ["steady"]}}
