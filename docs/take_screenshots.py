"""Takes the README's pictures from a running `bin/demo`: `.venv/bin/python -m docs.take_screenshots [--url …]`."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.journeys.acts import Participant, Postbox, staff_sign_in
from tests.journeys.person import Person

ROOT = Path(__file__).resolve().parents[1]
LOCAL_ENV = ROOT / "var" / "local.env"
PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2}
DESKTOP = {"viewport": {"width": 1280, "height": 900}}


def check_in(enter: Callable[..., Person], password: str) -> Person:
    """The first question of a patient's check-in."""
    patient = Participant(enter(**PHONE), "patient@demo.example").signs_in(Postbox(enter(**DESKTOP)))
    patient.begins("check-in")
    return patient.at("check-in/feeling/")


def today(enter: Callable[..., Person], password: str) -> Person:
    """What needs a facilitator now."""
    facilitator = enter(**DESKTOP)
    staff_sign_in(facilitator, "facilitator", password)
    return facilitator.open("/today/")


def ask(enter: Callable[..., Person], password: str) -> Person:
    """Asking for a peer, without signing in."""
    return enter(**PHONE).open("/support/")


PICTURES = {"check-in.png": check_in, "today.png": today, "ask.png": ask}


def take(browser: Browser, url: str, password: str, names: list[str]) -> None:
    def enter(**how: object) -> Person:
        return Person(browser.new_context(base_url=url, **how), url)

    for name in names:
        PICTURES[name](enter, password).page.screenshot(path=ROOT / "docs" / "images" / name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--password", help="the demo's; read from var/local.env if it is not given")
    parser.add_argument("pictures", nargs="*", default=[*PICTURES], help=f"only these of {', '.join(PICTURES)}")
    given = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"), args=["--no-sandbox"])
        take(browser, given.url, given.password or kept_password(), given.pictures)


def kept_password() -> str:
    lines = LOCAL_ENV.read_text().splitlines()
    return next(line.removeprefix("DEMO_PASSWORD=") for line in lines if line.startswith("DEMO_PASSWORD="))


if __name__ == "__main__":
    main()
