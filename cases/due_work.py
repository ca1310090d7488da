"""What cases send or forget when it is due."""

from cases.actions import invitations
from cases.importers import load
from cases.models import Invitation, Participant, SafeContact
from healing import access, due, mail
from healing.models import Due, Site


@due.sending("invitation.letter")
def invitation_letter(item: Due) -> mail.Message | None:
    """The link into a room, unless it was taken back, the person is paused, or email is no longer safe."""
    worker = access.current()
    unused = invitations.standing(Invitation.objects.visible_to(worker).select_for_update(no_key=True))
    invitation = unused.filter(pk=item.subject).first()
    if invitation is None:
        return None
    room = Participant.objects.visible_to(worker).select_for_update(no_key=True, of=("self",)).select_related("site")
    person = room.get(pk=invitation.participant_id)
    card = SafeContact.objects.visible_to(worker).select_for_update(no_key=True).get(participant=person)
    if person.is_paused or person.left_at or not card.email_ok or invitations.said_no(worker, person):
        return None
    return mail.build(
        "invitation",
        subject="message",
        to=card.email,
        site=Site.objects.get(pk=person.site_id),
        link=mail.url("invitation", invitations.token_of(invitation)),
    )


@due.act("import.forget")
def forget_previews(item: Due) -> None:
    """Files of a site that were looked at and then forgotten about."""
    with access.opened("site", item.subject) as site:
        load.forget_old(by=site)
