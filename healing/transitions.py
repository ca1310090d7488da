"""The one function that moves a thing along its lifecycle (`lifecycle.py` holds the shape of the tables).

Every move is a row: what, from where, to where, when, by whom, and why (a code, never a story). In peer support no move
is: a row that told when would be a trace of whoever asked (`LEAVES_TRACE = False` on the model).
"""

from typing import Any

from django.db import transaction

from healing import access, audit, clock
from healing.errors import IllegalMove
from healing.models import StatusChange


@transaction.atomic
def move(thing: Any, to: str, *, by: access.Viewer, why: str = "", **changes: Any) -> Any:
    """Move `thing` (a model with `status` and LIFECYCLE) under a row lock; write the row and the audit.

    Moving to where it already is does nothing. A move that the table does not allow raises IllegalMove. `changes` are
    fields that belong to the new status, such as when a case was closed.
    """
    model = type(thing)
    locked = model.objects.visible_to(by).select_for_update(no_key=True).get(pk=thing.pk)
    if locked.status != to:
        if not model.LIFECYCLE.allows(locked.status, to):
            raise IllegalMove
        model.objects.visible_to(by).filter(pk=locked.pk).update(status=to, **changes)
        if getattr(model, "LEAVES_TRACE", True):
            _write_down(locked, to, by, why)
    for name, value in {"status": to, **changes}.items():
        setattr(thing, name, value)
    return thing


def _write_down(thing: Any, to: str, by: access.Viewer, why: str) -> None:
    StatusChange.objects.create(
        kind=thing._meta.label_lower,
        subject=thing.pk,
        case_id=_case_of(thing),
        from_status=thing.status,
        to_status=to,
        why=why,
        by=by.user_id,
        at=clock.now(),
    )
    audit.record(by=by, verb=f"{thing.LIFECYCLE.name}.{to}", subject=thing, detail=why)


def _case_of(thing: Any) -> Any:
    return thing.pk if thing._meta.label == "cases.Case" else thing.case_id
