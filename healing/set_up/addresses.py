"""The address of a site's own pages: one that the server answers, and that leads to no other site."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http.request import validate_host
from django.utils.translation import gettext as _

from healing.models import Site
from healing.sites import answering, usual_host

PART = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"{PART}(?:\.{PART})+")


def clean_host(typed: str, site: Site | None) -> str:
    """`site` is the one that it is for, if it is there already."""
    host = typed.strip().lower()
    at_usual = answering(usual_host())
    if not host:
        if site and site.host and at_usual and at_usual != site:
            raise ValidationError(
                _("People find %(name)s at the server’s usual address. This site needs one of its own."),
                params={"name": at_usual},
            )
        return ""
    if not HOST.fullmatch(host) or len(host) > 253:
        raise ValidationError(_("Write the name alone, like lakeside.example.org, with nothing before or after it."))
    if not validate_host(host, settings.ALLOWED_HOSTS):
        raise ValidationError(_("The server does not answer at this address yet. Add it to ALLOWED_HOSTS first."))
    other = answering(host)
    is_its_own = other is not None and (other.host == host or host == usual_host())
    if other is not None and is_its_own and other != site:
        raise ValidationError(_("People find %(name)s at this address. Choose another one."), params={"name": other})
    return host
