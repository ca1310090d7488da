"""Planning a conversation, booking it, calling it off, and how it ended."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from cases import texts
from cases.models import Participant
from cases.models.consent import Form
from facilitation.actions.notices import FOR_ALL
from facilitation.models import Invitee, Meeting
from facilitation.queries.people import called
from healing import clock
from healing.forms import DatePartsField, HealingForm
from healing.models import Site

WHY = [choice for choice in Meeting.Why.choices if choice[0] != Meeting.Why.NOT_AGREED]
SHORTEST, LONGEST = 15, 480


class PlanForm(HealingForm):
    form = forms.ChoiceField(label=_("In which form?"), choices=Form.choices, widget=forms.RadioSelect)
    people = forms.MultipleChoiceField(label=_("Who is to be there?"), widget=forms.CheckboxSelectMultiple)
    submit = _("See what is still missing")

    def __init__(self, *args: Any, people: list[Participant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_key = {str(person.pk): person for person in people}
        self.fields["people"].choices = [(key, called(person)) for key, person in self.by_key.items()]

    def chosen(self) -> list[Participant]:
        return [self.by_key[key] for key in self.cleaned_data["people"]]


class CareForm(HealingForm):
    """One line for each person invited: who is there for them."""

    submit = _("Save")
    mark_optional = False

    def __init__(self, *args: Any, invitees: list[Invitee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitees = invitees
        for invitee in invitees:
            who = called(invitee.participant)
            self.fields[str(invitee.pk)] = forms.CharField(
                label=_("Who is there for %(who)s during the conversation and afterwards?") % {"who": who},
                required=False,
                initial=invitee.aftercare,
            )

    def named(self) -> list[tuple[Invitee, str]]:
        return [(invitee, self.cleaned_data[str(invitee.pk)].strip()) for invitee in self.invitees]


class BookForm(HealingForm):
    """When and where. The time is the one on the wall at the site."""

    day = DatePartsField(label=_("Which day?"))
    at = forms.TimeField(
        label=_("At what time does it begin?"),
        help_text=_("For example, 14:30."),
        error_messages={"invalid": _("Write the time like this: 14:30.")},
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "inputmode": "text"}),
    )
    minutes = forms.IntegerField(
        label=_("How many minutes will you set aside?"),
        initial=90,
        min_value=SHORTEST,
        max_value=LONGEST,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-3", "inputmode": "numeric"}),
    )
    place = forms.CharField(label=_("Where, or how do they join?"), max_length=300)
    people = forms.CharField(
        label=_("Who will be there?"),
        help_text=_("Everybody reads these same words. Name people only as they have agreed to be named."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    submit = _("See what each person will read")

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(site.time_zone)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        day, at = cleaned.get("day"), cleaned.get("at")
        if day and at:
            try:
                cleaned["starts_at"] = moment(day, at, self.zone)
            except forms.ValidationError as problem:
                self.add_error("at", problem)
        if cleaned.get("starts_at") and cleaned["starts_at"] <= clock.now():
            self.add_error("day", _("Choose a day and a time that are still to come."))
        return cleaned

    def booked(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("starts_at", "minutes", "place", "people")}


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment when the clock on the wall shows this. An hour that is skipped or comes twice is asked again."""
    wall = datetime.combine(day, at)
    first, second = wall.replace(tzinfo=zone), wall.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall:
        raise forms.ValidationError(_("The clocks go forward, and this time is skipped. Choose one before or after."))
    raise forms.ValidationError(_("The clocks go back, and this time comes twice. Choose one before or after."))


class CancelForm(HealingForm):
    why = forms.ChoiceField(
        label=_("Why? Only facilitators of this case see it."), choices=WHY, widget=forms.RadioSelect
    )
    submit = _("Call it off")


class HeldForm(HealingForm):
    ended_how = forms.ChoiceField(label=_("How did it end?"), choices=Meeting.Ended.choices, widget=forms.RadioSelect)
    submit = _("Note it")


class NextWordForm(HealingForm):
    """The same neutral words for everybody, and the day by which all of them hear something again."""

    code = forms.ChoiceField(label=_("Which words?"), widget=forms.RadioSelect)
    day = DatePartsField(label=_("By which day will everybody hear from you again?"))
    submit = _("Publish it to everybody in the case")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        notices = {code: texts.notice(code) for code in FOR_ALL}
        self.fields["code"].choices = [(code, notice.title) for code, notice in notices.items()]
        self.fields["code"].hints = {code: " ".join(n.sentences).format(date="…") for code, n in notices.items()}

    def clean_day(self) -> date:
        day = self.cleaned_data["day"]
        if day <= self.today:
            raise forms.ValidationError(_("Choose a day after today."))
        return day
