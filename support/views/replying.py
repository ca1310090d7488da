"""With the reply words: where a request stands, and what its asker wants changed. The words are only ever posted."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from healing.pages import FormPage
from healing.sites import set_site
from support.forms.replying import RateForm, RemindForm, WordsForm
from support.models import Reminder, Request
from support.pages import PublicPage
from support.queries import standing
from support.views import acts
from support.views.letters import Letters
from support.words import fingerprint


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

    def shown(self, said: Any = "") -> HttpResponse:
        asked = standing.with_words(self.viewer, fingerprint(self.words))
        stands = standing.standing(self.viewer, asked) if asked else None
        rating = RateForm(site=asked.site) if asked else None
        return self.render("support/asking/stands.html", stands=stands, rating=rating, said=said)

    def context(self) -> dict[str, Any]:
        urls = {act: reverse(f"support_{act}") for act in (*acts.ACTS, "remind")}
        return super().context() | {"hidden": {"name": "words", "value": self.words}, "acts": urls, "in_account": False}


class Reply(WithWords):
    form_class = WordsForm
    template = "support/asking/reply.html"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render(form=form, status=422)
        asked = self.find()
        if asked is None:
            kept = standing.reminders(self.viewer, fingerprint(self.words))
            return self.letters(kept) if kept else self.nothing()
        set_site(self.request, asked.site)
        return self.shown()

    def letters(self, kept: list[Reminder]) -> HttpResponse:
        set_site(self.request, kept[0].site)
        return self.render("support/asking/remind.html", form=RemindForm(site=kept[0].site), letters=kept)


class Time(WithWords, acts.ChangeTime):
    pass


class Contact(WithWords, acts.ChangeContact):
    pass


class Other(WithWords, acts.AskForSomeoneElse):
    pass


class Cancel(WithWords, acts.TakeBack):
    pass


class Rate(WithWords, acts.SayIfItHelped):
    pass


class Remind(WithWords, Letters):
    """They can be taken back as long as the words are there, also when the request is long forgotten."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.go(self.home)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asked = self.find()
        letters = self.letters() if self.words else []
        if asked is None and not letters:
            return self.nothing()
        self.site = asked.site if asked else letters[0].site
        set_site(self.request, self.site)
        return self.answer()

    def whose(self) -> str:
        return fingerprint(self.words)

    def back(self) -> str:
        return reverse(self.home)
