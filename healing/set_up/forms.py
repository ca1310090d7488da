"""The parts of a site's set-up, each a form of its own: what it shows now, and what would change."""

from typing import Any, ClassVar
from zoneinfo import available_timezones

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from healing import clock
from healing.clocks import CLOCKS, FOLLOW_UPS
from healing.colours import readable_on_dark, readable_on_paper
from healing.crisis_lines import crisis_line, written_lines
from healing.forms import HealingForm
from healing.languages import all_languages, joined, language_label
from healing.models import Site
from healing.other_help import LONGEST_LINE, MOST_LINES, help_line
from healing.set_up import in_words, png
from healing.set_up.addresses import clean_host

MOST_LOGO_BYTES = 100 * 1024
ZONES = [(zone, zone) for zone in sorted(available_timezones())]


class Part(HealingForm):
    title: ClassVar[Any]
    lead: ClassVar[Any] = ""
    submit = _("Save")

    def __init__(self, *args: Any, site: Site | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.site = site  # none while it is only being made

    @classmethod
    def now(cls, site: Site) -> dict[str, Any]:
        return {name: getattr(site, name) for name in cls.base_fields if hasattr(site, name)}

    @classmethod
    def note(cls, site: Site) -> str:
        """What else there is to say about what stands there now."""
        return ""

    def changes(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class Colour(forms.CharField):
    widget = forms.TextInput(attrs={"class": "govuk-input--width-10", "spellcheck": "false"})


class LookForm(Part):
    title = _("Name and look")
    lead = _("Every page and message carries this name. A colour is taken only when people can read it.")
    name = forms.CharField(label=_("Name of the programme"), max_length=120)
    logo = forms.FileField(label=_("Logo"), required=False, help_text=_("A PNG file of at most 100 KB."))
    without_logo = forms.BooleanField(label=_("Show no logo"), required=False)
    logo_text = forms.CharField(
        label=_("What the logo says"), max_length=120, required=False, help_text=_("For people who do not see it.")
    )
    colour_brand = Colour(label=_("Main colour"), validators=[readable_on_paper])
    colour_link = Colour(label=_("Colour of links"), validators=[readable_on_paper])
    colour_brand_dark = Colour(label=_("Main colour on a dark screen"), validators=[readable_on_dark])
    colour_link_dark = Colour(label=_("Colour of links on a dark screen"), validators=[readable_on_dark])

    @classmethod
    def now(cls, site: Site) -> dict[str, Any]:
        return super().now(site) | {"logo": None}

    def clean_logo(self) -> bytes | None:
        upload = self.cleaned_data["logo"]
        if not upload:
            return None
        if upload.size > MOST_LOGO_BYTES:
            raise ValidationError(_("This file is too big. Choose one of at most 100 KB."))
        picture = png.clean(upload.read())
        if picture is None:
            raise ValidationError(_("This is not a PNG picture. Save the logo as PNG and choose it again."))
        return picture

    def changes(self) -> dict[str, Any]:
        changes = super().changes()
        if changes.pop("without_logo"):
            return changes | {"logo": b""}
        if changes["logo"] is None:
            del changes["logo"]
        return changes


class ReachForm(Part):
    title = _("How to reach you")
    lead = _("These stand at the end of every page and message.")
    phone = forms.CharField(label=_("Phone number of the programme"), max_length=40)
    crisis_lines = forms.CharField(
        label=_("Crisis lines"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One on each line, like this: Night line: 555 0199, from 20:00 to 08:00"),
    )

    def clean_crisis_lines(self) -> str:
        lines = written_lines(self.cleaned_data["crisis_lines"])
        for line in lines:
            if crisis_line(line) is None:
                raise ValidationError(
                    gettext(
                        "Write a name, a colon and a number. Put only spaces inside the number, and a comma before "
                        "other words. This line has something else: %(line)s"
                    ),
                    params={"line": line},
                )
        return "\n".join(lines)


class OtherHelpForm(Part):
    title = _("Other help for staff")
    lead = _(
        "Where your staff can go besides a peer. It is shown where they read about help and when a request has ended, "
        "and to supporters who point to other help. Leave it empty, and nothing is shown."
    )
    submit = _("Save as checked today")
    other_help = forms.CharField(
        label=_("One on each line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "Like this: Staff counselling: 555 0142, weekdays 9 to 17, free, they keep no record. "
            "Say who it is for, when, what it costs, and who hears of it. "
            "Without a number, say the way: Chaplain: quiet room on floor 2"
        ),
    )
    mark_optional = False

    @classmethod
    def note(cls, site: Site) -> str:
        return in_words.other_help_checked(site)

    def clean_other_help(self) -> str:
        lines = written_lines(self.cleaned_data["other_help"])
        if len(lines) > MOST_LINES:
            raise ValidationError(_("Write %(most)d lines at most."), params={"most": MOST_LINES})
        for line in lines:
            if len(line) > LONGEST_LINE:
                too_long = gettext("Write %(most)d characters on a line at most. This one is longer: %(line)s…")
                raise ValidationError(too_long, params={"most": LONGEST_LINE, "line": line[:40]})
            if help_line(line) is None:
                raise ValidationError(
                    gettext(
                        "Write a name, a colon, and a number or the way there. Put only spaces inside the number, and "
                        "a comma before other words. This line has something else: %(line)s"
                    ),
                    params={"line": line},
                )
        return "\n".join(lines)

    def changes(self) -> dict[str, Any]:
        """To save is to say that it was checked, also when nothing was changed."""
        assert self.site is not None
        written = self.cleaned_data["other_help"]
        return {"other_help": written, "other_help_checked_on": clock.today(self.site.time_zone) if written else None}


class AddressForm(Part):
    title = _("Address of the pages")
    lead = _("Several programmes can share one server. Each then needs an address of its own.")
    host = forms.CharField(
        label=_("The address of this site’s pages"),
        max_length=253,
        required=False,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none"}),
        help_text=_(
            "Like lakeside.example.org. With one programme, leave it empty. Whoever runs the server first points the "
            "name at it and adds the name to ALLOWED_HOSTS. After a change, print the posters again."
        ),
    )

    def clean_host(self) -> str:
        return clean_host(self.cleaned_data["host"], self.site)


class TimeForm(Part):
    title = _("Time and languages")
    lead = _("What can wait is sent on a working day at nine in the morning, in this time zone.")
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=ZONES)
    weekend = forms.MultipleChoiceField(
        label=_("Days on which you do not work"),
        choices=[(str(number), name) for number, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages in which people here can be supported"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Whoever asks for a peer chooses one for the talk. The language of the pages is not changed."),
        error_messages={"invalid_choice": _("One of these is not there any more. Look through the list again.")},
    )
    add_language = forms.ChoiceField(
        label=_("Add a language"),
        required=False,
        help_text=_("It comes last. To move one to the end, add it once more and take its tick away above."),
    )
    mark_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken = self.site.languages.split(",") if self.site else []
        fields: dict[str, Any] = self.fields
        fields["languages"].choices = [(code, language_label(code)) for code in spoken]
        fields["languages"].hints = dict.fromkeys(spoken[:1], _("The usual one, where nobody chooses."))
        fields["add_language"].choices = [("", _("No other")), *all_languages()]

    @classmethod
    def now(cls, site: Site) -> dict[str, Any]:
        return super().now(site) | {"weekend": site.weekend.split(","), "languages": site.languages.split(",")}

    def clean_weekend(self) -> str:
        if len(self.cleaned_data["weekend"]) == len(WEEKDAYS):
            raise ValidationError(_("Leave at least one day to work on."))
        return ",".join(self.cleaned_data["weekend"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        added = cleaned.pop("add_language", "")
        if "languages" not in cleaned:
            return cleaned
        spoken = [*cleaned["languages"], *([added] if added else [])]
        if not spoken:
            self.add_error("languages", _("Leave at least one language."))
            return cleaned
        try:
            cleaned["languages"] = joined(spoken)
        except ValidationError as error:
            self.add_error("add_language", error)
        return cleaned


CLOCK_GROUPS = [
    (_("After harm"), ("team_told", "first_words", "liaison_named", "review_finished", "update_interval")),
    (_("Before a conversation"), ("check_in_again", "assessment_valid")),
    (_("After a conversation"), FOLLOW_UPS),
    (_("Peer support"), ("peer_call_back", "peer_answer", "peer_lapses", "peer_keeps", "peer_hears")),
]


class ClocksForm(Part):
    title = _("Clocks")
    lead = _(
        "How long you give yourselves. In conversations, participants are never shown these as deadlines. In peer "
        "support, whoever asks reads how soon a call is returned."
    )
    layout = Layout(*(Fieldset(title, *names) for title, names in CLOCK_GROUPS))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, one in CLOCKS.items():
            self.fields[name] = forms.IntegerField(
                label=one.question,
                min_value=one.least,
                max_value=one.most,
                help_text=gettext("In %(unit)s. Usual: %(amount)s.") % vars(one),
                widget=forms.NumberInput(attrs={"class": "govuk-input--width-5"}),
                error_messages={"required": gettext("Give a number. Usual: %(amount)s.") % vars(one)},
            )

    @classmethod
    def now(cls, site: Site) -> dict[str, Any]:
        return {name: site.clocks.get(name, one.amount) for name, one in CLOCKS.items()}

    def changes(self) -> dict[str, Any]:
        """Only what differs from the usual is kept, so that a better default reaches every other site."""
        return {"clocks": {name: n for name, n in self.cleaned_data.items() if n != CLOCKS[name].amount}}


class KeepingForm(Part):
    title = _("How long words are kept")
    lead = _("After a case is closed. This is kept as your rule; nothing is erased by itself yet.")
    retention_years = forms.IntegerField(
        label=_("Years"),
        min_value=1,
        max_value=100,
        help_text=_("Ask your privacy officer which law counts for you."),
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
    )
