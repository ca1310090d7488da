"""What whoever asked may do: first a page that says what it means, then the act. By reply words or in an account.

All of it is done at the address where the request is seen. A browser keeps addresses, and a ward shares its computer:
one that says that something was taken back would tell that something was asked.
"""

from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from healing.pages import FormPage, Page
from healing.sites import set_site
from support.actions import asking
from support.forms.asking import ReachForm, TimeForm
from support.forms.replying import AnswerForm, RateForm, SureForm
from support.models import Request


class Seen(Page):
    """Where a request is seen. What is posted with the name of an act is answered by that act."""

    acts: ClassVar[dict[str, type[Page]]]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        act = self.acts.get(request.POST.get("act", ""))
        return act.as_view()(request, *args, **kwargs) if act else super().dispatch(request, *args, **kwargs)


class Act(FormPage):
    """`find` says which request is meant; `home` is where it can be seen."""

    template = "support/asking/act.html"
    home: ClassVar[str]
    title: Any
    lead: Any = ""
    said: Any  # once it is done
    retyped: ClassVar[bool] = False  # the contact: then the page that answers shows it whole
    asked: Request

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asked = self.find()
        if asked is None:
            return self.nothing()
        self.asked = asked
        set_site(self.request, asked.site)
        self.suit()
        if not_now := self.not_now():
            return self.shown(said=not_now)
        form = self.form(request.POST if "sure" in request.POST else None)
        if not form.is_bound:
            return self.render(form=form)
        if not form.is_valid():
            return self.render(form=form, status=422)
        self.act(form)
        return self.shown(said=self.said, whole=asked.pk if self.retyped else None)

    def form(self, data: Any = None, files: Any = None) -> Any:
        return self.form_class(data, initial=self.initial(), site=self.asked.site)

    def context(self) -> dict[str, Any]:
        return super().context() | {"question": self.title, "meaning": self.lead, "act": self.request.POST["act"]}

    def back(self) -> str:
        return reverse(self.home)

    def suit(self) -> None:
        """Say it in other words where the request stands otherwise."""

    def not_now(self) -> str:
        """Why this is not asked for, as the request stands; empty when it is."""
        return ""

    def find(self) -> Request | None:
        raise NotImplementedError

    def nothing(self) -> HttpResponse:
        raise NotImplementedError

    def shown(self, said: Any, whole: UUID | None = None) -> HttpResponse:
        raise NotImplementedError

    def act(self, form: Any) -> None:
        raise NotImplementedError


class ChangeTime(Act):
    form_class = TimeForm
    title = _("Choose another time")
    said = _("We have your new time.")

    def initial(self) -> dict[str, Any]:
        return {"when": "at"}

    def act(self, form: Any) -> None:
        when, at = form.cleaned_data["when"], form.cleaned_data["at"]
        asking.change_time(by=self.viewer, request=self.asked, when=when, at=at)


class ChangeContact(Act):
    form_class = ReachForm
    title = _("Change how to reach you")
    said = _("We have your new number or address.")
    retyped = True

    def initial(self) -> dict[str, Any]:
        return {"reach_by": self.asked.reach_by}

    def act(self, form: Any) -> None:
        cleaned = form.cleaned_data
        reach_by, contact = cleaned["reach_by"], cleaned["contact"]
        asking.change_contact(by=self.viewer, request=self.asked, reach_by=reach_by, contact=contact)


class SayToColleague(Act):
    form_class = AnswerForm
    title = _("Send a short answer")
    lead = _("The colleague who has your request reads it. They hear that something waits for them, and not what.")
    said = _("Your answer is there for your colleague.")

    def not_now(self) -> str:
        return asking.NOBODY_YET if self.asked.status == "waiting" else ""

    def initial(self) -> dict[str, Any]:
        return {"answer": self.asked.answer}

    def act(self, form: Any) -> None:
        asking.answer(by=self.viewer, request=self.asked, answer=form.cleaned_data["answer"])


class AskForSomeoneElse(Act):
    form_class = SureForm
    title = _("Ask for someone else?")
    lead = _("We look for another colleague at once. Nobody is told why, and you do not have to say.")
    said = _("We are looking for someone else.")

    def form(self, data: Any = None, files: Any = None) -> Any:
        form = super().form(data)
        form.submit = _("Yes, someone else")
        return form

    def act(self, form: Any) -> None:
        asking.ask_for_someone_else(by=self.viewer, request=self.asked)


class TakeBack(Act):
    """After a talk there is nothing to take back: then it is an end."""

    form_class = SureForm
    title: Any = _("Take your request back?")
    lead = _("Your name and number are erased at once. You can ask again at any time.")
    submit: Any = _("Yes, take it back")
    said: Any = _("Your request is taken back. Your name and number are erased.")

    def suit(self) -> None:
        if self.asked.status == "reached":
            self.title, self.submit = _("End this and erase your number?"), _("Yes, end it")
            self.said = _("This has ended. Your name and number are erased.")

    def form(self, data: Any = None, files: Any = None) -> Any:
        form = super().form(data)
        form.submit = self.submit
        return form

    def act(self, form: Any) -> None:
        asking.cancel(by=self.viewer, request=self.asked)


class SayIfItHelped(Act):
    form_class = RateForm
    title = _("Did it help?")
    lead = _("Only the answer is counted. It is not shown to your colleague.")
    said = _("Thank you. We have your answer.")

    def initial(self) -> dict[str, Any]:
        return {"met_need": self.asked.met_need}

    def act(self, form: Any) -> None:
        asking.rate(by=self.viewer, request=self.asked, met_need=form.cleaned_data["met_need"])
