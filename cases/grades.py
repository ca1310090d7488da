"""What each grade of harm means, in our own words. The steps follow AHRQ v1.2 and LFPSE v5; if in doubt, the higher."""

from django.utils.translation import gettext_lazy as _

IN_DOUBT = _("If in doubt, choose the higher grade. A grade can be changed at any time, and each one is kept.")

PHYSICAL = {
    "none": _("It reached the person, and their body came to no harm."),
    "low": _("Slight and short. Extra watching or a small treatment was enough."),
    "moderate": _("It needed more treatment or a longer stay, or the person could do less for a while."),
    "severe": _("It lasts, shortened life, or put life at risk."),
    "fatal": _("The person died, and what happened played a part or may have."),
    "unknown": _("Nobody can say yet."),
}
PSYCHOLOGICAL = {
    "none": _("No distress beyond an ordinary day's."),
    "low": _("Distress that passes in days, with no more than kindness and explanation."),
    "moderate": _("Distress that needs help, or that holds the person back for weeks."),
    "severe": _("Distress that lasts for months, or changes how the person lives."),
    "unknown": _("Nobody has asked yet."),
}
EVENT_NEEDS_NO_ERROR = _(
    "A harm event needs no error, and nobody who caused it. It is here because somebody was harmed or may have been."
)
