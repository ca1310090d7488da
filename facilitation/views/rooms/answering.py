"""One engine for every question set: an intro, one question a page, a calm page, check answers, send."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cases.pages import RoomPage
from facilitation import instruments
from facilitation.actions import readiness as acts
from facilitation.forms.rooms import completed, so_far
from facilitation.instruments import Instrument, Question
from facilitation.instruments.form import QuestionForm, form_for
from facilitation.models import Response
from facilitation.queries import readiness, rooms
from healing import clock
from healing.pages import FormPage


@dataclass(frozen=True)
class Stage:
    """A question set in a room: the start of its addresses' names, and which set it is for this side."""

    name: str
    instrument: str
    asked_only_when_sent: bool = False

    def instrument_for(self, side: str) -> str:
        return self.instrument.format(side=side)


CHECK_IN = Stage("check_in", "check-in-{side}")
LOOKING_BACK = Stage("looking_back", acts.LOOKING_BACK, asked_only_when_sent=True)


class AnsweringPage(RoomPage):
    """A page of one question set. It knows the draft, if there is one."""

    stage: ClassVar[Stage] = CHECK_IN

    def enter(self, **kwargs: Any) -> None:
        super().enter(**{"room": kwargs["room"]})
        self.name = self.stage.instrument_for(self.room.side)
        self.draft = readiness.draft(self.viewer, self.room, self.name)

    @cached_property
    def answers(self) -> readiness.Answers:
        return readiness.answers_of(self.draft) if self.draft else {}

    @cached_property
    def instrument(self) -> Instrument:
        return readiness.instrument_of(self.draft) if self.draft else instruments.load(self.name)

    def at(self, page: str = "", *args: Any) -> str:
        return self.url("_".join(filter(None, [self.stage.name, page])), *args)

    def begin(self) -> HttpResponse:
        return self.go(self.stage.name, self.room.pk)

    def go_on(self) -> HttpResponse:
        """The first question without an answer, or all the answers to look over."""
        question = readiness.first_unanswered(self.instrument, self.answers)
        if question is None:
            return self.go(f"{self.stage.name}_answers", self.room.pk)
        return self.go(f"{self.stage.name}_question", self.room.pk, question.link_id)

    def context(self) -> dict[str, Any]:
        return super().context() | {"instrument": self.instrument, "back_url": self.hub()}


class Begin(AnsweringPage):
    """What it asks, how long it takes, who reads it. Starting is a press; looking is not."""

    template = "rooms/begin.html"

    def enter(self, **kwargs: Any) -> None:
        super().enter(**kwargs)
        self.last = readiness.last_sent(self.viewer, self.room, self.name)
        self.open = not self.stage.asked_only_when_sent or rooms.looking_back_open(self.viewer, self.room)
        if not (self.open or self.last or self.draft):
            raise Http404

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.render(draft=self.draft, last=self.last, open=self.open or self.draft)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not (self.open or self.draft):
            return self.begin()
        self.draft = acts.start(by=self.viewer, participant=self.room, instrument=self.name)
        return self.go_on()


class Asked(AnsweringPage, FormPage):
    """One question. It can be skipped, paused, gone back from; what was said before is there."""

    template = "rooms/question.html"
    question: Question

    def enter(self, question: str, **kwargs: Any) -> None:
        super().enter(**kwargs)
        known = {known.link_id: known for known in self.instrument.questions}
        if question not in known:
            raise Http404
        self.question = known[question]

    def if_asked(self, handler: Any, request: HttpRequest) -> HttpResponse:
        if self.draft is None:
            return self.begin()
        if self.question not in instruments.questions_for(self.instrument, self.answers):
            return self.go_on()
        return handler(request)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.if_asked(super().get, request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.if_asked(super().post, request)

    @property
    def before(self) -> dict[str, Any]:
        return self.answers.get(self.question.link_id, {})

    def form(self, data: Any = None, files: Any = None) -> QuestionForm:
        data = {} if data is not None and data.get("then") == "skip" else data
        today = clock.today(self.room.site.time_zone)
        form = form_for(self.question, today=today, initial=self.before, data=data)
        form.autosave_url = f"{self.at('save', self.question.link_id)}?left={self.left}"
        return form

    def context(self) -> dict[str, Any]:
        earlier = readiness.before(self.instrument, self.answers, self.question)
        back = self.at("question", earlier.link_id) if earlier else self.at()
        return super().context() | {"question": self.question, "back_url": back, "pause_url": "", "in_form": True}

    @property
    def left(self) -> int:
        return readiness.times_left(self.answers, self.question.link_id)

    def keep(self, answer: dict[str, Any], typed_after: int | None = None) -> None:
        asked = self.question.link_id
        kept = acts.save_answer(
            by=self.viewer, response=self.draft, question=asked, answer=answer, typed_after=typed_after
        )
        self.answers = readiness.answers_of(kept)

    def done(self, form: QuestionForm) -> HttpResponse:
        answer, then = form.answer(), self.request.POST.get("then")
        self.keep(answer)
        if then == "pause":
            messages.success(self.request, _("Saved. You can close this page. We keep your place."))
            return self.go("room", self.room.pk)
        if instruments.signpost(self.question, answer):
            return self.go(f"{self.stage.name}_support", self.room.pk, self.question.link_id)
        return self.go_on()


class Typing(Asked):
    """The same question while it is being answered: kept, and nothing else happens."""

    http_method_names = ["post", "options"]

    def form(self, data: Any = None, files: Any = None) -> QuestionForm:
        return super().form(completed(data, self.before))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.if_asked(self.type, request)

    def type(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        form.is_valid()
        opened_after = request.GET.get("left", "")
        self.keep(so_far(form, self.before), int(opened_after) if opened_after.isdecimal() else self.left)
        return HttpResponse(status=204)


class Support(Asked):
    """Somebody said that they feel very low: phone numbers first, then go on or pause."""

    template = "rooms/support_now.html"
    http_method_names = ["get", "head", "options"]

    def if_asked(self, handler: Any, request: HttpRequest) -> HttpResponse:
        if self.draft is None:
            return self.begin()
        next_one = readiness.first_unanswered(self.instrument, self.answers)
        on = self.at("question", next_one.link_id) if next_one else self.at("answers")
        return self.render(on_url=on, back_url=self.at("question", self.question.link_id))


class Answers(AnsweringPage):
    """Everything that was said, to look over before it is sent to a person with a name."""

    template = "rooms/answers.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.draft is None:
            return self.begin()
        asked = [q for q in instruments.questions_for(self.instrument, self.answers) if q.asks]
        return self.render(rows=[self.row(question) for question in asked])

    def row(self, question: Question) -> dict[str, str]:
        said = instruments.readable(question, self.answers.get(question.link_id, {}))
        return {"key": question.text, "value": "\n".join(said), "url": self.at("question", question.link_id)}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.draft:
            acts.send(by=self.viewer, response=self.draft)
        return self.go(f"{self.stage.name}_sent", self.room.pk)


class Sent(AnsweringPage):
    """Who reads it, what happens next, and what does not."""

    template = "rooms/sent.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        last: Response | None = readiness.last_sent(self.viewer, self.room, self.name)
        if last is None:
            return self.begin()
        return self.render(last=last, wish=rooms.wish_in(last), back_url="")
