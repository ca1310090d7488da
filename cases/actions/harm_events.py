"""Harm events: how they are graded. How they come in is `cases.importers.load`."""

from django.db import transaction

from cases.models import HarmEvent, HarmGrade
from healing import access, audit, clock
from healing.roles import Permission

AXES = HarmGrade.Axis.values


@transaction.atomic
def grade(
    *, by: access.Viewer, event: HarmEvent, physical: str, psychological: str, cultural: bool, spiritual: bool
) -> None:
    """Grade the harm anew. Grades are unreliable, so each one given stays on record with who gave it."""
    access.require(by, Permission.EVENTS_SEE, event.site_id)
    row = HarmEvent.objects.visible_to(by).select_for_update().get(pk=event.pk)
    before = {axis: getattr(row, axis) for axis in AXES}
    given = {HarmGrade.Axis.PHYSICAL.value: physical, HarmGrade.Axis.PSYCHOLOGICAL.value: psychological}
    changed = {axis: value for axis, value in given.items() if before[axis] != value}
    ticks = {"cultural_harm": cultural, "spiritual_harm": spiritual}
    if not changed and ticks == {name: getattr(row, name) for name in ticks}:
        return
    now = clock.now()
    HarmGrade.objects.bulk_create(
        HarmGrade(site_id=row.site_id, event=row, axis=axis, grade=value, by=by.user_id, at=now)
        for axis, value in changed.items()
    )
    HarmEvent.objects.visible_to(by).filter(pk=row.pk).update(**given, **ticks)
    audit.record(by=by, verb="event.graded", subject=row)
