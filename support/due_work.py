"""What peer support does by itself: calling, escalating, erasing, and messages that say nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.urls import reverse

from healing import access, clock, due, mail, push, sites, sms
from healing.models import Site, User
from support.actions import closing, news, paging, records, reminding
from support.house import Visitor
from support.models import Channel, Due, Effect, Reminder, Request, Supporter

LETTER_LATE = timedelta(hours=1)
LETTER_TOO_LATE = timedelta(days=14)  # for so long whoever runs the installation can mend what kept it


@due.act("support.find")
def find(item: Due) -> None:
    paging.call_next(by=_here(), request_id=item.subject)


@due.act("support.overdue")
def overdue(item: Due) -> None:
    paging.overdue(by=_here(), request_id=item.subject)


@due.act("support.shift_over")
def shift_over(item: Due) -> None:
    if item.to:
        paging.shift_over(by=_here(), request_id=item.subject, supporter=item.to)


@due.act("support.rouse")
def rouse(item: Due) -> None:
    paging.rouse(by=_here(), site_id=item.subject)


@due.act("support.lapse")
def lapse(item: Due) -> None:
    closing.lapse(by=_here(), request_id=item.subject)


@due.act("support.tend")
def tend(item: Due) -> None:
    paging.tend(by=_here(), request_id=item.subject)


@due.act("support.changed")
def changed(item: Due) -> None:
    news.tell(by=_here(), request_id=item.subject)


@due.act("support.forgotten")
def forgotten(item: Due) -> None:
    news.forgotten(by=_here(), request_id=item.subject)


@due.act("support.erase")
def erase(item: Due) -> None:
    closing.erase_later(by=_here(), request_id=item.subject)


@due.act("support.forget")
def forget(item: Due) -> None:
    closing.forget(by=_here(), request_id=item.subject)


@due.act("support.left")
def left(item: Due) -> None:
    records.let_go(by=_here(), supporter_id=item.subject)


@due.sending("support.page", repeatable=True)
def page(item: Due) -> due.Message | None:
    """To one supporter on one way: something waits for you. Kept back when they are not asked any more."""
    return _on_one_way(item, paging.still_paged)


@due.sending("support.news", repeatable=True)
def told(item: Due) -> due.Message | None:
    """The same about a request that is with them. Kept back when it is not any more."""
    return _on_one_way(item, news.still_with)


def _on_one_way(item: Due, concerns: Callable[[Visitor, UUID, UUID], bool]) -> due.Message | None:
    channel = _channel(item)
    supporter = _supporter(channel.supporter_id if channel else item.to)
    if supporter is None or not concerns(_here(), item.subject, supporter.pk):
        return None
    return _by_channel(channel) if channel else _letter(_address(supporter.user_id), supporter.site)


def _channel(item: Due) -> Channel | None:
    return Channel.objects.visible_to(_here()).filter(pk=item.to).first()


def _by_channel(channel: Channel) -> due.Message:
    if channel.kind == "sms":
        return sms.TextMessage(to=channel.address, body=f"{mail.SUBJECTS['message']}: {mail.url('message')}")
    return Device(channel)


@due.sending("support.alarm", repeatable=True)
def alarm(item: Due) -> due.Message | None:
    """To a coordinator on one way: something waits for you. Kept back when somebody has said yes meanwhile."""
    rows = Request.objects.visible_to(_here()).select_for_update(no_key=True, of=("self",)).select_related("site")
    request = rows.filter(pk=item.subject).exclude(alarm=None).first()
    if request is None:
        return None
    channel = _channel(item)
    return _by_channel(channel) if channel else _letter(_address(item.to), request.site)


@due.sending("support.swap", repeatable=True)
def swap(item: Due) -> mail.Message | None:
    """To a supporter: a colleague asks for or has taken a shift."""
    supporter = _supporter(item.to)
    return _letter(_address(supporter.user_id), supporter.site) if supporter else None


@due.sending("support.reminder")
def reminder(item: Due) -> mail.Message | None:
    """To somebody who asked for a letter on this day."""
    row = Reminder.objects.visible_to(_here()).select_for_update(of=("self",)).select_related("site")
    found = row.filter(pk=item.subject).first()
    if found is None:
        return None
    if found.on > clock.today(found.site.time_zone):  # the site has another time zone since
        reminding.plan_letter(found)
        return None
    own = sites.address(found.site, reverse("start"))  # and no page whose address would say what it is about
    return mail.build("support_reminder", subject="message", to=found.address, site=found.site, sign_in_url=own)


@due.act("support.reminded")
def reminded(item: Due) -> None:
    """The letter has left, or it is too late for it: its address and its key go. Until then they stay."""
    rows = Reminder.objects.visible_to(_here()).filter(pk=item.subject).select_related("site")
    found = rows.first()
    if found and _is_to_leave(found):
        reminding.plan_end(found, at=clock.now() + LETTER_LATE)
    else:
        closing.forget_reminder(by=_here(), reminder_id=item.subject)


def _is_to_leave(letter: Reminder) -> bool:
    """It waits, or it was set aside and may be taken up again. What may have left counts as left."""
    rows = Due.objects.visible_to(_here()).filter(subject=letter.pk, kind="support.reminder")
    if rows.filter(state="stuck").exists() and clock.today(letter.site.time_zone) > letter.on + LETTER_TOO_LATE:
        return False
    may_have_left = Effect.objects.visible_to(_here()).filter(subject=letter.pk, state="ambiguous").exists()
    return rows.exists() and not may_have_left


@dataclass(frozen=True)
class Device:
    """A supporter's phone or computer. One that has stopped taking messages is dropped, and the other ways remain."""

    channel: Channel

    def hand_over(self, *, key: str) -> None:
        try:
            push.PushMessage(endpoint=self.channel.address).hand_over(key=key)
        except push.Gone:
            self.channel.delete()


def _here() -> Visitor:
    visitor = access.current()
    assert isinstance(visitor, Visitor)
    return visitor


def _supporter(pk: UUID | None) -> Supporter | None:
    rows = Supporter.objects.visible_to(_here()).filter(pk=pk, ended_on=None)
    return rows.select_related("site").first()


def _address(user: UUID | None) -> str:
    return User.objects.filter(pk=user, is_active=True).values_list("email", flat=True).first() or ""


def _letter(to: str, site: Site) -> mail.Message | None:
    """Every letter to whoever supports or coordinates is the same: an inbox cannot tell one from the other."""
    url = mail.url("message")
    return mail.build("staff_message", subject="message", to=to, site=site, sign_in_url=url) if to else None
