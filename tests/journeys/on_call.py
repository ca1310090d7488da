"""Peer support as a journey needs it to begin: these colleagues on call, nobody asking. For the demo's shell."""

from datetime import datetime, timedelta

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings

from healing import clock
from healing.demo.seed.staff import account
from healing.models import Site
from support import house
from support.models import Alarm, Away, Due, Effect, Key, Request, Shift, Supporter, Swap

NOTHING_YET = {"backup": False, "last_turn": 0}
MINUTES = {"peer_answer": 10, "peer_call_back": 30}
SHIFT, LATER = timedelta(hours=25), timedelta(days=3)


def can_sign_in(secret: str, *names: str) -> None:
    """Each with the demo's password and an authenticator that shows what this secret says."""
    for name in names:
        user = account(name)
        user.set_password(settings.DEMO_PASSWORD)
        user.save()
        Authenticator.objects.filter(user=user).delete()
        kept = {"secret": get_adapter().encrypt(secret)}
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=kept)


def only(*names: str) -> None:
    """They are asked in this order. The first has a shift in three days as well."""
    Site.objects.filter(slug="harbour").update(clocks=MINUTES)
    users = [account(name).pk for name in names]
    with house.entered_by_worker() as by:
        for model in (Swap, Shift, Away, Alarm, Due, Effect):
            model.objects.visible_to(by).delete()
        asked = Request.objects.visible_to(by)
        Key.objects.visible_to(by).filter(holder__in=asked.values("pk")).delete()
        asked.delete()
        Supporter.objects.visible_to(by).update(**NOTHING_YET)
        people = [Supporter.objects.visible_to(by).get(user_id=user) for user in users]
        for turn, supporter in enumerate(people):
            Supporter.objects.visible_to(by).filter(pk=supporter.pk).update(last_turn=turn)
            _shift(supporter, clock.now() - timedelta(hours=1), SHIFT)
        for supporter in people[:1]:
            _shift(supporter, clock.now() + LATER, timedelta(hours=8))


def _shift(supporter: Supporter, start: datetime, long: timedelta) -> None:
    Shift(site_id=supporter.site_id, supporter=supporter, starts_at=start, ends_at=start + long).save(force_insert=True)
