"""What somebody fills in can be read nowhere: not while they wait, except by whoever said yes, and not afterwards.

Every field gets a text of its own, a whole life goes by over the pages and due work, and every place is searched:
tables, a backup, the counters' store, the log, all mail, everybody else's pages and what their browsers keep.
"""

import base64
import logging
import os
import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from bin.launch.places import temporary_names
from bin.launch.software import POSTGRES, site_packages
from healing import clock
from healing.logs import NoWords
from healing.models import Site, User
from healing.roles import Role
from support.models import Key, Request, Supporter
from tests.factories.cases import make_site, make_staff, signed_in
from tests.factories.peers import make_channel, make_supporter, make_unit, seen_by_due_work, tick, working
from tests.journeys.traces import found, keys, tables
from tests.mail_sink import Sink

pytestmark = pytest.mark.usefixtures("committed")
FILLED_IN = {
    "contact": "qivoxcontact@home.example",
    "new contact": "+447700900831",
    "name": "Zubylname",
    "letter": "qivoxletter@home.example",
    "channel": "+447700900977",
}
COMES_ALONG = {
    "REMOTE_ADDR": "203.0.113.77",
    "HTTP_X_FORWARDED_FOR": "198.51.100.66, 203.0.113.78",
    "HTTP_X_REAL_IP": "198.51.100.67",
    "HTTP_USER_AGENT": "Qivoxagent/7.1",
    "HTTP_REFERER": "http://testserver/qivoxreferer/",
    "HTTP_ACCEPT_LANGUAGE": "en, x-qivoxlang",
}
ADDRESSES = ["203.0.113.77", "203.0.113.78", "198.51.100.66", "198.51.100.67"]
TRACES = [*ADDRESSES, "qivoxagent", "qivoxreferer", "qivoxlang"]
OTHERS = (Role.FACILITATOR, Role.LEAD, Role.ADMINISTRATOR, Role.PRIVACY_OFFICER, Role.COORDINATOR)


@pytest.fixture
def site(committed: None) -> Site:
    cache.clear()
    return make_site(time_zone="Europe/London")


@pytest.fixture
def log() -> Iterator[list[str]]:
    """Everything that any part logs, as it would be written. What the test's own mail server says is not ours."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if not record.name.startswith(("mail.log", "asyncio")):
                lines.append(self.format(record))

    handler, root = Kept(), logging.getLogger()
    handler.setFormatter(NoWords(configured.LOGGING["formatters"]["no_words"]["fmt"]))
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(handler)
    root.setLevel(level)


def everywhere(log: list[str], sink: Sink) -> dict[str, str]:
    owner = urlsplit(os.environ["DATABASE_OWNER_URL"])._replace(path="/" + connection.settings_dict["NAME"]).geturl()
    here: Any = SimpleNamespace(env={"DATABASE_OWNER_URL": owner, "REDIS_URL": configured.REDIS_URL})
    kept = dict([*tables(here), *keys(here)])
    assert "table support_request" in kept
    mails = "\n".join(letter.as_string() for letter in sink.letters if letter["To"] != FILLED_IN["letter"])
    if has_its_own_server():
        kept["backup"] = backup()
    return kept | {"log": "\n".join(log), "mail": mails}


def passing_through(places: dict[str, str]) -> dict[str, str]:
    """Where neither a unit nor a supporter has any business: the log, the mail and the counters' store."""
    return {where: kept for where, kept in places.items() if not where.startswith(("table ", "backup"))}


def has_its_own_server() -> bool:
    """Whether this run has the embedded server, by the folder of its socket."""
    return Path(connection.settings_dict["HOST"]).name.startswith(temporary_names("test")[0].name)


def backup() -> str:
    """As a backup is made: by somebody whom no wall stops. Another server has no such account for tests."""
    program = site_packages() / POSTGRES / "pg_dump"
    assert program.exists(), f"No backup can be looked into: {program} is missing, and comes with the server."
    host = connection.settings_dict["HOST"]
    command = [program, "-h", host, "-U", "postgres", "--inserts", connection.settings_dict["NAME"]]
    made = subprocess.run(command, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    assert "CREATE TABLE support.support_request" in made.stdout
    return made.stdout


def forms_of(text: str) -> list[str]:
    """As it was written, and as it could hide."""
    raw = text.encode()
    inner = [base64.b64encode(raw[start:])[4:-4].decode() for start in range(3)]
    return [text, text[::-1], quote(text, safe=""), raw.hex(), *inner]


def hits(texts: list[str], places: dict[str, str]) -> dict[str, list[str]]:
    known = [one for text in texts for one in forms_of(text) if len(one) > 5]
    plain = {where: [one for one in known if one.casefold() in kept.casefold()] for where, kept in places.items()}
    loose = found([text for text in texts if len(re.sub(r"\W", "", text)) > 6], places)
    return {where: texts for where, texts in plain.items() if texts} | loose


def asked(browser: Client, time: Any, at: str = "support_ask", **more: str) -> tuple[str, str]:
    """The reply words, where this way of asking gives any, and the secret of the form."""
    page = browser.get(reverse(at)).text
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert ticket
    time.shift(timedelta(seconds=5))
    form = {"reach_by": "email", "contact": FILLED_IN["contact"], "when": "now", "ticket": ticket[1]}
    answer = browser.post(reverse(at), form | more)
    assert answer.status_code in (200, 302)
    words = re.search(r'<ol class="reply-words".*?</ol>', answer.text, re.DOTALL)
    return " ".join(re.findall(r"<li>(\w+)</li>", words[0])) if words else "", ticket[1]


def pages_of(clients: dict[str, Client]) -> dict[str, str]:
    """Every page of the programme that needs no argument, as each of them sees it."""
    patterns = [
        name for name in plain_names(get_resolver().url_patterns) if name not in ("set_language", "alerts_worker")
    ]
    seen = {}
    for who, client in clients.items():
        for name in patterns:
            seen[f"{name} of {who}"] = b"".join(client.get(reverse(name))).decode()
        seen[f"cookies of {who}"] = str(client.cookies)
    return seen


def plain_names(patterns: list[Any]) -> Iterator[str]:
    for entry in patterns:
        if not isinstance(entry, URLPattern):
            if not entry.pattern.converters:
                yield from plain_names(entry.url_patterns)
        elif not entry.pattern.converters and not entry.pattern.regex.groups and entry.name:
            yield entry.name


def gone_by(site: Site, tom: Supporter) -> dict[str, Client]:
    users = {role.value: make_staff(site, role) for role in OTHERS}
    users["other supporter"] = User.objects.get(pk=make_supporter(site, on_call=False).user_id)
    return {who: signed_in(user) for who, user in users.items()} | {"anybody": Client()}


def test_nothing_of_a_whole_life_is_found_anywhere(site: Site, time: Any, sink: Sink, log: list[str]) -> None:
    unit, tom = make_unit(site, "Birth centre"), make_supporter(site)
    make_channel(tom, "sms", FILLED_IN["channel"])
    browser, others = Client(**COMES_ALONG), gone_by(site, tom)
    supporter = signed_in(User.objects.get(pk=tom.user_id))
    words, ticket = asked(browser, time, name=FILLED_IN["name"], unit=str(unit.pk))
    assert words
    secret = [words, words.replace(" ", ""), ticket, *FILLED_IN.values(), *TRACES]
    tick()

    assert hits(secret, everywhere(log, sink)) == {}
    assert hits(secret, pages_of(others)) == {}
    at_their_unit = [unit.name, unit.slug, str(unit.pk), str(tom.pk)]
    assert hits(at_their_unit, passing_through(everywhere(log, sink))) == {}
    secret_to_tom = [one for one in secret if one != FILLED_IN["channel"]]
    assert hits(secret_to_tom, pages_of({"the one who is called": supporter})) == {}

    request = whole_life(browser, supporter, words, time)
    of_it = [str(request.pk), str(tom.pk), str(unit.pk)]
    assert hits([*of_it, *at_their_unit], passing_through(everywhere(log, sink))) == {}
    assert hits(secret, pages_of(others)) == {}
    assert hits(secret_to_tom, pages_of({"the one who closed it": supporter})) == {}
    assert hits(secret, everywhere(log, sink)) == {}
    assert hits([str(request.pk)], {"log": "\n".join(log), "mail": everywhere(log, sink)["mail"]}) == {}
    left = everywhere(log, sink)["table support_request"]
    assert hits(of_it[1:], {"what is left": left}) == {}
    with working() as by:
        assert not Key.objects.visible_to(by).filter(holder=request.pk).exists()

    time.shift(timedelta(days=500))
    tick()
    tick()
    assert len(sink.to(FILLED_IN["letter"])) == 1
    time.shift(timedelta(hours=2))
    tick()
    after = everywhere(log, sink)
    assert hits([*secret, str(request.pk)], after) == {}
    assert after["table support_request"] == after["table support_reminder"] == after["table support_page"] == ""


def whole_life(browser: Client, supporter: Client, words: str, time: Any) -> Request:
    """Accepted, read, another way to reach them, reached, a letter asked for, closed, and said whether it helped."""

    def say(act: str, **answers: str) -> None:
        answer = browser.post(reverse("support_reply"), {"act": act, "words": words, "sure": "yes"} | answers)
        assert answer.status_code == 200

    with working() as by:
        request = Request.objects.visible_to(by).get()
    accepts(supporter, request)
    say("reply")
    say("say", answer="no_voice")
    say("contact", reach_by="phone", contact=FILLED_IN["new contact"])
    assert "7700" in supporter.get(reverse("support_request", args=[request.pk])).text
    say("remind", on_0="27", on_1="3", on_2=str(clock.now().year + 1), address=FILLED_IN["letter"])
    reaches_and_closes(supporter, request, time)
    say("rate", met_need="yes")
    return request


def accepts(supporter: Client, request: Request) -> None:
    supporter.post(reverse("support_accept", args=[request.pk]))
    assert FILLED_IN["contact"] in supporter.get(reverse("support_request", args=[request.pk])).text


def reaches_and_closes(supporter: Client, request: Request, time: Any) -> None:
    time.shift(timedelta(minutes=7))
    supporter.post(reverse("support_reached", args=[request.pk]))
    form = supporter.get(reverse("support_close", args=[request.pk])).context["form"]
    supporter.post(reverse("support_close", args=[request.pk]), {name: form[name].value() for name in form.fields})
    assert seen_by_due_work(request).status == "erased"


WAYS: dict[str, tuple[str, dict[str, str]]] = {  # (the page, what only this way asks)
    "for a colleague": ("support_refer", {"name": FILLED_IN["name"]}),
    "for a team": ("support_team", {"people": "137"}),
    "in an account": ("support_mine", {"name": FILLED_IN["name"]}),
    "after giving support": ("support_debrief", {}),
}
LOOK_AT_SUPPORT = (Role.COORDINATOR.value, "other supporter", "anybody")  # every role looks at the first way, above
LEFT_WITHOUT_PEOPLE = ("request", "encounter", "page", "due", "effect")


def asker_for(page: str, site: Site) -> tuple[Client, str]:
    """Whoever asks there, and the account that they are known by."""
    if page in ("support_refer", "support_team"):
        return Client(**COMES_ALONG), ""
    una = make_supporter(site, on_call=False)
    user = User.objects.get(pk=una.user_id) if page == "support_debrief" else make_staff(site, Role.FACILITATOR)
    return signed_in(user), str(user.pk)


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_found_of_another_way_of_asking(way: str, site: Site, time: Any, sink: Sink, log: list[str]) -> None:
    (page, more), tom = WAYS[way], make_supporter(site)
    browser, account = asker_for(page, site)
    others = {who: one for who, one in gone_by(site, tom).items() if who in LOOK_AT_SUPPORT}
    supporter = signed_in(User.objects.get(pk=tom.user_id))
    words, ticket = asked(browser, time, page, **more)
    told = [FILLED_IN[name] for name in ("contact", "name", "letter")]
    secret = [one for one in (words, words.replace(" ", ""), ticket, *told, *TRACES) if one]
    tick()
    with working() as by:
        request = Request.objects.visible_to(by).get()

    assert hits(secret, everywhere(log, sink)) == {}
    assert hits(secret, pages_of(others | {"the one who is called": supporter})) == {}

    accepts(supporter, request)
    if words:
        asks_for_a_letter_and_takes_it_back(browser, words)
    reaches_and_closes(supporter, request, time)
    after = everywhere(log, sink)
    assert hits(secret, after) == {}
    assert hits(secret, pages_of(others | {"the one who closed it": supporter})) == {}
    of_it = [one for one in (str(request.pk), account) if one]
    assert hits(of_it, {where: after[where] for where in ("log", "mail")}) == {}
    of_it = [one for one in (str(tom.pk), account) if one]
    assert hits(of_it, {where: after[f"table support_{where}"] for where in LEFT_WITHOUT_PEOPLE}) == {}
    with working() as by:
        assert not Key.objects.visible_to(by).filter(holder=request.pk).exists()

    time.shift(timedelta(days=500))
    tick()
    tick()
    after = everywhere(log, sink)
    assert hits([*secret, str(request.pk)], after) == {}
    assert after["table support_request"] == after["table support_reminder"] == ""
    assert sink.to(FILLED_IN["letter"]) == []


def asks_for_a_letter_and_takes_it_back(browser: Client, words: str) -> None:
    day = {"on_0": "27", "on_1": "3", "on_2": str(clock.now().year + 1), "address": FILLED_IN["letter"]}
    listed = browser.post(reverse("support_reply"), {"act": "remind", "words": words, "sure": "yes"} | day)
    letter = listed.context["letters"][0]
    browser.post(reverse("support_reply"), {"act": "remind", "words": words, "remove": str(letter.pk)})


def test_a_backup_is_looked_into(site: Site) -> None:
    if not has_its_own_server():
        pytest.skip("no backup was looked into: this server is not the embedded one")
    unit = make_unit(site, "Qivoxward")

    assert hits([unit.name], {"backup": backup()}) == {"backup": [unit.name]}


def test_a_backup_that_cannot_be_made_is_said(monkeypatch: pytest.MonkeyPatch, site: Site) -> None:
    monkeypatch.setitem(globals(), "POSTGRES", Path("nowhere"))

    with pytest.raises(AssertionError, match="No backup can be looked into: .*nowhere/pg_dump is missing"):
        backup()
