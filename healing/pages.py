"""What every page declares and gets: who may use it, an eager render in the transaction, and errors as sentences."""

from typing import Any, ClassVar

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from healing import access, accounts
from healing.errors import HealingError, NotAllowed
from healing.roles import Permission
from healing.sites import VisitedRequest

ANYONE, SIGNED_IN, ROOM, WORKBENCH = "anyone", "signed in", "the room's participant", "the case's facilitators"
Who = str | Permission | frozenset[Permission]  # of several permissions, any one


class Page(View):
    """One page. `who` may use it; the handlers it defines say how. A page that declares nobody cannot be reached."""

    who: ClassVar[Who]
    template: ClassVar[str] = ""
    step_up: ClassVar[bool] = False  # the gravest acts: who it is must have been shown a few minutes ago
    before_second_step: ClassVar[bool] = False  # a page that shows nothing of whoever is signed in
    http_method_names = ["get", "post", "head"]
    viewer: access.Viewer
    request: VisitedRequest
    entered = False  # what the address names was found, so there is a place to go back to

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        if not hasattr(cls, "who"):
            raise TypeError(f"{cls.__name__} must declare who may use it")
        view = super().as_view(**initkwargs)
        return login_not_required(view) if cls.who == ANYONE else view

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.viewer = self.request.viewer
        try:
            self.enter(**kwargs)
            self.entered = True
            if self.step_up and not accounts.shown_lately(self.request):
                return accounts.step_up(self.request)
            return super().dispatch(request, *args, **kwargs)
        except HealingError as error:
            if not error.keeps:
                transaction.set_rollback(True)
            return self.say(error)

    def enter(self, **kwargs: Any) -> None:
        """Find what the address names, in scope; outside it there is nothing (404)."""
        wanted = {self.who} if isinstance(self.who, Permission) else self.who
        if not isinstance(wanted, str) and not any(access.can(self.viewer, permission) for permission in wanted):
            raise NotAllowed

    def render(self, template: str = "", *, status: int = 200, **context: Any) -> HttpResponse:
        return render(self.request, template or self.template, self.context() | context, status=status)

    def context(self) -> dict[str, Any]:
        return {}

    def say(self, error: HealingError) -> HttpResponse:
        """Not allowed, or not possible now: a sentence. It is read from nothing, since everything was taken back."""
        status = 403 if isinstance(error, NotAllowed) else 409
        context = {"sentence": str(error), "back_url": self.back() if self.entered else reverse("home")}
        return render(self.request, "problem.html", context, status=status)

    def back(self) -> str:
        return reverse("home")

    def go(self, name: str, *args: Any) -> HttpResponse:
        return redirect(reverse(name, args=args))


class FormPage(Page):
    """A page with one form: shown on GET; on POST `done` with its cleaned data, or shown again with what to mend."""

    form_class: ClassVar[Any]

    def form(self, data: Any = None, files: Any = None) -> Any:
        return self.form_class(data, files, initial=self.initial()) if data is not None else self.blank()

    def blank(self) -> Any:
        return self.form_class(initial=self.initial())

    def initial(self) -> dict[str, Any]:
        return {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.render(form=self.form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST, request.FILES)
        if not form.is_valid():
            return self.render(form=form, status=422)
        return self.done(form)

    def done(self, form: Any) -> HttpResponse:
        raise NotImplementedError


def found(queryset: Any, **which: Any) -> Any:
    """The one row in a scoped queryset, or 404. `found(Case.objects.visible_to(viewer), pk=pk)`."""
    row = queryset.filter(**which).first()
    if row is None:
        raise Http404
    return row
