"""While somebody waits, whoever can help hears of it: again and again, on each of their ways, and where it is."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from healing import clock, sms
from healing.models import Site, User
from healing.roles import Role
from support.actions import rota, shifts
from support.models import Alarm, Due, Request, Supporter
from tests.factories.cases import give_roles, make_site, make_staff, signed_in
from tests.factories.peers import (
    ask,
    coordinating,
    make_channel,
    make_supporter,
    seen_by_due_work,
    supporting,
    tick,
    working,
)
from tests.mail_sink import Sink
from tests.support.coordinating import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sink")]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def grace(site: Site) -> User:
    return make_staff(site, Role.COORDINATOR)


def supports_too(user: User, site: Site) -> Supporter:
    """A record with which they are never called: it is not signed, and they are on no shift."""
    give_roles(user, site, Role.PEER_SUPPORTER)
    own = make_supporter(site, on_call=False, agreed_on=None)
    with working() as by:
        Supporter.objects.visible_to(by).filter(pk=own.pk).update(user_id=user.pk)
    own.user_id = user.pk
    return own


def alarm_at(site: Site) -> None:
    with working():
        Alarm.objects.create(site=site)


def test_an_alarm_that_stands_is_told_again_and_ever_more_seldom(
    site: Site, grace: User, time: Any, sink: Sink
) -> None:
    """The target is 30 minutes: at once, then after it, then after twice as long each time, and every day at least."""
    began, moments = clock.now(), list[int]()
    ask(site)
    while clock.now() < began + 4 * DAY:
        before = len(sink.to(grace.email))
        tick()
        moments += [(clock.now() - began) // MINUTE] * (len(sink.to(grace.email)) - before)
        time.shift(10 * MINUTE)

    pauses = [after - before for before, after in zip(moments, moments[1:], strict=False)]
    assert moments[0] == 0
    assert pauses == [30, 60, 120, 240, 480, 960, 1440, 1440]


def test_each_alarm_begins_anew(site: Site, grace: User, time: Any, sink: Sink) -> None:
    for _ in range(2):
        ask(site)
        tick()
        time.shift(10 * MINUTE)

    assert len(sink.to(grace.email)) == 2


def test_a_coordinator_hears_on_a_device_of_their_own(
    site: Site, grace: User, time: Any, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts: list[sms.TextMessage] = []
    monkeypatch.setattr(sms.TextMessage, "hand_over", lambda text, *, key: texts.append(text))
    own = supports_too(grace, site)
    make_channel(own, "sms", "+447700900555")
    other = make_supporter(site, on_call=False)
    make_channel(other, "sms", "+447700900556")
    ask(site)
    tick()
    tick()

    assert [text.to for text in texts] == ["+447700900555"]
    assert texts[0].body.endswith("/m/"), "nothing of peer support on a lock screen"
    assert len(sink.to(grace.email)) == 1


def test_every_letter_is_the_same(site: Site, grace: User, time: Any, sink: Sink) -> None:
    """A coordinator's alarm and a supporter's call: an inbox cannot tell one from the other."""
    ask(site)
    tick()
    tom = make_supporter(site)
    time.shift(10 * MINUTE)
    tick()
    called = User.objects.get(pk=tom.user_id).email

    (alarm,), (call,) = sink.to(grace.email), sink.to(called)
    assert (alarm["Subject"], alarm.get_content()) == (call["Subject"], call.get_content())


def test_whoever_is_put_on_call_is_called_at_once(site: Site, grace: User, time: Any) -> None:
    request, _ = ask(site)
    tick()
    tom = make_supporter(site, on_call=False)
    time.shift(1 * MINUTE)
    with coordinating(grace) as by:
        rota.add_shift(by=by, supporter=tom, starts_at=clock.now(), ends_at=clock.now() + 60 * MINUTE)
    tick()

    assert seen_by_due_work(request).supporter == tom


def test_whoever_is_back_is_called_at_once(site: Site, time: Any) -> None:
    tom = make_supporter(site)
    with supporting(tom) as by:
        (away,) = shifts.go_away(by=by, starts_at=clock.now(), ends_at=None)
    request, _ = ask(site)
    tick()
    time.shift(1 * MINUTE)
    with supporting(tom) as by:
        shifts.come_back(by=by, away=away)
    tick()

    assert seen_by_due_work(request).supporter == tom


def test_a_plan_for_later_wakes_nobody(site: Site, grace: User, time: Any) -> None:
    tom = make_supporter(site, on_call=False)
    start = clock.now() + 60 * MINUTE
    with coordinating(grace) as by:
        rota.add_shift(by=by, supporter=tom, starts_at=start, ends_at=start + 60 * MINUTE)
    with working() as by:
        assert not Due.objects.visible_to(by).filter(kind="support.rouse").exists()


def test_nobody_is_roused_at_another_site(site: Site, grace: User, time: Any) -> None:
    elsewhere, _ = ask(make_site())
    tick()
    tom = make_supporter(site, on_call=False)
    with coordinating(grace) as by:
        rota.add_shift(by=by, supporter=tom, starts_at=clock.now(), ends_at=clock.now() + 60 * MINUTE)
    time.shift(1 * MINUTE)
    tick()
    with working() as by:
        searches = Due.objects.visible_to(by).filter(kind="support.find", subject=elsewhere.pk)
        assert [row.due_at for row in searches] == [clock.now() + 9 * MINUTE]


# --- where the letter leads ------------------------------------------------------------------------------------------
def now_page(user: User) -> Any:
    return signed_in(user).get(reverse("message"), follow=True)


def test_it_leads_a_coordinator_to_the_rota(site: Site, grace: User) -> None:
    alarm_at(site)
    page = now_page(grace)

    assert page.redirect_chain[-1] == (reverse("support_rota"), 302)
    assert "Someone is waiting for a colleague." in words(page)


def test_it_shows_a_coordinator_who_supports_too_that_somebody_waits(site: Site, grace: User) -> None:
    supports_too(grace, site)
    assert "Someone is waiting" not in now_page(grace).text

    alarm_at(site)
    page = now_page(grace)
    assert f"Someone is waiting for a colleague at {site.name}." in words(page)
    assert f'href="{reverse("support_rota")}"' in page.text


def test_a_supporter_does_not_see_that_somebody_waits(site: Site) -> None:
    tom = make_supporter(site)
    alarm_at(site)

    assert "Someone is waiting" not in now_page(User.objects.get(pk=tom.user_id)).text


def test_whoever_coordinates_two_sites_sees_where_somebody_waits(site: Site, grace: User, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "second.example.org"]
    second = make_site(name="The second", host="second.example.org")
    give_roles(grace, second, Role.COORDINATOR)
    alarm_at(second)

    rota_here = signed_in(grace).get(reverse("support_rota"))
    assert "Someone is waiting for a colleague at The second." in words(rota_here)
    assert 'href="http://second.example.org' in rota_here.text
    alarm_at(second)
    supports_too(grace, site)
    assert "Several people are waiting for a colleague at The second." in words(now_page(grace))


def test_a_site_without_an_address_says_so(site: Site, grace: User) -> None:
    second = make_site(name="The second")
    give_roles(grace, second, Role.COORDINATOR)
    alarm_at(second)

    assert "This site has no address of its own yet" in words(signed_in(grace).get(reverse("support_rota")))


# --- a late yes ------------------------------------------------------------------------------------------------------
def calls(client: Client) -> str:
    return words(client.get(reverse("support_now")))


@pytest.fixture
def tom(site: Site) -> Supporter:
    return make_supporter(site, capacity=1)


@pytest.fixture
def browser(tom: Supporter) -> Client:
    return signed_in(User.objects.get(pk=tom.user_id))


@pytest.fixture
def late(site: Site, grace: User, tom: Supporter, time: Any) -> Request:
    """Tom was called and did not answer in ten minutes; nobody else is there, and Grace has been told."""
    request, _ = ask(site)
    tick()
    time.shift(10 * MINUTE)
    tick()
    time.shift(2 * MINUTE)
    with working() as by:
        assert Alarm.objects.visible_to(by).count() == 1
    return request


def test_whoever_is_late_may_still_say_yes_while_nobody_else_is_found(late: Request, browser: Client) -> None:
    assert "Nobody else has been found yet: you can still say yes" in calls(browser)
    browser.post(reverse("support_accept", args=[late.pk]))

    assert seen_by_due_work(late).status == "claimed"
    with working() as by:
        assert Alarm.objects.visible_to(by).count() == 0


def test_once_somebody_else_is_called_the_late_one_has_it_no_more(
    site: Site, late: Request, browser: Client, time: Any
) -> None:
    una = make_supporter(site)
    time.shift(8 * MINUTE)
    tick()

    assert seen_by_due_work(late).supporter == una
    assert "Nobody is waiting for you." in calls(browser)
    assert browser.post(reverse("support_accept", args=[late.pk])).status_code == 404


def test_whoever_is_late_is_called_once_more_after_the_target(
    late: Request, tom: Supporter, time: Any, sink: Sink
) -> None:
    email = User.objects.get(pk=tom.user_id).email
    for _ in range(3):
        assert len(sink.to(email)) == 1
        time.shift(10 * MINUTE)
        tick()

    assert len(sink.to(email)) == 2
    assert seen_by_due_work(late).supporter == tom


def test_what_was_not_answered_takes_up_nobody(site: Site, late: Request, tom: Supporter) -> None:
    """Tom has room for one: somebody else who asks is not kept waiting by a call that he did not answer."""
    other, _ = ask(site)
    tick()

    assert seen_by_due_work(other).supporter == tom


def test_a_late_pass_is_a_pass(site: Site, late: Request, tom: Supporter, browser: Client, time: Any) -> None:
    browser.post(reverse("support_pass", args=[late.pk]))
    for _ in range(5):
        tick()
        time.shift(10 * MINUTE)

    assert seen_by_due_work(late).supporter is None
    assert "Nobody is waiting for you." in calls(browser)
