"""What somebody who asks may wish for: two answers are needed, the others are theirs to give.

What can be chosen may change while the page is open. Nothing that was chosen is dropped: it counts, or it is said that
it cannot.
"""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from healing.languages import language_name
from healing.protected import ScopedQuerySet
from support.codes import FROM_WHERE, PROFESSIONS
from support.forms.asking import TicketForm
from support.models import Supporter

Choices = list[tuple[str, str]]
NO_ANSWER = ("", _("I would rather not say"))
NOBODY = ("", _("Nobody in particular"))
CHOSEN_BEFORE = _("The colleague you chose")  # who is not named in the list any more
CHOOSE_UNIT = _("Choose your unit, so that we know which one you mean. Or choose “It does not matter” below.")


def row_choice(label: Any, **options: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, required=False, coerce=UUID, empty_value=None, **options)


def gone(words: Any) -> dict[str, Any]:
    return {"invalid_choice": words}


class WishForm(TicketForm):
    """Questions that may stay open are folded away. One to which there is only one answer is not asked."""

    wishes: tuple[str, ...] = ("language",)
    fold: Any = _("If you like: the language")
    language = forms.ChoiceField(
        label=_("Language for the talk"),
        required=False,
        error_messages=gone(_("This language is not in the list any more. Choose another one.")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken = self.site.languages.split(",")
        self.fields["language"].choices = [(code, language_name(code)) for code in spoken]
        self.fields["language"].initial = get_language() if get_language() in spoken else spoken[0]
        self.leave_out(language=spoken[1:])

    @property
    def unfolded(self) -> bool:
        """Whatever was typed or is to be mended is in sight."""
        return self.is_bound and any(name in self.errors or name in self.changed_data for name in self.wishes)

    @property
    def folded(self) -> list[forms.BoundField]:
        return [self[name] for name in self.wishes if name in self.fields]

    def wish(self) -> dict[str, Any]:
        """Where no language is asked for, it is the site's first."""
        return super().wish() | {"language": self.cleaned_data.get("language") or self.site.languages.split(",")[0]}

    def leave_out(self, **choices: Any) -> None:
        """A question to which there is only one answer is not asked, unless another answer was given before."""
        nothing = ("", "any", self.site.languages.split(",")[0])
        given = {name for name, value in self.data.items() if value not in nothing}
        if "from_where" in given:
            given.add("unit")
        for name, others in choices.items():
            if not others and name not in given:
                del self.fields[name]


class UnitForm(WishForm):
    """Whoever leads the unit that is named is not called."""

    wishes = ("unit", "language")
    unit = row_choice(
        _("Your unit"),
        help_text=_("Nobody who leads your unit will be called."),
        error_messages=gone(
            _("This unit is not in the list any more. Choose your unit again, or “I would rather not say”.")
        ),
    )

    def __init__(self, *args: Any, units: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [NO_ANSWER, *units]
        self.leave_out(unit=units)

    def wish(self) -> dict[str, Any]:
        return super().wish() | {"unit_id": self.cleaned_data.get("unit")}


class AskForm(UnitForm):
    wishes = ("name", "unit", "from_where", "profession", "alike", "language", "avoid", "prefer")
    field_order = [*TicketForm.field_order, *wishes]
    fold = _("If you like: your name, and who calls you")
    name = forms.CharField(
        label=_("The name to use"),
        help_text=_("Any name you like."),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    from_where = forms.ChoiceField(
        label=_("A colleague from your own unit, or from another?"),
        choices=FROM_WHERE,
        widget=forms.RadioSelect,
        initial="any",
        required=False,
    )
    profession = forms.ChoiceField(label=_("Your work"), choices=[NO_ANSWER, *PROFESSIONS], required=False)
    alike = forms.BooleanField(label=_("Somebody with the same work would be good"), required=False)
    avoid = row_choice(
        _("Somebody who must not be called"),
        help_text=_("They are not told. Only colleagues who let themselves be listed can be chosen."),
    )
    prefer = row_choice(
        _("Somebody you would like"),
        help_text=_("If they can. If not, we call somebody else."),
        error_messages=gone(
            _("This colleague is not in the list any more. Choose somebody else, or “Nobody in particular”.")
        ),
    )

    def __init__(self, *args: Any, colleagues: Choices, recorded: ScopedQuerySet[Supporter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.recorded = recorded
        self.fields["avoid"].choices = [NOBODY, *colleagues, *self._avoided_before(colleagues)]
        self.fields["prefer"].choices = [NOBODY, *colleagues]
        self.leave_out(avoid=colleagues, prefer=colleagues)
        if "unit" not in self.fields:
            del self.fields["from_where"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("from_where") in ("own", "elsewhere") and not cleaned.get("unit") and "unit" not in self.errors:
            self.add_error("unit", CHOOSE_UNIT)
        if cleaned.get("alike") and not cleaned.get("profession"):
            self.add_error("profession", _("Choose your work, so that we know whom to look for."))
        if cleaned.get("avoid") and cleaned.get("avoid") == cleaned.get("prefer"):
            self.add_error("prefer", _("You chose the same colleague above. Choose somebody else here, or nobody."))
        return cleaned

    @property
    def secret(self) -> str:
        """Also of whoever must not be called and is not known: else the words would tell that nobody has this id."""
        return f"{super().secret}:{self.cleaned_data.get('avoid')}"

    def wish(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        told = {name: cleaned.get(name) or "" for name in ("name", "profession")}
        whom = {"prefer_id": cleaned.get("prefer"), "avoid_id": self._avoided()}
        from_where = cleaned.get("from_where") or "any"
        return super().wish() | told | whom | {"alike": cleaned["alike"], "from_where": from_where}

    def _avoided(self) -> UUID | None:
        """An id that belongs to nobody here keeps nobody away. The answer is the same: it tells nobody who supports."""
        return self.recorded.filter(pk=self.cleaned_data.get("avoid")).values_list("pk", flat=True).first()

    def _avoided_before(self, colleagues: Choices) -> Choices:
        """Whoever must not be called stays chosen, also when they are not listed any more."""
        chosen = self.data.get("avoid", "")
        return [] if chosen in dict(colleagues) or not is_id(chosen) else [(chosen, CHOSEN_BEFORE)]


def is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False
