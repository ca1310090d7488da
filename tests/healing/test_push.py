"""Web push: a signed signal with nothing in it, to the push services of browsers and to nobody else."""

import base64
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.exceptions import ValidationError
from py_vapid import Vapid02

from healing import outward, push
from healing.demo import letterbox
from healing.mail import SUBJECTS, NotTaken
from healing.push import Gone, PushMessage
from tests.web_sink import Sink, certificate, listening


@pytest.fixture(autouse=True)
def here(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEMO, settings.VAPID_KEY, settings.PUSH_HOSTS = False, os.urandom(32), []
    settings.VAPID_CONTACT = "mailto:it@hospital.example"
    monkeypatch.setattr(outward, "SECONDS", 0.5)
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def service(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    """A push service that is known and vouched for."""
    vouched = certificate(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(vouched))
    with listening(vouched) as sink:
        settings.PUSH_HOSTS = [sink.host]
        yield sink


def signal(service: Sink, key: str = "support.page:1") -> None:
    PushMessage(f"https://{service.host}/wp/device-1").hand_over(key=key)


def claims(authorization: str) -> dict[str, Any]:
    body = authorization.partition(" t=")[2].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=="))


def test_nothing_is_sent_but_a_signed_signal(service: Sink) -> None:
    signal(service)
    [asked] = service.asked
    proof = asked.headers.pop("Authorization")
    said = claims(proof)

    assert (asked.path, asked.body) == ("/wp/device-1", b"")
    assert Vapid02.verify(proof)
    assert proof.endswith(f",k={push.public_key()}")
    assert 0 < said.pop("exp") - time.time() < 24 * 3600
    assert said == {"aud": f"https://{service.host}", "sub": "mailto:it@hospital.example"}
    assert "support" not in asked.headers.pop("Topic")
    assert asked.headers.pop("User-Agent").startswith("python-requests/")
    assert asked.headers.pop("Accept-Encoding")
    assert asked.headers == {
        "Host": service.host,
        "Accept": "*/*",
        "Connection": "keep-alive",
        "Content-Length": "0",
        "TTL": "600",
        "Urgency": "high",
    }


def test_a_contact_inside_the_hospital_s_own_network_will_do(service: Sink, settings: Any) -> None:
    settings.VAPID_CONTACT = "mailto:it@intranet"

    signal(service)

    assert claims(service.asked[0].headers["Authorization"])["sub"] == "mailto:it@intranet"


def test_the_same_key_has_the_same_topic(service: Sink) -> None:
    for key in ("a", "a", "b"):
        signal(service, key)
    first, again, other = (asked.headers["Topic"] for asked in service.asked)

    assert first == again != other
    assert len(first) <= 32  # more is not taken


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_says_so(service: Sink, status: int) -> None:
    service.status = status

    with pytest.raises(Gone):
        signal(service)


@pytest.mark.parametrize("status", [400, 401, 403, 413, 429])
def test_a_clear_no_means_that_nothing_left(service: Sink, status: int) -> None:
    service.status = status

    with pytest.raises(NotTaken) as error:
        signal(service)

    assert not isinstance(error.value, Gone)


@pytest.mark.parametrize(
    ("status", "raised"),
    [(500, outward.Unclear), (302, outward.Unclear), (0, requests.ConnectionError), (None, requests.ReadTimeout)],
)
def test_after_anything_else_it_may_have_left(service: Sink, status: int | None, raised: type[Exception]) -> None:
    service.status = status

    with pytest.raises(raised) as error:
        signal(service)

    assert not isinstance(error.value, NotTaken)


def test_no_redirect_is_followed(service: Sink) -> None:
    with listening() as inside:
        service.status, service.location = 307, f"http://{inside.host}/admin"

        with pytest.raises(outward.Unclear):
            signal(service)

    assert inside.asked == []


def test_nobody_there_means_that_nothing_left(service: Sink, settings: Any) -> None:
    settings.PUSH_HOSTS = ["push.invalid"]

    with pytest.raises(NotTaken):
        PushMessage("https://push.invalid/1").hand_over(key="a")


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:APA91b-_x",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
        "https://wns2-par02p.notify.windows.com/w/?token=BQYAAA%3d%3d",
        "https://web.push.apple.com/QGuQ",
    ],
)
def test_the_push_services_of_browsers_are_known(endpoint: str) -> None:
    assert push.known(endpoint)
    push.validate_endpoint(endpoint)


FOREIGN = [
    "",
    "http://fcm.googleapis.com/fcm/send/abc",
    "https://fcm.googleapis.com",
    "https://fcm.googleapis.com:8443/fcm/send/abc",
    "https://fcm.googleapis.com.evil.example/x",
    "https://evilfcm.googleapis.com/x",
    "https://fcm.googleapis.com@127.0.0.1/x",
    "https://user:word@fcm.googleapis.com/x",
    "https://127.0.0.1\\.push.apple.com/x",
    "https://127.0.0.1#.push.apple.com/x",
    "https://127.0.0.1?.push.apple.com/x",
    "https://127.0.0.1/.push.apple.com/x",
    "https://web.push.apple.com/x\r\nHost: inside",
    "https://web.push.apple.com/x y",
    "https://web.push.apple.com/" + "x" * 1001,
    "https://ｗeb.push.apple.com/x",
    "https://169.254.169.254/latest/meta-data",
    "https://push.demo.example/1",
]


@pytest.mark.parametrize("endpoint", FOREIGN)
def test_no_other_address_is_ever_called(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "post", lambda *args, **kwargs: pytest.fail("called"))

    assert not push.known(endpoint)
    with pytest.raises(ValidationError, match="This browser cannot show messages from us"):
        push.validate_endpoint(endpoint)
    with pytest.raises(NotTaken):
        PushMessage(endpoint).hand_over(key="a")


def test_without_a_key_push_is_off(service: Sink, settings: Any) -> None:
    settings.VAPID_KEY = b""

    assert push.public_key() == ""
    with pytest.raises(NotTaken):
        signal(service)
    assert service.asked == []


def test_the_public_key_is_a_point_that_browsers_take() -> None:
    point = base64.urlsafe_b64decode(push.public_key() + "=")

    assert len(point) == 65
    assert ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    assert push.public_key() == push.public_key()


def test_the_demo_s_invented_devices_are_its_letter_box(settings: Any, tmp_path: Path) -> None:
    settings.DEMO, settings.EMAIL_FILE_PATH = True, tmp_path

    PushMessage("https://push.demo.example/jo").hand_over(key="a")
    [letter] = letterbox.letters()

    assert letter.to == "push.demo.example/jo"
    assert (letter.subject, letter.text.strip()) == ("Message on a device", SUBJECTS["message"])
    assert letterbox.letter(letter.ident) == letter


def test_a_real_device_gets_a_real_signal_in_the_demo_too(service: Sink, settings: Any, tmp_path: Path) -> None:
    settings.DEMO, settings.EMAIL_FILE_PATH = True, tmp_path

    signal(service)

    assert len(service.asked) == 1
    assert letterbox.letters() == []
