"""Text messages: one POST with four words in it, and an error that says whether anything left."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from django.core.exceptions import ValidationError
from django.utils import translation

from healing import outward
from healing.demo import letterbox
from healing.mail import NotTaken
from healing.sms import TextMessage, available, normalised
from tests.mail_sink import free_port
from tests.web_sink import Sink, certificate, listening

MESSAGE = TextMessage(to="+442079460958", body="A message for you: https://talk.example.org/m/")


@pytest.fixture(autouse=True)
def here(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEMO, settings.SMS_URL = False, ""
    settings.SMS_TOKEN, settings.SMS_FROM = "token-1", "Lakeside"
    monkeypatch.setattr(outward, "SECONDS", 0.5)
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def gateway(settings: Any) -> Iterator[Sink]:
    with listening() as sink:
        settings.SMS_URL = f"http://{sink.host}/messages"
        yield sink


def test_what_arrives_is_what_was_written_and_nothing_else(gateway: Sink) -> None:
    MESSAGE.hand_over(key="support.page:1")
    [asked] = gateway.asked
    sent = json.loads(asked.body)

    assert asked.path == "/messages"
    assert sent.pop("reference").isalnum()
    assert sent == {"to": MESSAGE.to, "from": "Lakeside", "text": MESSAGE.body}
    assert asked.headers.pop("User-Agent").startswith("python-requests/")
    assert asked.headers.pop("Accept-Encoding")
    assert asked.headers == {
        "Host": gateway.host,
        "Accept": "*/*",
        "Connection": "keep-alive",
        "Content-Length": str(len(asked.body)),
        "Content-Type": "application/json",
        "Authorization": "Bearer token-1",
    }


def test_the_same_key_has_the_same_reference(gateway: Sink) -> None:
    for key in ("support.page:1", "support.page:1", "support.page:2"):
        MESSAGE.hand_over(key=key)
    first, again, other = (json.loads(asked.body)["reference"] for asked in gateway.asked)

    assert first == again != other
    assert "support" not in first


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_yes_is_a_yes(gateway: Sink, status: int) -> None:
    gateway.status = status

    MESSAGE.hand_over(key="a")

    assert len(gateway.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 404, 422, 429, 499])
def test_a_clear_no_means_that_nothing_left(gateway: Sink, status: int) -> None:
    gateway.status = status

    with pytest.raises(NotTaken):
        MESSAGE.hand_over(key="a")


@pytest.mark.parametrize(
    ("status", "raised"),
    [
        (500, outward.Unclear),
        (503, outward.Unclear),
        (0, requests.ConnectionError),
        (None, requests.ReadTimeout),
    ],
)
def test_after_anything_else_it_may_have_left(gateway: Sink, status: int | None, raised: type[Exception]) -> None:
    gateway.status = status

    with pytest.raises(raised) as error:
        MESSAGE.hand_over(key="a")

    assert not isinstance(error.value, NotTaken)
    assert len(gateway.asked) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(gateway: Sink, status: int) -> None:
    with listening() as elsewhere:
        gateway.status, gateway.location = status, f"http://{elsewhere.host}/"

        with pytest.raises(outward.Unclear):
            MESSAGE.hand_over(key="a")

    assert elsewhere.asked == []
    assert len(gateway.asked) == 1


def test_nobody_there_means_that_nothing_left(settings: Any) -> None:
    for address in (f"http://127.0.0.1:{free_port()}/", "http://gateway.invalid/", "http:///nowhere", "http://[::bad/"):
        settings.SMS_URL = address

        with pytest.raises(NotTaken):
            MESSAGE.hand_over(key="a")


def test_a_proxy_that_is_away_means_that_nothing_left(gateway: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.delenv("NO_PROXY", raising=False)

    with pytest.raises(NotTaken):
        MESSAGE.hand_over(key="a")

    assert gateway.asked == []


def test_a_gateway_that_nobody_vouches_for_gets_nothing(settings: Any, tmp_path: Path) -> None:
    with listening(certificate(tmp_path)) as sink:
        settings.SMS_URL = f"https://{sink.host}/"

        with pytest.raises(NotTaken):
            MESSAGE.hand_over(key="a")

    assert sink.asked == []


def test_a_token_that_cannot_be_written_means_that_nothing_left(gateway: Sink, settings: Any) -> None:
    for token in ("two\nlines", "日本"):
        settings.SMS_TOKEN = token

        with pytest.raises(NotTaken):
            MESSAGE.hand_over(key="a")

    assert gateway.asked == []


def test_without_a_gateway_there_are_none() -> None:
    assert not available()
    with pytest.raises(NotTaken):
        MESSAGE.hand_over(key="a")


def test_the_demo_s_lie_in_its_letter_box(settings: Any, tmp_path: Path) -> None:
    settings.DEMO, settings.EMAIL_FILE_PATH = True, tmp_path

    MESSAGE.hand_over(key="a")
    [letter] = letterbox.letters()

    assert available()
    assert (letter.to, letter.subject, letter.text.strip()) == (MESSAGE.to, "Text message", MESSAGE.body)
    assert letterbox.letter(letter.ident) == letter


def test_a_demo_with_a_gateway_uses_it(gateway: Sink, settings: Any, tmp_path: Path) -> None:
    settings.DEMO, settings.EMAIL_FILE_PATH = True, tmp_path

    MESSAGE.hand_over(key="a")

    assert len(gateway.asked) == 1
    assert letterbox.letters() == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("+442079460958", "+442079460958"),
        (" +44 (0)20 7946-0958 ", "+442079460958"),
        ("0044 20 7946 0958", "+442079460958"),
        ("+1 (555) 010-0199", "+15550100199"),
        ("06.12.34.56.78", "0612345678"),
        ("(020) 7946/0958", "02079460958"),
        ("+33\u00a06 12 34 56 78", "+33612345678"),
        ("55512", "55512"),
    ],
)
def test_a_number_is_taken_as_people_write_it(written: str, meant: str) -> None:
    assert normalised(written) == meant
    assert normalised(meant) == meant


@pytest.mark.parametrize("written", ["", "+", "0" * 23, "020 7946 O958", "++44 20", "20+44 123", "ext. 12345"])
def test_what_is_no_number_is_said_in_a_sentence(written: str) -> None:
    with translation.override("en"), pytest.raises(ValidationError) as error:
        normalised(written)

    assert error.value.messages == ["Write the number in digits, like +44 20 7946 0958."]


@pytest.mark.parametrize("written", ["1234", "44-12", "+44"])
def test_an_extension_is_told_from_a_number(written: str) -> None:
    with translation.override("en"), pytest.raises(ValidationError) as error:
        normalised(written)

    assert "with its area code" in error.value.messages[0]
