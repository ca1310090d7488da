"""What a supporter has learnt. Writing it down again renews it."""

from datetime import date

from django.db import transaction

from healing import access
from healing.roles import Permission
from support.house import Visitor
from support.models import Competence, Supporter


@transaction.atomic
def record(*, by: Visitor, supporter: Supporter, number: str, gained_on: date, expires_on: date | None) -> None:
    access.require(by, Permission.SUPPORT_COORDINATE, supporter.site_id)
    Competence.objects.visible_to(by).update_or_create(
        supporter=supporter,
        number=number,
        defaults={"site_id": supporter.site_id, "gained_on": gained_on, "expires_on": expires_on},
    )


@transaction.atomic
def remove(*, by: Visitor, competence: Competence) -> None:
    """It was written down by mistake."""
    access.require(by, Permission.SUPPORT_COORDINATE, competence.site_id)
    Competence.objects.visible_to(by).filter(pk=competence.pk).delete()
