"""What facilitation does when it is due. A letter asks again, under a lock that a withdrawal waits for."""

from uuid import UUID

from cases.models import Consent, Notice, Participant, SafeContact
from cases.models.consent import ConsentStatus, Purpose
from facilitation import gate, letters
from facilitation.actions import calling_off
from facilitation.models import Attendance, FollowUp, Meeting
from healing import access, clock, due, mail
from healing.models import Due, Site


@due.act("conversation.review")
def review(item: Due) -> None:
    calling_off.review(by=access.current(), participant_id=item.subject)


@due.act("conversation.tell_off")
def tell_off(item: Due) -> None:
    calling_off.tell_off(by=access.current(), meeting_id=item.subject)


@due.sending("appointment.letter")
def appointment_letter(item: Due) -> mail.Message | None:
    """Goes out only while the conversation is booked, still to come, and everybody in it still agrees."""
    worker = access.current()
    attendance = Attendance.objects.visible_to(worker).get(pk=item.subject)
    meetings = Meeting.objects.visible_to(worker).select_related("case").select_for_update(no_key=True, of=("self",))
    meeting = meetings.get(pk=attendance.meeting_id)
    booked = meeting.status == Meeting.Status.CONFIRMED and meeting.starts_at > clock.now()
    if not booked or not gate.all_agree(worker, meeting):
        return None
    return _appointment(attendance, off=False)


@due.sending("appointment.off")
def appointment_off(item: Due) -> mail.Message | None:
    """Everybody who had the appointment gets the same note, whoever was the cause.

    Somebody who has stopped or paused was promised that nothing more is sent: their page says it, no letter does.
    """
    worker = access.current()
    attendance = Attendance.objects.visible_to(worker).get(pk=item.subject)
    return _appointment(attendance, off=True) if _takes_part(worker, attendance.participant_id) else None


@due.sending("notice.letter")
def notice_letter(item: Due) -> mail.Message | None:
    """There is something to read: sent to every room alike, but to nobody who said no, stopped or paused."""
    notice = Notice.objects.visible_to(access.current()).get(pk=item.subject)
    address, site = _address(notice.participant_id), _site(notice.participant_id)
    may = bool(address) and _may_hear(access.current(), notice.participant_id)
    return mail.build("message", subject="message", to=address, site=site) if may else None


@due.sending("followup.letter")
def followup_letter(item: Due) -> mail.Message | None:
    """Asks how somebody is, if they still take part, have not paused and did not ask to be left out."""
    worker = access.current()
    planned = FollowUp.objects.visible_to(worker).select_for_update(no_key=True)
    follow_up = planned.filter(pk=item.subject, status=FollowUp.Status.PLANNED).first()
    if follow_up is None or not _takes_part(worker, follow_up.participant_id):
        return None
    address, site = _address(follow_up.participant_id), _site(follow_up.participant_id)
    if not address:
        return None
    planned.filter(pk=follow_up.pk).update(status=FollowUp.Status.SENT, sent_at=clock.now())
    return mail.build("followup", subject="message", to=address, site=site)


def _appointment(attendance: Attendance, *, off: bool) -> mail.Message | None:
    address, site = _address(attendance.participant_id), _site(attendance.participant_id)
    return letters.appointment(attendance, to=address, site=site, off=off) if address else None


def _takes_part(worker: access.Viewer, participant_id: UUID) -> bool:
    people = Participant.objects.visible_to(worker).select_for_update(no_key=True)
    person = people.get(pk=participant_id)
    consents = Consent.objects.visible_to(worker).select_for_update(no_key=True)
    yes = consents.filter(participant=person, purpose=Purpose.TAKE_PART, status=ConsentStatus.GIVEN).first()
    return yes is not None and not person.is_paused and person.left_at is None


def _may_hear(worker: access.Viewer, participant_id: UUID) -> bool:
    """Somebody who has come in and not answered yet may be told that there is something to read."""
    person = Participant.objects.visible_to(worker).select_for_update(no_key=True).get(pk=participant_id)
    consents = Consent.objects.visible_to(worker).select_for_update(no_key=True)
    answer = consents.filter(participant=person, purpose=Purpose.TAKE_PART).first()
    open_to_it = answer is None or answer.status in (ConsentStatus.ASKED, ConsentStatus.GIVEN)
    return open_to_it and person.user_id is not None and not person.is_paused and person.left_at is None


def _address(participant_id: UUID) -> str:
    """The e-mail address that is safe to use, or nothing: then a facilitator calls."""
    cards = SafeContact.objects.visible_to(access.current()).select_for_update(no_key=True)
    card = cards.filter(participant=participant_id, email_ok=True).first()
    return card.email if card else ""


def _site(participant_id: UUID) -> Site:
    return Participant.objects.visible_to(access.current()).select_related("site").get(pk=participant_id).site
