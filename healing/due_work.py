"""What is told to staff about their own account."""

from healing import access, due, mail
from healing.models import Due, Membership, User


@due.sending("account.welcome", repeatable=True)
def welcome(item: Due) -> mail.Message | None:
    """A colleague was added: there is something to look at, and a code opens the way in."""
    return _to(item, "staff_message")


@due.sending("account.changed", repeatable=True)
def changed(item: Due) -> mail.Message | None:
    """A way to sign in was added, changed or removed."""
    return _to(item, "account_changed")


def _to(item: Due, template: str) -> mail.Message | None:
    user = User.objects.filter(pk=item.subject, is_active=True).first()
    roles = Membership.objects.visible_to(access.current()).filter(user=item.subject, ended_at=None)
    role = roles.select_related("site").order_by("since").first()
    if user is None or role is None:
        return None
    return mail.build(template, subject="message", to=user.email, site=role.site)
