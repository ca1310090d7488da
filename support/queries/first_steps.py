"""Before the first request: what is still missing until peer support can answer anybody at a site.

Each is a sentence that says who does it, and where, if it is the coordinator. All there: nothing is said.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healing import clock
from healing.crisis_lines import crisis_lines
from healing.languages import shares_one
from healing.models import Site
from healing.sites import is_reached, legal_notices
from support.house import Visitor
from support.models import Supporter
from support.queries import candidates, rota, units
from support.wall_clock import Span

SOON = timedelta(days=7)


@dataclass(frozen=True)
class Step:
    """What is missing. `page` is where the coordinator does it; empty where somebody else does."""

    missing: str
    page: str = ""
    does: str = ""


def missing(by: Visitor, site: Site) -> list[Step]:
    return [*_set_up(site), *_supporters(by, site), *_on_call(by, site), *_poster(by, site)]


def _set_up(site: Site) -> list[Step]:
    found = []
    if not crisis_lines(site.crisis_lines):
        found.append(Step(_("No crisis line is written down. Your administrator does it under Set-up.")))
    if not legal_notices(site, about="support"):
        said = _("Nothing says yet what the law protects in peer support. Your administrator does it under Set-up.")
        found.append(Step(said))
    return found


def _supporters(by: Visitor, site: Site) -> list[Step]:
    """Somebody with a record who has signed, is trained and is understood here: which of these nobody is."""
    people = list(candidates.serving(by, site))
    if not people:
        said = _("Nobody is in the list of supporters. Add somebody who has the role; your administrator gives it.")
        return [Step(said, "support_supporters", _("See supporters"))]
    learnt = {row.pk for row in candidates.learnt(candidates.serving(by, site), by, site)}
    asked: list[tuple[Callable[[Supporter], Any], Step]] = [
        (lambda one: one.agreed_on, _signs(len(people))),
        (lambda one: one.pk in learnt, _trains(len(people))),
        (lambda one: shares_one(site.languages, one.languages), _speaks(len(people))),
    ]
    found = [step for fits, step in asked if not any(fits(one) for one in people)]
    if found or any(all(fits(one) for fits, _step in asked) for one in people):
        return found
    said = _("No supporter has all of it yet: signed, trained, and a language that people here can choose.")
    return [Step(said, "support_supporters", _("See who needs what"))]


def _signs(count: int) -> Step:
    said = ngettext(
        "Your %d supporter has not signed that they keep confidence. They do it on their own page.",
        "None of your %d supporters has signed that they keep confidence. They do it on their own page.",
        count,
    )
    return Step(said % count)


def _trains(count: int) -> Step:
    said = ngettext(
        "Your %d supporter has no valid training in keeping confidence (COM13). You write it down.",
        "None of your %d supporters has valid training in keeping confidence (COM13). You write it down.",
        count,
    )
    return Step(said % count, "support_supporters", _("Write down training"))


def _speaks(count: int) -> Step:
    said = ngettext(
        "Your %d supporter speaks no language that people here can choose. You write down what they speak.",
        "None of your %d supporters speaks a language that people here can choose. You write down what they speak.",
        count,
    )
    return Step(said % count, "support_supporters", _("See who speaks what"))


def _on_call(by: Visitor, site: Site) -> list[Step]:
    week = Span(clock.now(), clock.now() + SOON)
    if any(part.meets(week) for shift in rota.on_call(by, site, week) for part in shift.counts):
        return []
    return [Step(_("Nobody is on call in the next 7 days."), "support_shift_new", _("Put somebody on call"))]


def _poster(by: Visitor, site: Site) -> list[Step]:
    if not units.open_units(by, site).exists():
        return [Step(_("No ward has a poster, so nobody knows where to ask."), "support_unit_new", _("Add a ward"))]
    if not is_reached(site):
        said = _(
            "The posters have no address that leads here. Your administrator gives this site its own under Set-up."
        )
        return [Step(said)]
    return []
