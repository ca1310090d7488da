"""The demo's sites and staff: each with a password that works only in the demo, and an authenticator of their own."""

import datetime
from datetime import timedelta

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings

from healing import access, clock
from healing.demo.seed.stories import PLACES, STAFF
from healing.models import Holiday, LegalNotice, Membership, Site, User

DOMAIN = "demo.example"
NOTICE = (
    "What you write here is kept for this work only. The law may still let a court or a regulator ask for it. "
    "If you are not sure what to write down, say it aloud and leave it out. "
    "This is an invented notice, not legal advice."
)
SUPPORT_NOTICE = (
    "A court may not ask a peer what you talked about. It may ask whether the two of you talked. "
    "This is an invented notice, not legal advice."
)


def make_places() -> dict[str, Site]:
    """Each site with a holiday and dated notices, so that they can be seen."""
    sites = {}
    for place in PLACES:
        site, _ = Site.objects.get_or_create(
            slug=place.slug,
            defaults={
                "name": place.name,
                "time_zone": place.time_zone,
                "phone": place.phone,
                "crisis_lines": place.crisis_lines,
                "other_help": place.other_help,
                "other_help_checked_on": clock.today(place.time_zone) - timedelta(days=40),
                **place.colours,
            },
        )
        today = clock.today(site.time_zone)
        Holiday.objects.get_or_create(site=site, day=datetime.date(today.year + 1, 1, 1), name="New Year's Day")
        for about, text in {"cases": NOTICE, "support": SUPPORT_NOTICE}.items():
            LegalNotice.objects.get_or_create(
                site=site,
                jurisdiction="Example",
                about=about,
                defaults={"text": text, "valid_from": today - timedelta(days=365)},
            )
        sites[place.slug] = site
    return sites


def make_staff(sites: dict[str, Site]) -> dict[str, User]:
    """Everybody who works there, by the first part of their address."""
    staff = {}
    for sign_in, name, place, role in STAFF:
        staff[sign_in] = user = account(sign_in, name=name)
        user.set_password(settings.DEMO_PASSWORD)
        user.save()
        if not Authenticator.objects.filter(user=user).exists():
            secret = get_adapter().encrypt(generate_totp_secret())
            Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": secret})
        with access.opened("site", sites[place].pk) as viewer:
            if not Membership.objects.visible_to(viewer).filter(user=user, site=sites[place], role=role).exists():
                Membership.objects.create(user=user, site=sites[place], role=role)
    return staff


def account(sign_in: str, name: str = "") -> User:
    email = sign_in if "@" in sign_in else f"{sign_in}@{DOMAIN}"
    return User.objects.with_address(email) or User.objects.create_user(email, name=name)
