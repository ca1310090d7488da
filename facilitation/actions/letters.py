"""A person looks at what could not be done: a letter that may have left, or that somebody was told about by phone."""

from django.db import transaction

from healing import access, audit, clock
from healing.models import Due, Effect


@transaction.atomic
def checked(*, by: access.Viewer, letter: Due) -> None:
    """It was looked into, or the person was told by phone. It is not tried again."""
    access.require_case(by, letter.case_id)
    Effect.objects.visible_to(by).filter(key=letter.key, looked_at=None).update(looked_at=clock.now())
    Due.objects.visible_to(by).filter(pk=letter.pk, state="stuck").update(state="void", done_at=clock.now())
    audit.record(by=by, verb="letter.checked", subject=letter)
