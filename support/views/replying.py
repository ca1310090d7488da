"""With the reply words: where a request stands, and what its asker wants changed. The words are only ever posted."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from healing.models import Site
from healing.pages import FormPage
from healing.sites import set_site
from support.actions import reminding
from support.forms.replying import RateForm, RemindForm, WordsForm
from support.models import Reminder, Request
from support.pages import PublicPage
from support.queries import standing
from support.views import acts
from support.words import fingerprint, letters_fingerprint

ONE_A_DAY = _(
    "A letter comes on this day already, so we added none. To use another address, take that letter back first."
)


class WithWords(PublicPage, FormPage):
    """Finds what the words in the form belong to. Unknown words and words of what is forgotten give the same page."""

    home = "support_reply"
    words = ""

    def find(self) -> Request | None:
        typed = WordsForm(self.request.POST)
        if not typed.is_valid():
            return None
        self.words = typed.cleaned_data["words"]
        return standing.with_words(self.viewer, fingerprint(self.words))

    def nothing(self) -> HttpResponse:
        return self.render("support/asking/nothing.html")

    def shown(self, said: Any = "", whole: UUID | None = None) -> HttpResponse:
        """Where it stands; when nothing is left of it, the letters that are still to come."""
        asked = standing.with_words(self.viewer, fingerprint(self.words))
        if asked is None:
            return self.render("support/asking/stands.html", letters=self.letters(), said=said)
        stands = standing.standing(self.viewer, asked, just_sent=asked.pk == whole)
        rating = RateForm.about(asked)
        return self.render("support/asking/stands.html", stands=stands, rating=rating, said=said)

    def letters(self) -> list[Reminder]:
        return standing.reminders(self.viewer, letters_fingerprint(self.words)) if self.words else []

    def context(self) -> dict[str, Any]:
        hidden = {"name": "words", "value": self.words}
        return super().context() | {"hidden": hidden, "home_url": reverse(self.home), "in_account": False}


class Time(WithWords, acts.ChangeTime):
    pass


class Contact(WithWords, acts.ChangeContact):
    pass


class Say(WithWords, acts.SayToColleague):
    pass


class Other(WithWords, acts.AskForSomeoneElse):
    pass


class Cancel(WithWords, acts.TakeBack):
    pass


class Rate(WithWords, acts.SayIfItHelped):
    pass


class Remind(WithWords):
    """Letters on days that somebody chose. They can be taken back as long as the words are there."""

    template = "support/asking/remind.html"
    site: Site
    asked: Request | None = None

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.asked, letters = self.find(), self.letters()
        if self.asked is None and not letters:
            return self.nothing()
        self.site = self.asked.site if self.asked else letters[0].site
        set_site(self.request, self.site)
        if "remove" in request.POST:
            return self.take_back(letters)
        return self.add() if "sure" in request.POST else self.render(form=RemindForm(site=self.site), letters=letters)

    def context(self) -> dict[str, Any]:
        return super().context() | {"asked": self.asked}

    def add(self) -> HttpResponse:
        form = RemindForm(self.request.POST, site=self.site)
        if not form.is_valid():
            return self.render(form=form, letters=self.letters(), status=422)
        asked = {"fingerprint": letters_fingerprint(self.words), **form.cleaned_data}
        if reminding.remind(by=self.viewer, site=self.site, **asked):
            return self.listed(_("We will write to you on this day."))
        return self.render(form=form, letters=self.letters(), said=ONE_A_DAY)

    def take_back(self, letters: list[Reminder]) -> HttpResponse:
        letter = next((one for one in letters if str(one.pk) == self.request.POST["remove"]), None)
        if letter is None:
            return self.listed(_("This letter has left already, or was taken back before."))
        reminding.forget_mine(by=self.viewer, reminder=letter)
        return self.listed(_("This letter is taken back. Your address is erased."))

    def listed(self, said: Any) -> HttpResponse:
        letters = self.letters()
        if self.asked is None and not letters:
            return self.shown(said)
        return self.render(form=RemindForm(site=self.site), letters=letters, said=said)

    def back(self) -> str:
        return reverse(self.home)


class Reply(acts.Seen, WithWords):
    form_class = WordsForm
    acts = {
        "time": Time,
        "contact": Contact,
        "say": Say,
        "other": Other,
        "cancel": Cancel,
        "rate": Rate,
        "remind": Remind,
    }
    template = "support/asking/reply.html"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render(form=form, status=422)
        asked = self.find()
        if asked is None:
            return self.only_letters()
        set_site(self.request, asked.site)
        return self.shown()

    def only_letters(self) -> HttpResponse:
        kept = self.letters()
        if not kept:
            return self.nothing()
        set_site(self.request, kept[0].site)
        return self.render("support/asking/remind.html", form=RemindForm(site=kept[0].site), letters=kept)
