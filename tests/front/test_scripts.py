"""What the scripts add, in a real browser; and that nothing is missing without them."""

import re

import pytest
from playwright.sync_api import expect

from tests.front.conftest import HOST


def test_error_summary_takes_the_focus_and_leads_to_the_question(visit):
    page = visit("question-error").page

    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.get_by_role("link", name="Choose an answer.").click()
    expect(page.locator("#id_feeling_0")).to_be_focused()


def test_error_about_a_date_leads_to_the_day(visit):
    page = visit("form-errors").page

    page.get_by_role("link", name=re.compile("When did it happen")).click()
    expect(page.locator("#id_when_0")).to_be_focused()


def test_double_click_sends_once(visit):
    seen = visit("question")
    seen.page.get_by_role("button", name="Save and continue").dblclick()
    seen.page.wait_for_timeout(300)

    assert len([post for post in seen.posts if post.startswith("question ")]) == 1


def test_none_of_these_unticks_the_others(visit):
    page = visit("form").page
    page.get_by_label("Answers").check()
    page.get_by_label("Nothing for now").check()

    expect(page.get_by_label("Answers")).not_to_be_checked()


def test_answer_is_saved_when_the_field_is_left(visit):
    seen = visit("question")
    seen.page.get_by_label("Steady").check()
    seen.page.get_by_role("button", name="Not now").focus()

    expect(seen.page.get_by_role("status")).to_have_text(re.compile(r"Saved \d\d:\d\d"))
    assert seen.posts == ["draft/ csrfmiddlewaretoken=token&feeling=steady"]


def test_answer_is_saved_within_seconds_while_the_field_is_kept(visit):
    seen = visit("question")
    seen.page.get_by_label("Steady").check()

    expect(seen.page.get_by_role("status")).to_have_text(re.compile("Saved"), timeout=7000)
    assert len(seen.posts) == 1


def test_server_away_is_said_and_the_answer_is_tried_again(visit):
    seen = visit("question")
    seen.answer = None
    seen.page.get_by_label("Steady").check()
    seen.page.get_by_role("button", name="Not now").focus()
    expect(seen.page.get_by_role("status")).to_contain_text("We cannot reach the server")
    expect(seen.page.get_by_label("Steady")).to_be_checked()

    seen.answer = 204
    expect(seen.page.get_by_role("status")).to_have_text(re.compile("Saved"), timeout=7000)
    assert seen.posts[-1] == "draft/ csrfmiddlewaretoken=token&feeling=steady"


def test_signed_out_is_said(visit):
    seen = visit("question")
    seen.answer = 403
    seen.page.get_by_label("Steady").check()
    seen.page.get_by_role("button", name="Not now").focus()

    expect(seen.page.get_by_role("status")).to_contain_text("You are signed out")


def test_leaving_empties_the_page_signs_out_and_leaves_no_way_back(visit):
    seen = visit("question")
    seen.page.get_by_role("button", name="Leave this page").click()
    seen.page.wait_for_url(f"{HOST}leave/")

    assert [post.split()[0] for post in seen.posts] == ["leave/"]
    assert seen.page.evaluate("history.length") == 2  # the browser's own first page, and this one


def test_leaving_empties_the_page_even_when_the_server_is_away(visit):
    seen = visit("question")
    seen.answer = None
    seen.page.get_by_role("button", name="Leave this page").click()

    seen.page.wait_for_url("about:blank")


def test_nothing_is_kept_in_the_browser(visit):
    page = visit("question").page
    page.get_by_label("Steady").check()

    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


@pytest.mark.parametrize("button", ["Save and continue", "Not now", "Leave this page"])
def test_buttons_work_without_scripts(visit, button):
    seen = visit("question", java_script_enabled=False)
    seen.page.get_by_label("Steady").check()
    seen.page.get_by_role("button", name=button).click()

    assert len(seen.posts) == 1


def test_passkey_can_be_made_under_the_security_policy(visit):
    seen = visit("passkey-add")
    devices = seen.page.context.new_cdp_session(seen.page)
    devices.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": kind})
    seen.page.get_by_role("button", name="Add the passkey").click()
    seen.page.wait_for_function("document.getElementById('id_credential').value")
    seen.page.wait_for_timeout(300)

    assert "attestationObject" in seen.posts[0]
    assert seen.troubles == []
