"""A case from opening to closing, and who works in it."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from cases.actions import invitations
from cases.models import Assignment, Case, CaseEvent, HarmEvent, Participant
from cases.models.case import CaseStatus
from healing import access, audit, clock, ids, sealed, transitions
from healing.errors import HealingError, NotAllowed
from healing.models import Membership, Site, User
from healing.roles import Permission, with_permission

TRIES = 5

NOT_INDEPENDENT = "Only somebody who is independent can open this case. Ask a colleague who is, or your lead."
NO_EVENT = "Choose at least one harm event."
NOT_A_FACILITATOR = "This person is not a facilitator at this site. Choose somebody from the list."
NOT_ONESELF = "Nobody names themselves. Ask another lead."
STILL_BOOKED = "A conversation is booked. Call it off first, then close the case."


@transaction.atomic
def open_case(*, by: access.Viewer, site: Site, events: Sequence[HarmEvent], independent: bool) -> Case:
    """Open a case from one or more harm events. Whoever opens it becomes its facilitator, and declares independence."""
    access.require(by, Permission.CASES_OPEN, site.pk)
    access.require(by, Permission.CASES_RUN, site.pk)
    if not independent:
        raise HealingError(NOT_INDEPENDENT)
    if not events or any(event.site_id != site.pk for event in events):
        raise HealingError(NO_EVENT)
    case = _with_reference(site)
    now = clock.now()
    own = {"user_id": by.person, "assigned_by": by.person, "opened": True}
    Assignment.objects.create(case=case, site=site, independent_at=now, **own)
    facilitator = access.reopened(by)
    sealed.create_key(case.pk, case_id=case.pk)
    CaseEvent.objects.bulk_create(CaseEvent(case=case, event=event) for event in events)
    audit.record(by=facilitator, verb="case.opened", subject=case)
    return case


def _with_reference(site: Site) -> Case:
    """Chance may draw a reference that is taken: draw again."""
    next_word_on = clock.today(site.time_zone) + site.clock("update_interval")
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return Case.objects.create(site=site, reference=ids.reference(), next_word_on=next_word_on)
        except IntegrityError:
            continue
    raise HealingError


@transaction.atomic
def assign(*, by: access.Viewer, case: Case, user: User) -> Assignment:
    """The lead names a facilitator. She sees nothing of the case until she has declared that she is independent."""
    access.require(by, Permission.CASES_ASSIGN, case.site_id)
    if user.pk == by.user_id:
        raise HealingError(NOT_ONESELF)
    roles = Membership.objects.visible_to(by).filter(site=case.site_id, user=user, ended_at=None)
    if not roles.filter(role__in=with_permission(Permission.CASES_RUN)).exists():
        raise HealingError(NOT_A_FACILITATOR)
    standing = Assignment.objects.visible_to(by).filter(case=case, user=user, ended_at=None).first()
    if standing:
        return standing
    named = Assignment.objects.create(case=case, site_id=case.site_id, user=user, assigned_by=by.user_id)
    # The lead has no part in the case's own record: this stands in the site's.
    audit.record(by=by, verb="case.assigned", subject=case.site, detail=str(case.pk))
    return named


@transaction.atomic
def declare_independent(*, by: access.Viewer, assignment: Assignment) -> None:
    """Neither line management nor a care relation ties her to anybody in the case (M9). From now on she may see it."""
    own = Assignment.objects.visible_to(by).filter(pk=assignment.pk, user=by.user_id, ended_at=None)
    if not own.exists():
        raise NotAllowed
    if Participant.objects.visible_to(by).filter(case=assignment.case_id, user=by.user_id).exists():
        raise HealingError(NOT_INDEPENDENT)
    if own.filter(independent_at=None).update(independent_at=clock.now()):
        audit.record(by=access.reopened(by), verb="case.independent", subject=assignment)


@transaction.atomic
def step_back(*, by: access.Viewer, assignment: Assignment) -> None:
    """She is not independent, or cannot do it: the lead names somebody else."""
    own = Assignment.objects.visible_to(by).filter(pk=assignment.pk, user=by.user_id, independent_at=None)
    if own.filter(ended_at=None).update(ended_at=clock.now()):
        audit.record(by=by, verb="case.stepped_back", subject=assignment.site, detail=str(assignment.case_id))


@transaction.atomic
def close(*, by: access.Viewer, case: Case, reason: str) -> None:
    """End the work. Promises stay visible to the people they were made to; open invitations end."""
    access.require_case(by, case.pk)
    if case.status == CaseStatus.ARRANGED:
        raise HealingError(STILL_BOOKED)
    transitions.move(case, CaseStatus.CLOSED, by=by, why=reason, closed_at=clock.now(), close_reason=reason)
    invitations.revoke_standing(by=by, case=case)


@transaction.atomic
def reopen(*, by: access.Viewer, case: Case) -> None:
    """Take the work up again, at any time. A case that is open stays as it is."""
    access.require_case(by, case.pk)
    if not Case.objects.visible_to(by).select_for_update().filter(pk=case.pk, status=CaseStatus.CLOSED).exists():
        return
    transitions.move(case, CaseStatus.OPENED, by=by, closed_at=None, close_reason="")
    map_people(by=by, case=case)


def map_people(*, by: access.Viewer, case: Case) -> None:
    """Once somebody is there on both sides, the people are mapped."""
    people = Participant.objects.visible_to(by).filter(case=case, accompanies=None, left_at=None)
    if case.status == CaseStatus.OPENED and len(set(people.values_list("side", flat=True))) > 1:
        transitions.move(case, CaseStatus.MAPPED, by=by)
