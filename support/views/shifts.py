"""One's own shifts, giving one away, taking one, and being away."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from healing import clock
from healing.pages import found
from healing.templatetags.healing import when_words
from support.actions import shifts
from support.forms.shifts import AwayForm, OfferForm
from support.models import Away, Shift, Supporter, Swap
from support.queries import giving
from support.queries import shifts as queries
from support.views.own import OwnFormPage, OwnPage


class Shifts(OwnPage):
    """Mine, what is on offer, and who is on call in the next seven days."""

    template = "support/giving/shifts.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        offers = list(queries.open_swaps(self.viewer))
        mine = {swap.shift_id: swap for swap in offers if swap.offered_by_id in self.viewer.supporters}
        sites = queries.own_sites(self.viewer)
        called = queries.names(self.viewer, sites)
        left = queries.left_with_me(self.viewer)
        coming = giving.duty(self.viewer, self.supporter).coming
        return self.render(
            rows=[self._row(shift, mine.get(shift.pk), left, called) for shift in coming],
            swaps=[swap for swap in offers if swap.shift_id not in mine],
            weeks=[(site, queries.next_days(self.viewer, site)) for site in sites],
            times_away=queries.times_away(self.viewer),
        )

    def _row(self, shift: Shift, swap: Swap | None, left: list[Swap], called: dict[UUID, str]) -> dict[str, Any]:
        to = called.get(swap.to_id, "") if swap and swap.to_id else ""
        left_by = [called.get(one.to_id, "") for one in left if one.shift_id == shift.pk and one.to_id]
        return {"shift": shift, "swap": swap, "to": to, "left_by": left_by, "may_offer": shift.starts_at > clock.now()}


class AboutShifts(OwnPage):
    def back(self) -> str:
        return reverse("support_shifts")


class OfferSwap(AboutShifts, OwnFormPage):
    template = "support/giving/offer.html"
    form_class = OfferForm

    def enter(self, **kwargs: Any) -> None:
        super().enter(**kwargs)
        own = Shift.objects.visible_to(self.viewer).filter(supporter__in=self.viewer.supporters)
        self.shift = found(own.select_related("site"), pk=kwargs["which"])

    def context(self) -> dict[str, Any]:
        return super().context() | {"shift": self.shift}

    def form(self, data: Any = None, files: Any = None) -> OfferForm:
        return OfferForm(data, colleagues=queries.colleagues(self.viewer, self.shift))

    def done(self, form: OfferForm) -> HttpResponse:
        to = Supporter.objects.visible_to(self.viewer).filter(pk=form.cleaned_data["to"] or None).first()
        shifts.offer(by=self.viewer, shift=self.shift, to=to)
        return self.go("support_shifts")


class SwapPage(AboutShifts):
    """One press about something that is on offer, by oneself or to oneself."""

    def enter(self, **kwargs: Any) -> None:
        super().enter(**kwargs)
        self.swap = found(Swap.objects.visible_to(self.viewer), pk=kwargs["which"])


class TakeSwap(SwapPage):
    def post(self, request: HttpRequest, which: UUID) -> HttpResponse:
        shifts.take(by=self.viewer, swap=self.swap)
        messages.success(request, _("The shift is yours."))
        return self.go("support_shifts")


class LeaveSwap(SwapPage):
    def post(self, request: HttpRequest, which: UUID) -> HttpResponse:
        shifts.leave(by=self.viewer, swap=self.swap)
        messages.success(request, _("Noted. It stays with your colleague, who can offer it to others."))
        return self.go("support_shifts")


class WithdrawSwap(SwapPage):
    def post(self, request: HttpRequest, which: UUID) -> HttpResponse:
        shifts.withdraw(by=self.viewer, swap=self.swap)
        return self.go("support_shifts")


class AwayPage(OwnPage):
    def away(self, starts_at: datetime, ends_at: datetime | None) -> None:
        """Noted, and said until when: with what was planned before, that may be later."""
        row = shifts.go_away(by=self.viewer, starts_at=starts_at, ends_at=ends_at)[0]
        end = self._words(row.ends_at) if row.ends_at else _("you say that you are back")
        said = _("Noted. You are not called until %(end)s.")
        if row.starts_at > clock.now():
            said = _("Noted. You are not called from %(start)s until %(end)s.")
        messages.success(self.request, said % {"start": self._words(row.starts_at), "end": end})

    def _words(self, at: datetime) -> str:
        return when_words(at, zone=self.supporter.site.time_zone)


class GoAway(AwayPage, OwnFormPage):
    """Nobody is asked why. What they hold stays with them, and the page says so."""

    template = "support/giving/away.html"
    form_class = AwayForm

    def context(self) -> dict[str, Any]:
        now, times_away = clock.now(), queries.times_away(self.viewer)
        return super().context() | {
            "held": giving.with_me(self.viewer).exclude(status="waiting").count(),
            "now": now,
            "times_away": times_away,
            "alone": giving.on_call_alone(self.viewer),
            "away_already": any(row.ends_at is None and row.starts_at <= now for row in times_away),
        }

    def form(self, data: Any = None, files: Any = None) -> AwayForm:
        return AwayForm(data, site=self.supporter.site)

    def done(self, form: AwayForm) -> HttpResponse:
        said = form.cleaned_data
        self.away(said["starts_at"], said["ends_at"])
        return self.go("support_away")


class GoAwayNow(AwayPage):
    """At once, and until they say that they are back."""

    def post(self, request: HttpRequest) -> HttpResponse:
        self.away(clock.now(), None)
        return self.go("support_away")


class ComeBack(OwnPage):
    def post(self, request: HttpRequest, which: UUID) -> HttpResponse:
        own = Away.objects.visible_to(self.viewer).filter(supporter__in=self.viewer.supporters)
        shifts.come_back(by=self.viewer, away=found(own, pk=which))
        return self.go("support_away")
