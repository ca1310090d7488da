"""A supporter says themselves for whom they would rather not be called. It counts, and nobody else sees it."""

import re
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from healing.models import Site, User
from healing.roles import Role
from support.actions import records
from support.models import Exclusion, Supporter, Unit
from support.queries import candidates
from tests.factories.cases import make_site, make_staff, signed_in
from tests.factories.peers import (
    ask,
    coordinating,
    make_supporter,
    make_unit,
    seen_by_due_work,
    supporting,
    tick,
    working,
)
from tests.support.test_giving_pages import main

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sink")]
SAID = {"languages": ["en"], "profession": "nurse", "capacity": "2"}


def rather_not(supporter: Supporter, *units: Unit) -> None:
    with working():
        for unit in units:
            Exclusion.objects.create(supporter=supporter, site=supporter.site, unit=unit)


def kept(supporter: Supporter) -> set[Any]:
    with working() as by:
        return set(Exclusion.objects.visible_to(by).filter(supporter=supporter).values_list("unit", flat=True))


def me(supporter: Supporter, **said: Any) -> Any:
    browser = signed_in(User.objects.get(pk=supporter.user_id))
    return browser.post(reverse("support_me"), SAID | said) if said else browser.get(reverse("support_me"))


def ticked(page: Any) -> set[UUID]:
    boxes = re.findall(r'<input[^>]*name="not_for"[^>]*>', main(page))
    return {UUID(re.findall(r'value="([^"]+)"', box)[0]) for box in boxes if " checked" in box}


def close(unit: Unit) -> None:
    with working() as by:
        Unit.objects.visible_to(by).filter(pk=unit.pk).update(closed_on=date(2020, 1, 1))


class TestCalling:
    def called_from(self, unit: Unit | None) -> bool:
        request, _ = ask(self.tom.site, unit_id=unit and unit.pk)
        tick()
        return seen_by_due_work(request).supporter == self.tom

    @pytest.fixture(autouse=True)
    def house(self, site: Site) -> None:
        self.medicine, self.surgery = make_unit(site, "Medicine"), make_unit(site, "Surgery")
        self.ward = make_unit(site, "Ward A", parent=self.medicine)
        self.tom = make_supporter(site, capacity=9)

    def test_they_are_not_called_for_that_unit_nor_for_a_part_of_it(self) -> None:
        rather_not(self.tom, self.medicine)

        assert not self.called_from(self.medicine)
        assert not self.called_from(self.ward)
        assert self.called_from(self.surgery)

    def test_what_is_said_of_a_part_does_not_count_for_the_whole(self) -> None:
        rather_not(self.tom, self.ward)

        assert self.called_from(self.medicine)
        assert not self.called_from(self.ward)

    def test_where_the_unit_is_not_known_they_are_called(self) -> None:
        rather_not(self.tom, self.medicine, self.surgery)

        assert self.called_from(None)

    def test_a_colleague_s_wish_is_not_theirs(self, site: Site) -> None:
        rather_not(make_supporter(site, on_call=False), self.ward)

        assert self.called_from(self.ward)

    def test_it_is_read_at_once_however_many_say_something(self, site: Site) -> None:
        def queries() -> int:
            with (
                working() as by,
                CaptureQueriesContext(
                    connection,
                ) as run,
            ):
                candidates.candidates(by, site)
            return len(run)

        rather_not(self.tom, self.ward)
        before = queries()
        for _ in range(3):
            rather_not(make_supporter(site), self.ward, self.surgery)

        assert queries() == before


class TestMyPage:
    def test_what_i_tick_is_kept_and_what_i_untick_goes(self, site: Site) -> None:
        ward, surgery, tom = make_unit(site, "Ward A"), make_unit(site, "Surgery"), make_supporter(site)
        assert me(tom, not_for=[str(ward.pk), str(surgery.pk)]).status_code == 302
        assert kept(tom) == {ward.pk, surgery.pk}
        assert ticked(me(tom)) == {ward.pk, surgery.pk}
        me(tom, not_for=[str(surgery.pk)])
        assert kept(tom) == {surgery.pk}
        me(tom, listed="on")

        assert kept(tom) == set()

    def test_units_that_are_open_here_can_be_ticked(self, site: Site) -> None:
        gone, tom = make_unit(site, "Old ward"), make_supporter(site)
        make_unit(site, "Ward A")
        far = make_unit(make_site(), "Far ward")
        close(gone)
        shown = main(me(tom))

        assert "Ward A" in shown
        assert "Old ward" not in shown
        assert "Far ward" not in shown
        for unit in (gone, far):
            again = me(tom, not_for=[str(unit.pk)])
            assert again.status_code == 422
            assert "One of these units is not there any more." in main(again)
        assert kept(tom) == set()

    def test_a_unit_that_was_closed_stays_ticked(self, site: Site) -> None:
        medicine, tom = make_unit(site, "Medicine"), make_supporter(site)
        rather_not(tom, medicine)
        close(medicine)

        assert ticked(me(tom)) == {medicine.pk}
        assert me(tom, not_for=[str(medicine.pk)]).status_code == 302
        assert kept(tom) == {medicine.pk}

    def test_without_units_it_is_not_asked(self, site: Site) -> None:
        tom = make_supporter(site)

        assert "would rather not" not in main(me(tom))
        assert me(tom, listed="on").status_code == 302

    def test_nobody_else_sees_it(self, site: Site) -> None:
        ward, tom, una = make_unit(site, "Ward A"), make_supporter(site), make_supporter(site)
        rather_not(tom, ward)
        grace = make_staff(site, Role.COORDINATOR)
        with supporting(tom) as by:
            assert Exclusion.objects.visible_to(by).count() == 1
        for who in (supporting(una), coordinating(grace)):
            with who as by:
                assert not Exclusion.objects.visible_to(by).exists()


def test_nothing_of_it_is_left_of_whoever_has_left(site: Site) -> None:
    tom, grace = make_supporter(site), make_staff(site, Role.COORDINATOR)
    rather_not(tom, make_unit(site))
    with coordinating(grace) as by:
        records.end(by=by, supporter=tom)
    tick()

    assert kept(tom) == set()
