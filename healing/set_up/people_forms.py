"""Who works at a site, and in which role."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from healing.forms import HealingForm
from healing.roles import ROLES


class RoleField(forms.ChoiceField):
    """One of the roles, each with what it lets somebody do."""

    widget = forms.RadioSelect
    hints: ClassVar[dict[str, str]] = {role.value: words[1] for role, words in ROLES.items()}

    def __init__(self) -> None:
        super().__init__(label=_("Which role?"), choices=[(role.value, words[0]) for role, words in ROLES.items()])


class ColleagueForm(HealingForm):
    submit = _("Add this colleague")
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Colleagues see it, and the people they help."))
    email = forms.EmailField(label=_("Email address at work"))
    role = RoleField()


class RoleForm(HealingForm):
    submit = _("Give this role")
    role = RoleField()
