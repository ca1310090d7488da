"""Where a request stands, for whoever asked: from their own request alone, and nothing of who was called for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from healing import clock
from support import house
from support.codes import ANSWERS, MET_NEED, REPLIES
from support.house import Visitor
from support.models import Reminder, Request
from support.models.requests import ENDED
from support.queries.on_call import OnCall, first_name, on_call

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Standing:
    request: Request
    stage: str  # waiting, claimed, reached or ended
    contact: str = ""
    who: str = ""  # the colleague's first name, once they have said that they will reach the asker
    reply: str = ""
    answer: str = ""  # what the asker has said to that colleague
    helped: str = ""  # what the asker has said of it, once it has ended
    on_call: OnCall | None = None
    begins_later: bool = False  # colleagues are called from a time that was chosen
    aim: datetime | None = None  # by when that colleague should have reached somebody who asked for a call now
    late: bool = False  # and that has passed
    minutes: int = 0  # within which somebody who asked for a call now should be reached

    @property
    def alone(self) -> bool:
        """They wait for somebody now, or nobody has talked with them: whom to ring is said."""
        if self.stage == "ended":
            return not self.request.contacts
        return self.stage in ("waiting", "claimed") and not self.begins_later


def with_words(by: Visitor, fingerprint: str) -> Request | None:
    """The request that these words belong to, as long as anything of it is kept for its asker."""
    house.show_words(by, fingerprint)
    rows = Request.objects.visible_to(by).select_related("site", "supporter").filter(words_hash=fingerprint)
    return _kept(rows.first())


def of_account(by: Visitor) -> list[Request]:
    rows = Request.objects.visible_to(by).select_related("site", "supporter")
    return list(rows.filter(asker=by.user_id).exclude(asker=None).order_by("asked_at"))


def reminders(by: Visitor, fingerprint: str) -> list[Reminder]:
    """Letters to come. From here on the request is out of reach, until its own fingerprint is shown again."""
    house.show_words(by, fingerprint)
    return list(Reminder.objects.visible_to(by).select_related("site").filter(words_hash=fingerprint).order_by("on"))


def standing(by: Visitor, request: Request, *, just_sent: bool = False) -> Standing:
    """The contact is whole only where it was typed just now: whoever finds the words must not find a person."""
    if request.status in ENDED:
        return Standing(request, "ended", helped=str(dict(MET_NEED).get(request.met_need, "")))
    house.take(by, request.pk)
    now, aim = clock.now(), _aim(request) if request.status == "claimed" else None
    who = first_name(request.supporter) if request.supporter and request.status != "waiting" else ""
    return Standing(
        request,
        stage=request.status,
        contact=request.contact if just_sent else hint(request.contact),
        who=who,
        reply=str(dict(REPLIES).get(request.reply, "")),
        answer=str(dict(ANSWERS).get(request.answer, "")),
        on_call=on_call(by, request.site, request.asker) if request.status == "waiting" else None,
        minutes=int(request.site.clock("peer_call_back") / MINUTE) if request.when == "now" else 0,
        aim=aim,
        late=aim is not None and aim <= now,
        begins_later=request.begin_at is not None and request.begin_at > now,
    )


def _aim(request: Request) -> datetime | None:
    return request.wanted_from + request.site.clock("peer_call_back") if request.when == "now" else None


def hint(contact: str) -> str:
    """Enough to know a number or an address by, and too little to reach anybody."""
    return f"{contact[:1]}…{contact[-2:]}" if "@" in contact else f"…{contact[-2:]}"


def _kept(request: Request | None) -> Request | None:
    """What was taken back, or will be forgotten today, is as good as forgotten."""
    if request is None or request.status not in ENDED:
        return request
    if request.encounter is None:
        return None
    today = clock.today(request.site.time_zone)
    return request if request.forget_on and request.forget_on > today else None
