"""Harm events as lists and pages show them."""

from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from cases.models import CaseEvent, HarmEvent, HarmGrade, ImportBatch, ImportRow
from healing.access import Viewer
from healing.models import User


def listed(viewer: Viewer, *, reference: str = "", service_area: str = "", harm: str = "") -> QuerySet[HarmEvent]:
    """The newest first; those without a date last."""
    events = HarmEvent.objects.visible_to(viewer)
    if reference:
        events = events.filter(reference__icontains=reference)
    if service_area:
        events = events.filter(service_area__icontains=service_area)
    if harm:
        events = events.filter(Q(physical_harm=harm) | Q(psychological_harm=harm))
    return events.order_by(F("occurred_on").desc(nulls_last=True), "-id")


def chosen(viewer: Viewer, wanted: list[str]) -> QuerySet[HarmEvent]:
    """The events that an address names. What is no id, or outside the viewer's sites, is left out."""
    return listed(viewer).filter(pk__in=[pk for pk in map(_as_id, wanted) if pk])


def gradings(viewer: Viewer, event: HarmEvent) -> list[dict[str, Any]]:
    """Every grade that was given here, newest first, with who gave it."""
    given = list(HarmGrade.objects.visible_to(viewer).filter(event=event).order_by("-at", "axis"))
    graders = User.objects.filter(pk__in={grade.by for grade in given})
    names: dict[UUID | None, str] = dict(graders.values_list("pk", "name"))
    return [
        {"title": f"{grade.get_axis_display()}: {grade.get_grade_display()}", "by": names.get(grade.by), "at": grade.at}
        for grade in given
    ]


def own_cases(viewer: Viewer, event: HarmEvent) -> list[Any]:
    """The viewer's own cases about this event. Others' cases are not shown, nor counted."""
    links = CaseEvent.objects.visible_to(viewer).filter(event=event).select_related("case").order_by("-case__opened_at")
    return [link.case for link in links]


def rows(viewer: Viewer, batch: ImportBatch, outcome: str) -> QuerySet[ImportRow]:
    shown = ImportRow.objects.visible_to(viewer).filter(batch=batch)
    return (shown.filter(outcome=outcome) if outcome else shown).order_by("number")


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
