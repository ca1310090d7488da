"""How somebody can be reached without harm, as they say it themselves."""

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.people import ContactForm


class OwnContactForm(ContactForm):
    """The card that the facilitators see, in words to the person whose card it is."""

    submit = _("Save")
    mark_optional = False
    email = forms.EmailField(
        label=_("Email address"),
        required=False,
        error_messages={"invalid": _("Write an email address, like name@example.org.")},
    )
    email_ok = forms.BooleanField(label=_("It is safe to write to this address"), required=False)
    phone = forms.CharField(label=_("Phone number"), required=False, max_length=40)
    text_ok = forms.BooleanField(label=_("It is safe to send a text message"), required=False)
    voicemail_ok = forms.BooleanField(label=_("It is safe to leave a voice message"), required=False)
    times = forms.CharField(
        label=_("When is a good time to call?"),
        help_text=_("For example: weekdays after two, not on Friday."),
        required=False,
        max_length=200,
    )
    layout = Layout(
        Fieldset(_("By email"), "email", "email_ok"),
        Fieldset(_("By phone"), "phone", "text_ok", "voicemail_ok", "times"),
    )
