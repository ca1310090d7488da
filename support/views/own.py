"""What all pages of a supporter share: their own record, and the time of its site."""

from typing import Any, ClassVar

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property

from healing.errors import HealingError
from healing.pages import FormPage
from healing.sites import set_site
from support import house
from support.models import Request, Supporter
from support.pages import GivingPage
from support.queries import giving


class NoRecord(HealingError):
    """They have the role, and the coordinator has not written down yet what they can do."""


class NotWithMe(HealingError):
    """Asked of somebody else, taken back, closed or never there: for whom it was once asked all of it is the same."""


class OwnPage(GivingPage):
    supporter: Supporter

    def enter(self, **kwargs: Any) -> None:
        super().enter(**kwargs)
        own = giving.own(self.viewer, self.request.site)
        if own is None:
            raise NoRecord
        self.supporter = own
        set_site(self.request, own.site)

    def context(self) -> dict[str, Any]:
        return {"supporter": self.supporter}

    def say(self, error: HealingError) -> HttpResponse:
        if isinstance(error, NoRecord):
            return render(self.request, "support/giving/no_record.html")
        return super().say(error)


class OwnFormPage(OwnPage, FormPage):
    pass


class RequestPage(OwnPage):
    """One request that is with this supporter now. Before an act it is locked, so that it stays with them."""

    statuses: ClassVar[tuple[str, ...]] = ("claimed", "reached")
    asked: Request

    def enter(self, **kwargs: Any) -> None:
        super().enter(**kwargs)
        asked = giving.one(self.viewer, kwargs["which"], lock=self.request.method == "POST")
        if asked is None or asked.status not in self.statuses:
            raise NotWithMe
        self.asked = asked
        set_site(self.request, asked.site)
        house.take(self.viewer, asked.pk)

    def context(self) -> dict[str, Any]:
        return super().context() | {"asked": giving.shown(self.asked)}

    def say(self, error: HealingError) -> HttpResponse:
        if isinstance(error, NotWithMe):
            return render(self.request, "support/giving/gone.html", status=404)
        return super().say(error)

    @cached_property
    def named(self) -> str:
        return giving.who(self.asked)

    def back(self) -> str:
        return reverse("support_request", args=[self.asked.pk])

    def again(self) -> HttpResponse:
        return redirect(self.back())


class RequestFormPage(RequestPage, FormPage):
    """One act about one person, whom its button names."""

    submit: ClassVar[Any]

    def context(self) -> dict[str, Any]:
        return super().context() | {"who": self.named}

    def form(self, data: Any = None, files: Any = None) -> Any:
        form = super().form(data, files)
        form.submit = self.submit % {"who": self.named}
        return form
