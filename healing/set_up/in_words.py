"""What stands in each part of a site's set-up, in words; and what is still missing before staff can rely on it."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healing import clock
from healing.crisis_lines import written_lines
from healing.models import LegalNotice, Site
from healing.other_help import is_to_check


def reach(site: Site) -> str:
    number = len(written_lines(site.crisis_lines))
    lines = ngettext("%d crisis line", "%d crisis lines", number) % number if number else _("No crisis line yet")
    return f"{site.phone}\n{lines}"


def other_help(site: Site) -> str:
    number = len(written_lines(site.other_help))
    lines = ngettext("%d line", "%d lines", number) % number
    return f"{lines}\n{other_help_checked(site)}" if number else _("None yet")


def other_help_checked(site: Site) -> str:
    if site.other_help_checked_on is None:
        return ""
    said = _("Checked on %(day)s.") % {"day": date_format(site.other_help_checked_on, _("j F Y"))}
    if not is_to_check(site.other_help_checked_on, clock.today(site.time_zone)):
        return said
    return said + " " + _("That is over a year ago. Try each number once more, then save.")


def holidays(site: Site) -> str:
    number = site.holidays.filter(day__gte=clock.today(site.time_zone)).count()
    return ngettext("%d day to come", "%d days to come", number) % number if number else _("None to come")


def notices(site: Site) -> str:
    """Each kind is shown on its own pages only, so that one does not stand in for the other."""
    written = list(site.legal_notices.values_list("about", flat=True))
    kinds = {
        LegalNotice.About.CASES: _("About conversations: %s"),
        LegalNotice.About.SUPPORT: _("About peer support: %s"),
    }
    return "\n".join(said % (written.count(kind) or _("none yet")) for kind, said in kinds.items())


def keeping(site: Site) -> str:
    return ngettext("%d year", "%d years", site.retention_years) % site.retention_years


def clocks(site: Site) -> str:
    own = len(site.clocks)
    return (
        ngettext("%d changed, the rest as usual", "%d changed, the rest as usual", own) % own if own else _("As usual")
    )
