"""Letters on days that somebody chose: an anniversary, a hearing. Whoever asked for one can take it back."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from healing.models import Site
from healing.pages import FormPage
from support.actions import reminding
from support.forms.replying import RemindForm
from support.models import Reminder
from support.pages import SupportPage
from support.queries import standing


class Letters(SupportPage, FormPage):
    """`whose` is what the letters hang on: the fingerprint of reply words, or of an account."""

    template = "support/asking/remind.html"
    site: Site

    def whose(self) -> str:
        raise NotImplementedError

    def letters(self) -> list[Reminder]:
        return standing.reminders(self.viewer, self.whose())

    def answer(self) -> HttpResponse:
        if "remove" in self.request.POST:
            return self.take_back()
        return self.add() if "sure" in self.request.POST else self.listed()

    def add(self) -> HttpResponse:
        form = RemindForm(self.request.POST, site=self.site)
        if not form.is_valid():
            return self.render(form=form, letters=self.letters(), status=422)
        reminding.remind(by=self.viewer, site=self.site, fingerprint=self.whose(), **form.cleaned_data)
        return self.listed(_("We will write to you on this day."))

    def take_back(self) -> HttpResponse:
        for letter in self.letters():
            if str(letter.pk) == self.request.POST["remove"]:
                reminding.forget_mine(by=self.viewer, reminder=letter)
        return self.listed(_("This letter is taken back. Your address is erased."))

    def listed(self, said: str = "") -> HttpResponse:
        form = RemindForm(site=self.site, initial=self.initial())
        return self.render(form=form, letters=self.letters(), said=said)
