"""The only builder of messages. No name, no reason and no story: a neutral subject, and a link to sign in.

Three subjects exist in all, so that a screen or a shared inbox tells nothing.
"""

from contextlib import suppress
from dataclasses import dataclass
from email.utils import parseaddr
from smtplib import SMTPNotSupportedError, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from anymail.exceptions import AnymailRecipientsRefused, AnymailRequestsAPIError
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse

from healing import ids
from healing.models import Site

SUBJECTS = {
    "message": "A message for you",
    "code": "Your code",
    "appointment": "Your appointment",
}
# The server's clear no, or a message that could not even be written down.
NO = (SMTPResponseException, SMTPRecipientsRefused, SMTPNotSupportedError, AnymailRecipientsRefused, ValueError)
PROVIDER_NO = range(400, 500)  # what a mail provider answers when it has not taken a message


@dataclass(frozen=True)
class Message:
    """Everything that will leave, and to whom: one person."""

    to: str
    subject: str
    body: str
    sender: str
    calendar: bytes = b""

    def hand_over(self, *, key: str) -> None:
        hand_over(self, key=key)


def build(template: str, *, subject: str, to: str, site: Site, calendar: bytes = b"", **context: Any) -> Message:
    """Render `emails/<template>.txt` for one person."""
    body = render_to_string(f"emails/{template}.txt", {"site": site, "sign_in_url": url("start"), **context})
    return Message(to=to, subject=SUBJECTS[subject], body=body.strip() + "\n", sender=_sender(site), calendar=calendar)


class NotTaken(Exception):
    """The mail server was not there or said no: nothing left, so it may be tried again."""


def hand_over(message: Message, *, key: str) -> None:
    """Give the message to the mail server. NotTaken means that nothing left; after any other error it may have left.

    The same key has the same Message-ID, which tells nothing about the key.
    """
    email = EmailMessage(message.subject, message.body, message.sender, [message.to])
    domain = parseaddr(message.sender)[1].rpartition("@")[2]
    email.extra_headers["Message-ID"] = f"<{ids.fingerprint(key, 'message-id')[:32]}@{domain}>"
    email.extra_headers["Auto-Submitted"] = "auto-generated"
    if message.calendar:
        email.attach("appointment.ics", message.calendar, "text/calendar; method=PUBLISH")
    _give(email)


def _give(email: EmailMessage) -> None:
    server = get_connection()
    try:
        server.open()
    except Exception as error:
        raise NotTaken from error
    try:
        server.send_messages([email])
    except NO as error:
        raise NotTaken from error
    except AnymailRequestsAPIError as error:
        if error.status_code in PROVIDER_NO:
            raise NotTaken from error
        raise
    finally:
        with suppress(OSError):  # what was taken stays taken, however the goodbye goes
            server.close()


def url(name: str, *args: Any) -> str:
    return settings.BASE_URL + reverse(name, args=args)


def _sender(site: Site) -> str:
    """The programme is the sender, whoever wrote."""
    name = site.name.replace('"', "")
    return f'"{name}" <{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}>'
