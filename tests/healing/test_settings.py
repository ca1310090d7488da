"""Settings come from the environment: what is missing or malformed stops the start with a sentence."""

import base64
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from healing import env

KEY = base64.b64encode(b"x" * 32).decode()
GOOD = {
    "BASE_URL": "https://healing.example",
    "SECRET_KEY": "s" * 60,
    "AUDIT_KEY": KEY,
    "FIELD_KEYS": f"k2:{KEY},k1:{KEY}",
    "DATABASE_URL": "postgresql://web:p%40ss@db.example:5433/healing?sslmode=require",
    "DATABASE_WORKER_URL": "postgresql://worker@/healing?host=/run/pg",
    "DATABASE_OWNER_URL": "postgresql://owner@/healing?host=/run/pg",
    "REDIS_URL": "redis://redis.example:6379/0",
}


def start(tmp_path: Path, show: str = "'started'", **changes: str | None) -> subprocess.CompletedProcess[str]:
    """Load the settings in a program of their own, with this environment and nothing else."""
    given = GOOD | {"VAR_DIR": str(tmp_path)} | changes
    here = {name: value for name, value in given.items() if value is not None}
    program = [sys.executable, "-c", f"from healing import settings as s; print({show})"]
    clean = {"PATH": os.environ["PATH"]} | here
    return subprocess.run(program, env=clean, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=60)


def test_good_settings_start(tmp_path: Path) -> None:
    assert start(tmp_path).stdout == "started\n"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": None}, "Set SECRET_KEY. See .env.example for what it means."),
        ({"SECRET_KEY": ""}, "Set SECRET_KEY."),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must have at least 50 characters"),
        ({"BASE_URL": None}, "Set BASE_URL."),
        ({"BASE_URL": "healing.example"}, "BASE_URL is 'healing.example'. Write it as https://your.address"),
        ({"AUDIT_KEY": None}, "Set AUDIT_KEY."),
        ({"AUDIT_KEY": "not base64!"}, "AUDIT_KEY must be 32 random bytes in base64: openssl rand -base64 32"),
        ({"AUDIT_KEY": base64.b64encode(b"x" * 16).decode()}, "AUDIT_KEY must be 32 random bytes"),
        ({"FIELD_KEYS": None}, "Set FIELD_KEYS."),
        ({"FIELD_KEYS": ","}, "FIELD_KEYS must be written as k1:BASE64, with a comma between keys."),
        ({"FIELD_KEYS": KEY}, "FIELD_KEYS must be written as k1:BASE64"),
        ({"FIELD_KEYS": f"k1:{KEY},k1:{KEY}"}, "FIELD_KEYS names a key twice."),
        ({"DATABASE_URL": None}, "Set DATABASE_URL."),
        ({"DATABASE_URL": "mysql://db/healing"}, "DATABASE_URL must start with postgresql://"),
        ({"DATABASE_URL": "postgresql://web@db.example:port/healing"}, "DATABASE_URL"),
        ({"DATABASE_ROLE": "superuser"}, "DATABASE_ROLE is 'superuser'. Use one of: web, worker, owner."),
        ({"REDIS_URL": None}, "Set REDIS_URL."),
        ({"DEMO": "yes"}, "DEMO is 'yes'. Use 1 for yes or 0 for no."),
        ({"PROXY_COUNT": "-1"}, "PROXY_COUNT is '-1'. Use a whole number."),
        ({"ANYMAIL": '{"MAILGUN_API_KEY": '}, 'ANYMAIL must be one JSON object, written as {"NAME": "value"}.'),
        ({"ANYMAIL": '["key"]'}, "ANYMAIL must be one JSON object"),
        ({"SMTP_TLS": "1", "SMTP_STARTTLS": "1"}, "SMTP_TLS and SMTP_STARTTLS are both 1. Port 465 takes SMTP_TLS,"),
        ({"SMS_URL": "sms.example"}, "SMS_URL is 'sms.example'. Write it as https://your.address"),
        ({"VAPID_KEY": "not base64!"}, "VAPID_KEY must be 32 random bytes in base64: openssl rand -base64 32"),
        (
            {"VAPID_CONTACT": "it@x.example"},
            "VAPID_CONTACT is 'it@x.example'. Write it as mailto:somebody@your.address",
        ),
        ({"TICK_SECONDS": "soon"}, "TICK_SECONDS is 'soon'. Use a whole number."),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL is 'LOUD'. Use one of: DEBUG, INFO, WARNING."),
        ({"SECRET_KEY": None, "SECRET_KEY_FILE": "/nowhere/secret"}, "SECRET_KEY_FILE names /nowhere/secret, which"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(changes: dict[str, str | None], sentence: str, tmp_path: Path) -> None:
    done = start(tmp_path, **changes)

    assert done.returncode != 0
    assert f"ImproperlyConfigured: {sentence}" in done.stderr


def test_a_mail_provider_is_given_in_one_setting(tmp_path: Path) -> None:
    (tmp_path / "anymail").write_text('{"MAILGUN_API_KEY": "key-1"}\n')
    given = {"MAIL_BACKEND": "anymail.backends.mailgun.EmailBackend", "ANYMAIL_FILE": str(tmp_path / "anymail")}

    done = start(tmp_path, "s.EMAIL_BACKEND, s.ANYMAIL", **given)

    told = "anymail.backends.mailgun.EmailBackend {'REQUESTS_TIMEOUT': 5, 'MAILGUN_API_KEY': 'key-1'}\n"
    assert done.stdout == told, done.stderr


def test_a_mail_server_may_want_tls_from_the_first_byte(tmp_path: Path) -> None:
    assert start(tmp_path, "s.EMAIL_USE_SSL, s.EMAIL_USE_TLS", SMTP_TLS="1").stdout == "True False\n"


def test_without_a_gateway_and_a_key_there_are_no_other_channels(tmp_path: Path) -> None:
    shown = "s.SMS_URL, s.VAPID_KEY, s.VAPID_CONTACT, s.PUSH_HOSTS"

    done = start(tmp_path, shown, SMS_URL="", MAIL_FROM="Healing <post@lakeside.example>")

    assert done.stdout == " b'' mailto:post@lakeside.example []\n", done.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "AUDIT_KEY", "FIELD_KEYS", "DATABASE_URL", "REDIS_URL"])
def test_every_secret_may_lie_in_a_file(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(GOOD[name] + "\n")

    done = start(tmp_path, **{name: None, f"{name}_FILE": str(tmp_path / "secret")})

    assert done.stdout == "started\n", done.stderr


def test_a_secret_is_not_quoted_in_the_sentence(tmp_path: Path) -> None:
    for name in ("AUDIT_KEY", "FIELD_KEYS", "SECRET_KEY", "VAPID_KEY"):
        assert "my-own-secret" not in start(tmp_path, **{name: "my-own-secret"}).stderr


def test_an_https_address_makes_everything_strict(tmp_path: Path) -> None:
    shown = (
        "s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS,"
        "s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.CSRF_COOKIE_HTTPONLY, s.DEBUG, s.DEMO"
    )

    strict = start(tmp_path, shown).stdout
    plain = start(tmp_path, shown, BASE_URL="http://127.0.0.1:8000").stdout

    assert strict == "True True True 63072000 __Host-session __Host-csrf True False False\n"
    assert plain == "False False False 0 session csrf True False False\n"


def test_the_address_of_the_database_is_read_whole(tmp_path: Path) -> None:
    shown = "*map(s.DATABASES['default'].get, ('NAME', 'USER', 'PASSWORD', 'HOST', 'PORT'))"
    option = "s.DATABASES['default']['OPTIONS']['sslmode']"

    assert start(tmp_path, f"{shown}, {option}").stdout == "healing web p@ss db.example 5433 require\n"


def test_a_host_of_base_url_is_allowed_and_no_other(tmp_path: Path) -> None:
    shown = "s.BASE_URL, s.ALLOWED_HOSTS"

    told = start(tmp_path, shown, BASE_URL="https://healing.example:8443/").stdout

    assert told == "https://healing.example:8443 ['healing.example']\n"


def test_the_newest_master_key_comes_first(tmp_path: Path) -> None:
    assert start(tmp_path, "list(s.FIELD_KEYS)").stdout == "['k2', 'k1']\n"


def test_a_demo_password_without_a_demo_opens_nothing(tmp_path: Path) -> None:
    assert start(tmp_path, "repr(s.DEMO_PASSWORD)", DEMO_PASSWORD="open").stdout == "''\n"


def test_the_local_file_gives_way_to_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "local.env").write_text("# a comment\nFROM_FILE=1\nFROM_BOTH=file\nno sign\n")
    for name in ("DATABASE_URL", "FROM_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FROM_BOTH", "environment")

    env.load_local(tmp_path / "local.env")

    read: dict[str, Any] = {name: os.environ.pop(name) for name in ("FROM_FILE", "FROM_BOTH")}
    assert read == {"FROM_FILE": "1", "FROM_BOTH": "environment"}


def test_a_file_beside_a_database_of_one_s_own_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "local.env").write_text("FROM_FILE=1\n")
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/healing")

    env.load_local(tmp_path / "local.env")

    assert "FROM_FILE" not in os.environ


def test_a_missing_setting_names_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOT_THERE", raising=False)

    with pytest.raises(ImproperlyConfigured, match="Set NOT_THERE"):
        env.text("NOT_THERE")
    env.READ.discard("NOT_THERE")
