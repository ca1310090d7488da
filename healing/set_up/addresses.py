"""The address of a site's own pages: one that the server answers, and that leads to no other site.

Whoever is found at the server's usual address stays there: posters with that address hang on walls.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http.request import validate_host
from django.utils.translation import gettext as _

from healing.errors import HealingError
from healing.models import Site
from healing.sites import answering, usual_host

PART = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"{PART}(?:\.{PART})+")


def clean_host(typed: str, site: Site | None) -> str:
    """`site` is the one that it is for, if it is there already."""
    host = typed.strip().lower()
    if not host:
        _require_the_usual_one(site)
        return ""
    if not HOST.fullmatch(host) or len(host) > 253:
        raise ValidationError(_("Write the name alone, like lakeside.example.org, with nothing before or after it."))
    if not validate_host(host, settings.ALLOWED_HOSTS):
        raise ValidationError(_("The server does not answer at this address yet. Add it to ALLOWED_HOSTS first."))
    other = answering(host)
    is_its_own = other is not None and (other.host == host or host == usual_host())
    if other is not None and is_its_own and other != site:
        raise ValidationError(_taken_by(other))
    if host != usual_host() and answering(usual_host()) == site:  # none at all: the first site is being made
        raise ValidationError(_not_from_the_usual_one(site))
    return host


def _require_the_usual_one(site: Site | None) -> None:
    """Without an address of its own, a site that had one is found at the server's usual address."""
    if site is None or not site.host:
        return
    other = Site.objects.exclude(pk=site.pk).filter(host__in=["", usual_host()]).order_by("-host", "created_at").first()
    if other:
        raise ValidationError(
            _("People would find %(name)s at the server’s usual address. This site needs one of its own."),
            params={"name": other},
        )


def _not_from_the_usual_one(site: Site | None) -> str:
    if site and site.host:
        return _("People find this site at the server’s usual address. Keep it.")
    return _("People find this site at the server’s usual address. Leave this empty.")


def _taken_by(other: Site | None) -> str:
    return _("People find %(name)s at this address. Choose another one.") % {"name": other}


@contextmanager
def taken_at_once(host: str) -> Iterator[None]:
    """Two may save the same address at the same moment. The second is told what they would have been told later."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "one_site_per_address" not in str(error):
            raise
        raise HealingError(_taken_by(answering(host))) from None
