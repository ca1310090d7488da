"""Shifts change hands once, to somebody who is free; and being away asks for no reason."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from healing import clock
from healing.errors import HealingError
from healing.models import Site, User
from healing.roles import Role
from support.actions import shifts
from support.models import Away, Channel, Competence, Due, Key, Shift, Supporter, Swap
from tests.factories.cases import make_site, make_staff, signed_in
from tests.factories.peers import ask, coordinating, make_shift, make_supporter, supporting, tick, working
from tests.mail_sink import Sink, listening
from tests.support.test_giving_pages import main, press

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def site(request: Any) -> Site:
    return make_site()


@pytest.fixture(autouse=True)
def sink(settings: Any) -> Iterator[Sink]:
    with listening(settings) as server:
        yield server


@pytest.fixture
def time() -> Iterator[Any]:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


def at(supporter: Supporter, name: str = "") -> Client:
    user = User.objects.get(pk=supporter.user_id)
    user.name = name or user.name
    user.save(update_fields=["name"])
    return signed_in(user)


def tomorrow(supporter: Supporter, hours: int = 8) -> Shift:
    with working():
        return make_shift(supporter, clock.now() + DAY, hours=hours)


def offered(shift: Shift, to: Supporter | None = None) -> Swap:
    with supporting(shift.supporter) as by:
        return shifts.offer(by=by, shift=shift, to=to)


def whose(shift: Shift) -> Supporter:
    with working() as by:
        return Shift.objects.visible_to(by).select_related("supporter").get(pk=shift.pk).supporter


def refusal(supporter: Supporter, swap: Swap) -> str:
    with supporting(supporter) as by, pytest.raises(HealingError) as told:
        shifts.take(by=by, swap=swap)
    return str(told.value)


@pytest.mark.django_db
class TestSwaps:
    def test_a_shift_that_is_taken_is_the_taker_s(self, site: Site, sink: Sink) -> None:
        tom, ann = make_supporter(site, on_call=False), make_supporter(site, on_call=False)
        shift = tomorrow(tom)
        swap = offered(shift, to=ann)
        tick()
        letter, told = sink.letters[-1], User.objects.get(pk=ann.user_id)
        assert (letter["To"], letter["Subject"]) == (told.email, "A message for you")
        assert reverse("message") in letter.get_payload()

        response = at(ann).post(reverse("support_swap_take", args=[swap.pk]))
        tick()

        assert response["Location"] == reverse("support_shifts")
        assert whose(shift) == ann
        assert "A colleague has taken your shift" in main(at(tom).get(reverse("support_now")))
        assert "A colleague has taken your shift" not in main(at(ann).get(reverse("support_now")))
        assert [one["To"] for one in sink.letters] == [told.email, User.objects.get(pk=tom.user_id).email]
        assert not any("Sam" in str(one.get_payload()) for one in sink.letters)

    def test_the_pages_lead_from_the_offer_to_the_taking(self, site: Site) -> None:
        tom, ann, lee = (make_supporter(site, on_call=False) for _ in range(3))
        at(ann, "Ann Oak"), at(lee, "Lee Ash")
        shift = tomorrow(tom)
        mine = at(tom, "Tom Elm")
        form = mine.get(reverse("support_swap_offer", args=[shift.pk]))
        assert [words for _, words in form.context["form"]["to"].field.choices] == [
            "Whoever takes it",
            "Ann Oak",
            "Lee Ash",
        ]

        press(mine, "support_swap_offer", shift, to=str(ann.pk))

        assert "On offer to Ann Oak" in main(mine.get(reverse("support_shifts")))
        assert "Take this shift" in main(at(ann).get(reverse("support_shifts")))
        assert "Take this shift" in main(at(ann).get(reverse("support_now")))
        assert "Take this shift" not in main(at(lee).get(reverse("support_shifts")))
        assert "Tom Elm" not in main(at(ann).get(reverse("support_now")))

    def test_an_offer_to_one_is_seen_by_nobody_else(self, site: Site) -> None:
        tom, ann, lee = (make_supporter(site, on_call=False) for _ in range(3))
        swap = offered(tomorrow(tom), to=ann)
        grace = make_staff(site, Role.COORDINATOR)

        assert at(lee).post(reverse("support_swap_take", args=[swap.pk])).status_code == 404
        with supporting(lee) as by:
            assert not Swap.objects.visible_to(by).exists()
            assert not Swap.objects.model._base_manager.exists()
        with coordinating(grace) as by:
            assert not Swap.objects.model._base_manager.exists()

    def test_to_another_site_nothing_is_offered(self, site: Site) -> None:
        swap = offered(tomorrow(make_supporter(site, on_call=False)))
        stranger = make_supporter(make_site(), on_call=False)

        assert at(stranger).post(reverse("support_swap_take", args=[swap.pk])).status_code == 404

    def test_taken_back_it_stays(self, site: Site) -> None:
        tom, ann = make_supporter(site, on_call=False), make_supporter(site, on_call=False)
        shift = tomorrow(tom)
        swap = offered(shift)
        assert at(tom).post(reverse("support_swap_withdraw", args=[swap.pk])).status_code == 302

        assert refusal(ann, swap) == shifts.GONE
        assert whose(shift) == tom
        assert offered(shift).state == "open"

    def test_only_whoever_offers_can_take_it_back(self, site: Site) -> None:
        tom, ann = make_supporter(site, on_call=False), make_supporter(site, on_call=False)
        swap = offered(tomorrow(tom))

        assert at(ann).post(reverse("support_swap_withdraw", args=[swap.pk])).status_code == 409

    def test_one_shift_is_offered_once(self, site: Site) -> None:
        shift = tomorrow(make_supporter(site, on_call=False))
        offered(shift)

        with supporting(shift.supporter) as by, pytest.raises(HealingError, match="on offer already"):
            shifts.offer(by=by, shift=shift)

    def test_nobody_offers_another_s_shift_or_takes_their_own(self, site: Site) -> None:
        tom, ann = make_supporter(site, on_call=False), make_supporter(site, on_call=False)
        shift = tomorrow(tom)

        assert at(ann).get(reverse("support_swap_offer", args=[shift.pk])).status_code == 404
        with supporting(ann) as by, pytest.raises(HealingError):
            shifts.offer(by=by, shift=shift)
        assert refusal(tom, offered(shift)) == shifts.GONE

    def test_what_has_begun_is_neither_offered_nor_taken(self, site: Site, time: Any) -> None:
        tom, ann = make_supporter(site, on_call=False), make_supporter(site, on_call=False)
        swap = offered(tomorrow(tom))
        time.shift(DAY)

        assert refusal(ann, swap) == shifts.GONE
        assert "Take this shift" not in main(at(ann).get(reverse("support_shifts")))
        with supporting(tom) as by, pytest.raises(HealingError, match="has begun"):
            shifts.offer(by=by, shift=swap.shift)

    @pytest.mark.parametrize(("starts", "hours", "free"), [(-8, 8, True), (-8, 9, False), (7, 8, False), (8, 8, True)])
    def test_the_taker_must_be_free_then(self, site: Site, time: Any, starts: int, hours: int, free: bool) -> None:
        tom, ann = make_supporter(site, on_call=False), make_supporter(site, on_call=False)
        shift = tomorrow(tom)
        with working():
            make_shift(ann, shift.starts_at + starts * HOUR, hours=hours)
        swap = offered(shift)
        if free:
            with supporting(ann) as by:
                shifts.take(by=by, swap=swap)
        else:
            assert refusal(ann, swap) == shifts.ON_CALL
        assert whose(shift) == (ann if free else tom)

    def test_the_taker_must_not_be_away_then(self, site: Site) -> None:
        tom, ann = make_supporter(site, on_call=False), make_supporter(site, on_call=False)
        shift = tomorrow(tom)
        with supporting(ann) as by:
            shifts.go_away(by=by, starts_at=shift.ends_at - HOUR, ends_at=None)

        assert refusal(ann, offered(shift)) == shifts.AWAY

    def test_the_taker_must_be_trained_then(self, site: Site) -> None:
        tom, ann, new = (make_supporter(site, on_call=False) for _ in range(3))
        with working() as by:
            Competence.objects.visible_to(by).filter(supporter=ann).update(expires_on=clock.now().date() + DAY)
            Supporter.objects.visible_to(by).filter(pk=new.pk).update(agreed_on=None)
        swap = offered(tomorrow(tom))

        assert refusal(ann, swap).startswith("Your training is not up to date")
        assert refusal(new, swap).startswith("You have not signed yet")

    def test_a_night_in_which_the_clocks_go_back_is_shown_by_the_clock_on_the_wall(self, site: Site, time: Any) -> None:
        Site.objects.filter(pk=site.pk).update(time_zone="Europe/London")
        time.move_to(datetime(2026, 10, 20, 10, 0, tzinfo=UTC))
        tom = make_supporter(site, on_call=False)
        with working():
            make_shift(tom, datetime(2026, 10, 24, 18, 0, tzinfo=UTC), hours=13)
        shown = at(tom).get(reverse("support_shifts")).text

        assert "Saturday 24 October, 19:00" in shown
        assert "Sunday 25 October, 07:00" in shown

    def test_everybody_who_supports_sees_who_is_on_call_in_the_next_days(self, site: Site, time: Any) -> None:
        tom, ann = make_supporter(site, on_call=False), make_supporter(site, on_call=False)
        tomorrow(tom)
        at(tom, "Tom Elm")
        week = main(at(ann).get(reverse("support_shifts")))

        assert "Wednesday 25 November" in week
        assert "Tom Elm" in week


def at_once(*acts: Callable[[], None]) -> list[str]:
    """Let them all start together; what each was told that went no further."""
    together, told = threading.Barrier(len(acts)), []

    def run(act: Callable[[], None]) -> None:
        try:
            together.wait()
            act()
        except HealingError as error:
            told.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def taking(supporter: Supporter, swap: Swap) -> Callable[[], None]:
    def act() -> None:
        with supporting(supporter) as by:
            shifts.take(by=by, swap=swap)

    return act


@pytest.mark.parametrize("attempt", range(4))
def test_one_shift_goes_to_one_of_two_who_take_it_at_once(attempt: int, committed: None) -> None:
    site = make_site()
    tom, ann, lee = (make_supporter(site, on_call=False) for _ in range(3))
    shift = tomorrow(tom)
    swap = offered(shift)

    assert at_once(taking(ann, swap), taking(lee, swap)) == [shifts.GONE]
    assert whose(shift) in (ann, lee)
    with working() as by:
        assert Due.objects.visible_to(by).filter(kind="support.swap").count() == 1


@pytest.mark.parametrize("attempt", range(4))
def test_whoever_takes_two_at_once_gets_one_at_a_time(attempt: int, committed: None) -> None:
    """Two shifts of the same hours, one taker in two tabs."""
    site = make_site()
    tom, ann, lee = (make_supporter(site, on_call=False) for _ in range(3))
    first, second = offered(tomorrow(tom)), offered(tomorrow(lee))

    assert at_once(taking(ann, first), taking(ann, second)) == [shifts.ON_CALL]


@pytest.mark.django_db
class TestAway:
    def away(self, supporter: Supporter) -> list[tuple[datetime, datetime | None]]:
        with working() as by:
            return list(Away.objects.visible_to(by).filter(supporter=supporter).values_list("starts_at", "ends_at"))

    def test_from_now_until_i_say_so(self, site: Site, time: Any) -> None:
        tom = make_supporter(site)
        browser = at(tom)
        assert browser.post(reverse("support_away_now")).status_code == 302

        assert self.away(tom) == [(TUESDAY, None)]
        assert "until you say that you are back" in main(browser.get(reverse("support_away")))
        assert "You are away until you say that you are back." in main(browser.get(reverse("support_now")))
        asked, _ = ask(site)
        tick()
        assert str(asked.pk) not in main(browser.get(reverse("support_now")))

    def test_back_again_nothing_is_left_of_it(self, site: Site, time: Any) -> None:
        tom = make_supporter(site)
        browser = at(tom)
        browser.post(reverse("support_away_now"))
        with working() as by:
            away = Away.objects.visible_to(by).get()
        assert at(make_supporter(site)).post(reverse("support_back", args=[away.pk])).status_code == 404
        assert self.away(tom)
        browser.post(reverse("support_back", args=[away.pk]))

        assert self.away(tom) == []
        assert browser.post(reverse("support_back", args=[away.pk])).status_code == 404

    def test_days_are_the_site_s_days(self, site: Site, time: Any) -> None:
        Site.objects.filter(pk=site.pk).update(time_zone="America/Toronto")
        tom = make_supporter(site)
        said = {f"first_{part}": value for part, value in enumerate((1, 12, 2026))}
        said |= {f"last_{part}": value for part, value in enumerate((3, "December", 2026))}
        at(tom).post(reverse("support_away"), said | {"first_at": "14:30"})

        assert self.away(tom) == [(datetime(2026, 12, 1, 19, 30, tzinfo=UTC), datetime(2026, 12, 4, 5, 0, tzinfo=UTC))]

    @pytest.mark.parametrize(
        ("before", "after", "result"),
        [
            ((0, 2), (1, 4), [(0, 4)]),
            ((3, 5), (1, 4), [(1, 5)]),
            ((0, 2), (2, 4), [(0, 4)]),
            ((0, 1), (2, 4), [(0, 1), (2, 4)]),
            ((2, None), (1, 4), [(1, 4), (2, None)]),
            ((1, 2), (0, None), [(0, None), (1, 2)]),
            ((2, None), (1, None), [(1, None)]),
        ],
    )
    def test_what_overlaps_becomes_one(self, site: Site, time: Any, before: Any, after: Any, result: Any) -> None:
        tom = make_supporter(site)
        with supporting(tom) as by:
            for starts, ends in (before, after):
                until = TUESDAY + ends * DAY if ends else None
                shifts.go_away(by=by, starts_at=TUESDAY + starts * DAY, ends_at=until)

        days = [((starts - TUESDAY).days, (ends - TUESDAY).days if ends else None) for starts, ends in self.away(tom)]
        assert days == result

    def test_whoever_comes_back_from_a_time_without_an_end_still_has_their_leave(self, site: Site, time: Any) -> None:
        tom = make_supporter(site)
        with supporting(tom) as by:
            shifts.go_away(by=by, starts_at=TUESDAY + 20 * DAY, ends_at=TUESDAY + 30 * DAY)
            (pause,) = shifts.go_away(by=by, starts_at=TUESDAY, ends_at=None)
            shifts.come_back(by=by, away=pause)

        assert self.away(tom) == [(TUESDAY + 20 * DAY, TUESDAY + 30 * DAY)]

    def test_the_page_says_the_last_of_several_ends(self, site: Site, time: Any) -> None:
        tom = make_supporter(site)
        with supporting(tom) as by:
            shifts.go_away(by=by, starts_at=TUESDAY - DAY, ends_at=TUESDAY + 3 * DAY)
            shifts.go_away(by=by, starts_at=TUESDAY, ends_at=None)

        assert "You are away until you say that you are back." in main(at(tom).get(reverse("support_now")))

    def test_what_is_over_is_forgotten(self, site: Site, time: Any) -> None:
        tom = make_supporter(site)
        with supporting(tom) as by:
            shifts.go_away(by=by, starts_at=TUESDAY, ends_at=TUESDAY + HOUR)
            time.shift(DAY)
            shifts.go_away(by=by, starts_at=TUESDAY + 2 * DAY, ends_at=TUESDAY + 3 * DAY)

        assert self.away(tom) == [(TUESDAY + 2 * DAY, TUESDAY + 3 * DAY)]

    def test_an_end_before_the_start_is_said_and_nothing_is_lost(self, site: Site, time: Any) -> None:
        said = {f"last_{part}": value for part, value in enumerate((1, 11, 2026))}
        again = at(make_supporter(site)).post(reverse("support_away"), said)

        assert again.status_code == 422
        assert "Choose a day and a time that come later." in main(again)
        assert 'value="2026"' in main(again)

    def test_a_time_without_a_day_is_asked_for(self, site: Site, time: Any) -> None:
        assert "Give the day" in main(at(make_supporter(site)).post(reverse("support_away"), {"last_at": "14:30"}))

    def test_what_i_hold_stays_with_me_and_the_page_says_so(self, site: Site) -> None:
        tom = make_supporter(site)
        browser = at(tom)
        asked, _ = ask(site)
        tick()
        press(browser, "support_accept", asked)
        browser.post(reverse("support_away_now"))

        assert "One person is with you." in main(browser.get(reverse("support_away")))
        assert "With you" in main(browser.get(reverse("support_now")))

    def test_nobody_sends_another_away(self, site: Site) -> None:
        tom, ann = make_supporter(site), make_supporter(site)
        with supporting(ann) as by:
            shifts.go_away(by=by, starts_at=clock.now(), ends_at=None)

        assert (len(self.away(ann)), self.away(tom)) == (1, [])


@pytest.mark.django_db
class TestMyself:
    def test_what_i_sign_is_dated_and_cannot_be_taken_back(self, site: Site, time: Any) -> None:
        new = make_supporter(site, agreed_on=None)
        browser = at(new)
        assert "I sign this" in main(browser.get(reverse("support_sign")))
        browser.post(reverse("support_sign"))
        time.shift(DAY)
        browser = at(new)
        browser.post(reverse("support_sign"))

        with working() as by:
            assert Supporter.objects.visible_to(by).get(pk=new.pk).agreed_on == date(2026, 11, 24)
        shown = main(browser.get(reverse("support_sign")))
        assert "Tuesday 24 November" in shown
        assert "I sign this" not in shown

    def test_my_record_is_mine_to_change_but_for_the_coordinator_s_part(self, site: Site) -> None:
        Site.objects.filter(pk=site.pk).update(languages="en,es")
        tom = make_supporter(site)
        said = {"languages": ["es", "en"], "profession": "midwife", "capacity": "3", "backup": "on", "unit": "x"}
        assert at(tom).post(reverse("support_me"), said | {"agreed_on": "2000-01-01"}).status_code == 302

        with working() as by:
            row = Supporter.objects.visible_to(by).get(pk=tom.pk)
            assert (row.languages, row.profession, row.capacity) == ("es,en", "midwife", 3)
            assert (row.backup, row.listed, row.unit, row.agreed_on) == (True, False, None, date(2020, 1, 1))

    def test_without_a_language_nobody_could_be_called(self, site: Site) -> None:
        again = at(make_supporter(site)).post(reverse("support_me"), {"profession": "midwife", "capacity": "3"})

        assert again.status_code == 422

    def test_training_that_is_over_is_said(self, site: Site) -> None:
        tom = make_supporter(site)
        with working() as by:
            Competence.objects.visible_to(by).filter(supporter=tom).update(expires_on=date(2021, 1, 1))

        shown = main(at(tom).get(reverse("support_me")))
        assert "It ended on" in shown
        assert "Your training is not up to date: Keeping confidence." in shown

    def test_a_number_is_kept_sealed_once_and_can_be_removed(self, site: Site, settings: Any) -> None:
        settings.SMS_URL = "https://gateway.example"
        tom = make_supporter(site)
        with working() as by:
            Key.objects.visible_to(by).filter(holder=tom.pk).delete()
        browser = at(tom)
        for _twice in range(2):
            assert browser.post(reverse("support_channel_new"), {"address": "+44 7700 900123"}).status_code == 302
        assert "+447700900123" in main(browser.get(reverse("support_me")))

        with working() as by:
            way = Channel.objects.visible_to(by).get()
            raw = Channel.objects.visible_to(by).values_list("address", flat=True).get()
            assert b"7700" not in bytes(raw)
        stranger = at(make_supporter(site))
        assert stranger.post(reverse("support_channel_remove", args=[way.pk])).status_code == 404
        browser.post(reverse("support_channel_remove", args=[way.pk]))
        assert "+447700900123" not in main(browser.get(reverse("support_me")))

    def test_what_is_no_number_is_said(self, site: Site, settings: Any) -> None:
        settings.SMS_URL = "https://gateway.example"
        again = at(make_supporter(site)).post(reverse("support_channel_new"), {"address": "my phone"})

        assert again.status_code == 422
        assert "Write the number in digits" in main(again)
        assert 'value="my phone"' in main(again)

    def test_a_device_is_one_way_more(self, site: Site, settings: Any) -> None:
        settings.VAPID_KEY = b"k" * 32
        browser = at(make_supporter(site))
        page = browser.get(reverse("support_me"))
        assert "data-push-key" in main(page)
        assert "trusted-types alerts" in page["Content-Security-Policy"]
        device = "https://fcm.googleapis.com/fcm/send/device-1"
        assert browser.post(reverse("support_channel_new"), {"endpoint": device}).status_code == 302
        shown = main(browser.get(reverse("support_me")))

        assert "Message on a device" in shown
        assert device not in shown
        assert browser.post(reverse("support_channel_new"), {"endpoint": "https://evil.example/x"}).status_code == 422

    def test_without_a_gateway_no_number_is_asked_for(self, site: Site, settings: Any) -> None:
        """It could never be used."""
        settings.SMS_URL, settings.VAPID_KEY = "", b""
        browser = at(make_supporter(site))
        shown = main(browser.get(reverse("support_me")))

        assert reverse("support_channel_new") not in shown
        assert browser.post(reverse("support_channel_new"), {"address": "07700 900123"}).status_code == 404
        device = {"endpoint": "https://fcm.googleapis.com/fcm/send/device-1"}
        assert browser.post(reverse("support_channel_new"), device).status_code == 404

    def test_five_ways_are_enough(self, site: Site, settings: Any) -> None:
        settings.SMS_URL = "https://gateway.example"
        browser = at(make_supporter(site))
        codes = [
            browser.post(reverse("support_channel_new"), {"address": f"0770090012{digit}"}).status_code
            for digit in range(6)
        ]

        assert codes == [302] * 5 + [409]
