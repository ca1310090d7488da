"""Text messages, through whatever gateway a hospital has: one POST to one address. Without it there are none."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from healing import ids, outward
from healing.demo import letterbox
from healing.mail import NotTaken

WRITTEN = re.compile(r"[0-9\s()./-]+")  # as people write numbers, after the + of a country
FEWEST, MOST = 5, 20


@dataclass(frozen=True)
class TextMessage:
    """Everything that will leave, and to which number. The words are the caller's, and tell nothing."""

    to: str
    body: str

    def hand_over(self, *, key: str) -> None:
        """NotTaken means that nothing left; after any other error it may have left.

        The same key has the same reference, by which a gateway knows a message that it has seen before.
        """
        if settings.SMS_URL:
            outward.post(settings.SMS_URL, headers=_headers(), json=self._json(key))
        elif settings.DEMO:
            letterbox.put(to=self.to, subject="Text message", text=self.body)
        else:
            raise NotTaken("Text messages need SMS_URL.")

    def _json(self, key: str) -> dict[str, str]:
        reference = ids.fingerprint(key, "sms")[:32]
        return {"to": self.to, "from": settings.SMS_FROM, "text": self.body, "reference": reference}


def available() -> bool:
    """Is there a gateway? The demo's letter box counts as one."""
    return bool(settings.SMS_URL or settings.DEMO)


def normalised(number: str) -> str:
    """Digits, and the + of a country: "+44 (0)20 7946 0958" is "+442079460958"."""
    number = number.strip()
    plus = "+" if number.startswith(("+", "00")) else ""
    rest = number.removeprefix("+") if number.startswith("+") else number.removeprefix("00")
    digits = re.sub(r"[^0-9]", "", rest.replace("(0)", "", 1) if plus else rest)
    if WRITTEN.fullmatch(rest) and len(digits) < FEWEST:
        raise ValidationError(
            _("Write the whole number with its area code. An extension or a pager cannot be reached from outside."),
            code="number",
        )
    if not WRITTEN.fullmatch(rest) or len(digits) > MOST:
        raise ValidationError(_("Write the number in digits, like +44 20 7946 0958."), code="number")
    return plus + digits


def _headers() -> dict[str, str]:
    return {"Authorization": f"Bearer {settings.SMS_TOKEN}"} if settings.SMS_TOKEN else {}
