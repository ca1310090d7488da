"""Cases as lists show them: process only, no name and no word of the people in them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cases.models import Assignment, Case, CaseEvent
from cases.models.case import CaseStatus
from healing.access import Viewer
from healing.models import Membership, User
from healing.roles import Permission, with_permission

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class Read(TypedDict):
        """What the list's query reads along with each case."""

        is_closed: bool
        about: list[str]

    ListedCase = WithAnnotations[Case, Read]

NEXT_STEP = {
    CaseStatus.OPENED: _("Add the people of both sides"),
    CaseStatus.MAPPED: _("Invite them and offer to take part"),
    CaseStatus.OFFERED: _("Hear from each person"),
    CaseStatus.PREPARING: _("Prepare each person"),
    CaseStatus.ARRANGED: _("Hold the conversation"),
    CaseStatus.HELD: _("Follow up with each person"),
    CaseStatus.FOLLOWING_UP: _("Follow up, then close"),
    CaseStatus.CLOSED: _("None: it is closed"),
}


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    case: Case
    facilitators: list[str]
    undeclared: list[str]  # named, and not yet independent
    about: str  # for the case's own facilitators only
    own: bool

    @property
    def next_step(self) -> Any:
        return NEXT_STEP[CaseStatus(self.case.status)] if self.facilitators else _("Name a facilitator")


def listed(viewer: Viewer, *, closed: bool) -> "QuerySet[ListedCase]":
    """The viewer's own cases and, for a lead, every case at her sites. Those that wait longest come first."""
    about = CaseEvent.objects.visible_to(viewer).filter(case=OuterRef("pk")).values("event__kind")
    cases = Case.objects.visible_to(viewer).annotate(is_closed=Q(status=CaseStatus.CLOSED), about=ArraySubquery(about))
    return cases.filter(is_closed=closed).order_by(F("closed_at").desc(nulls_last=True), "opened_at", "id")


def rows(viewer: Viewer, cases: "Iterable[ListedCase]") -> list[Row]:
    """One further query for any number of cases."""
    cases = list(cases)
    named: dict[tuple[UUID, bool], list[str]] = defaultdict(list)
    standing = Assignment.objects.visible_to(viewer).filter(case__in=cases, ended_at=None)
    for assignment in standing.select_related("user").order_by("since"):
        named[assignment.case_id, assignment.independent_at is not None].append(assignment.user.name)
    return [
        Row(case, named[case.pk, True], named[case.pk, False], _about(case), case.pk in viewer.cases) for case in cases
    ]


def waiting_for_me(viewer: Viewer) -> list[Assignment]:
    """Cases that the viewer was named for and has not declared herself independent in."""
    own = Assignment.objects.visible_to(viewer).filter(user=viewer.user_id, ended_at=None, independent_at=None)
    return list(own.order_by("since"))


def _about(case: "ListedCase") -> str:
    return ", ".join(sorted(set(filter(None, case.about or []))))


def facilitators(viewer: Viewer, case: Case) -> QuerySet[User]:
    """Who could be named for this case, and is not yet."""
    roles = Membership.objects.visible_to(viewer).filter(
        site=case.site_id, ended_at=None, role__in=with_permission(Permission.CASES_RUN)
    )
    named = Assignment.objects.visible_to(viewer).filter(case=case, ended_at=None)
    users = User.objects.filter(pk__in=roles.values("user"), is_active=True)
    return users.exclude(pk__in=named.values("user")).order_by("name")
