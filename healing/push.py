"""Web push: a signal without words to a device whose owner asked for it.

Nothing is sent but the signal, so the push service of the browser's maker learns only that there was one. What the
device shows is in static/src/js/alerts_worker.js. The address of a device comes from a browser, that is from anybody:
only the push services named here are ever called.
"""

import re
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from py_vapid import Vapid02

from healing import ids, outward
from healing.demo import letterbox
from healing.mail import SUBJECTS, NotTaken

SERVICES = ("push.services.mozilla.com", "fcm.googleapis.com", "notify.windows.com", "push.apple.com")
# So plain that no two programs read another host in it.
ENDPOINT = re.compile(r"https://([a-z0-9.-]+(?::[0-9]+)?)/[!-~]{1,1000}")
KEPT_SECONDS = 600  # a device that comes back later has been overtaken by the next person on call
PROOF_SECONDS = 12 * 3600
GONE = (404, 410)


class Gone(NotTaken):
    """The device has stopped taking messages, and no later try will reach it: its address can be dropped.

    Raised out of due work it rolls back, and is tried again, like any other NotTaken. Whoever drops the address
    catches it around `hand_over` and returns: then the dropping is committed, and the work is over.
    """


@dataclass(frozen=True)
class PushMessage:
    """A signal to one device. It holds nothing."""

    endpoint: str

    def hand_over(self, *, key: str) -> None:
        """NotTaken means that nothing left; after any other error it may have left.

        In the demo, the devices of invented people are the letter box.
        """
        if settings.DEMO and not known(self.endpoint):
            letterbox.put(to=self.endpoint.partition("://")[2], subject="Message on a device", text=SUBJECTS["message"])
        elif settings.VAPID_KEY and known(self.endpoint):
            self._signal(key)
        else:
            raise NotTaken("Push needs VAPID_KEY, and a push service that is known.")

    def _signal(self, key: str) -> None:
        waiting = {"TTL": str(KEPT_SECONDS), "Urgency": "high", "Topic": ids.fingerprint(key, "push")[:32]}
        try:
            outward.post(self.endpoint, headers=waiting | _proof(self.endpoint))
        except outward.SaidNo as no:
            if no.code in GONE:
                raise Gone from no
            raise


def known(endpoint: str) -> bool:
    """Is this an address at one of the push services?"""
    found = ENDPOINT.fullmatch(endpoint)
    hosts = (*SERVICES, *settings.PUSH_HOSTS)
    return found is not None and any(f".{found[1]}".endswith(f".{host}") for host in hosts)


def validate_endpoint(endpoint: str) -> None:
    """For the form in which a browser hands over its address."""
    if not known(endpoint):
        raise ValidationError(_("This browser cannot show messages from us. Choose another way."), code="endpoint")


def public_key() -> str:
    """What a browser needs to know to take messages from here and from nobody else. Empty: push is off."""
    if not settings.VAPID_KEY:
        return ""
    point = _pair().public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).rstrip(b"=").decode()


def _pair() -> Vapid02:
    """The settings have looked at the contact; the library would not take an address inside a hospital's network."""
    key = ec.derive_private_key(int.from_bytes(settings.VAPID_KEY, "big"), ec.SECP256R1())
    return Vapid02(key, conf={"no-strict": True})


def _proof(endpoint: str) -> dict[str, str]:
    """Who is calling, signed. It lasts by the push service's own clock, which no demo moves on."""
    service = urlsplit(endpoint)
    until = int(time.time()) + PROOF_SECONDS
    return _pair().sign({"aud": f"{service.scheme}://{service.netloc}", "sub": settings.VAPID_CONTACT, "exp": until})
