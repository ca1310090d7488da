"""The one mailer: a neutral subject, the programme as sender, and an id that tells nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from anymail.exceptions import AnymailRequestsAPIError

from healing import mail
from healing.models import Site
from tests.mail_sink import Sink, listening

SITE = Site(name='Lake "side" Hospital', phone="555 0100")


@pytest.fixture
def sink(settings: Any) -> Any:
    with listening(settings) as server:
        yield server


def build(**changes: Any) -> mail.Message:
    return mail.build("message", **{"subject": "message", "to": "maria@home.example", "site": SITE} | changes)


def test_what_arrives_says_who_sends_and_nothing_else(sink: Sink) -> None:
    mail.hand_over(build(), key="followup.letter:1")
    [letter] = sink.letters

    assert letter["To"] == "maria@home.example"
    assert letter["Subject"] == "A message for you"
    assert str(letter["From"]).startswith('"Lake side Hospital" <') or str(letter["From"]).startswith("Lake side")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Reply-To"] is None
    assert "followup" not in letter.as_string()
    assert letter.get_body().get_content().endswith("No one reads replies.\n")


def test_the_same_key_has_the_same_message_id(sink: Sink) -> None:
    for key in ("a", "a", "b"):
        mail.hand_over(build(), key=key)
    first, again, other = (letter["Message-ID"] for letter in sink.letters)

    assert first == again != other


def test_a_calendar_file_comes_along_as_one(sink: Sink) -> None:
    mail.hand_over(build(calendar=b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"), key="a")
    [part] = sink.letters[0].iter_attachments()

    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == "PUBLISH"
    assert part.get_filename() == "appointment.ics"
    assert "BEGIN:VCALENDAR" in part.get_content()


def test_only_three_subjects_exist() -> None:
    with pytest.raises(KeyError):
        build(subject="Your conversation with Dr Chen")


@pytest.mark.parametrize("answers", [{"recipient_answer": "550 no such person"}, {"data_answer": "554 not here"}])
def test_a_clear_no_means_that_nothing_left(sink: Sink, answers: dict[str, str]) -> None:
    for name, answer in answers.items():
        setattr(sink, name, answer)

    with pytest.raises(mail.NotTaken):
        mail.hand_over(build(), key="a")


@pytest.mark.parametrize(
    ("status", "answer", "raised"),
    [
        (400, "{}", mail.NotTaken),
        (429, "{}", mail.NotTaken),
        (503, "{}", AnymailRequestsAPIError),
        (200, '[{"email": "maria@home.example", "status": "rejected", "_id": "1"}]', mail.NotTaken),
    ],
)
def test_a_provider_s_clear_no_means_that_nothing_left(settings: Any, status: int, answer: str, raised: type) -> None:
    """After anything else from the provider's side, the message may have left."""
    with provider(status, answer) as address:
        settings.EMAIL_BACKEND = "anymail.backends.mandrill.EmailBackend"
        settings.ANYMAIL = {"MANDRILL_API_KEY": "key", "MANDRILL_API_URL": address}

        with pytest.raises(raised):
            mail.hand_over(build(), key="a")


@contextmanager
def provider(status: int, answer: str) -> Iterator[str]:
    """A mail provider's address, which gives one answer to everything."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def test_an_address_that_cannot_be_written_means_that_nothing_left(sink: Sink) -> None:
    with pytest.raises(mail.NotTaken):
        mail.hand_over(build(to="maria@home.example\nBcc: all@hospital.example"), key="a")

    assert sink.letters == []


def test_hanging_up_after_the_message_was_read_is_not_a_no(sink: Sink) -> None:
    sink.data_answer = ""

    with pytest.raises(OSError, match="."):
        mail.hand_over(build(), key="a")

    assert len(sink.letters) == 1
