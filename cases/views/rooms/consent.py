"""What I say yes to, and the words I share."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cases import consent_things
from cases.actions import consent as acts
from cases.consent_things import Thing
from cases.forms.consent import AnswerForm, LaterForm, WordsForm, seal_of
from cases.models import Consent
from cases.models.consent import ConsentStatus, Purpose
from cases.pages import RoomPage
from cases.queries import rooms
from cases.texts import ConsentWords
from cases.views.rooms import words
from healing.pages import FormPage


class Ledger(RoomPage):
    """Each thing I could say yes to, and where it stands."""

    template = "rooms/consents.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        held = rooms.consents(self.viewer, self.room)
        lines = [words.ledger_line(self.room, thing, held.get(thing)) for thing in rooms.things(self.room, held)]
        return self.render(items=lines, back_url=self.hub())


class OneThing(RoomPage):
    """A page about one thing to say yes or no to."""

    thing: Thing
    held: Consent | None
    text: ConsentWords
    shared: str

    def enter(self, key: str, **kwargs: Any) -> None:
        super().enter(**kwargs)
        held = rooms.consents(self.viewer, self.room)
        thing = consent_things.named(self.room, key)
        if thing not in rooms.things(self.room, held):
            raise Http404
        self.thing, self.held = thing, held.get(thing)
        self.text = consent_things.words_for(self.room, thing.purpose)
        self.shared = self.held.words if self.held and thing.purpose == Purpose.SHARE_STATEMENT else ""

    @property
    def stands(self) -> bool:
        return bool(self.held and self.held.stands)

    def context(self) -> dict[str, Any]:
        here = {"text": self.text, "thing": self.thing, "stands": self.stands}
        return super().context() | here | {"back_url": self.url("room_consents")}

    def decide(self, decision: str, **more: Any) -> HttpResponse:
        where = self.thing.where | more
        row = acts.decide(by=self.viewer, participant=self.room, decision=decision, **where)
        messages.success(self.request, words.noted(self.text, row))
        return self.go("room_consents", self.room.pk)


class Answer(OneThing, FormPage):
    """The text that is asked about, and three answers of the same size. Taking back is one press too."""

    template = "rooms/consent.html"
    form_class = AnswerForm

    def enter(self, **kwargs: Any) -> None:
        super().enter(**kwargs)
        self.history = words.history(self.room, rooms.decisions(self.viewer, self.held))

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.thing.purpose == Purpose.SHARE_STATEMENT and not self.shared:
            return self.go("room_words", self.room.pk)
        return super().get(request, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> AnswerForm:
        shown = seal_of(self.text, self.shared)
        return AnswerForm(data, shown=shown, initial={"seen": shown})

    def context(self) -> dict[str, Any]:
        here = {"shown": seal_of(self.text, self.shared), "shared": self.shared, "history": self.history}
        return super().context() | here | {"form_line": self.text.forms.get(self.thing.form, "")}

    def done(self, form: AnswerForm) -> HttpResponse:
        return self.decide(form.cleaned_data["decision"], words=self.shared)


class Later(OneThing, FormPage):
    """Ask me on a day I choose."""

    template = "rooms/consent_later.html"
    form_class = LaterForm

    def context(self) -> dict[str, Any]:
        return super().context() | {"back_url": self.url("room_consent", self.thing.key)}

    def done(self, form: LaterForm) -> HttpResponse:
        return self.decide(ConsentStatus.LATER, later_until=form.cleaned_data["day"])


class Words(RoomPage, FormPage):
    """Write what the other side may read. It is kept while it is written, and goes nowhere before a yes."""

    template = "rooms/words.html"
    form_class = WordsForm

    def enter(self, **kwargs: Any) -> None:
        super().enter(**kwargs)
        self.thing = consent_things.sharing(self.room)
        self.held = rooms.consents(self.viewer, self.room).get(self.thing)

    def initial(self) -> dict[str, Any]:
        return {"words": self.held.words if self.held else ""}

    def form(self, data: Any = None, files: Any = None) -> WordsForm:
        form = super().form(data, files)
        form.autosave_url = self.url("room_words_save")
        return form

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.held and self.held.stands:
            return self.go("room_consent", self.room.pk, self.thing.key)
        return super().get(request, **kwargs)

    def context(self) -> dict[str, Any]:
        return super().context() | {"back_url": self.hub()}

    def done(self, form: WordsForm) -> HttpResponse:
        self.keep(form)
        if form.data.get("then") == "pause":
            messages.success(self.request, _("Saved. You can close this page. Your words are kept for you."))
            return self.go("room", self.room.pk)
        if not form.cleaned_data["words"]:
            messages.success(self.request, _("Saved. Nothing is written now, and nothing is shared."))
            return self.go("room", self.room.pk)
        return self.go("room_consent", self.room.pk, self.thing.key)

    def keep(self, form: WordsForm) -> None:
        kept = form.cleaned_data["words"]
        acts.write_words(by=self.viewer, participant=self.room, to_side=self.thing.to_side, words=kept)


class WordsKept(Words):
    """The same words, while they are being typed."""

    http_method_names = ["post", "options"]

    def done(self, form: WordsForm) -> HttpResponse:
        self.keep(form)
        return HttpResponse(status=204)
