"""The rota: a week at a time, as it would work if somebody asked."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healing import clock
from healing.pages import found
from support.actions import rota as planning
from support.forms.rota import CopyForm, ShiftForm
from support.models import Shift
from support.queries import ahead, first_steps, rota, supporters
from support.views.coordinating import SiteFormPage, SitePage, alarms_elsewhere
from support.wall_clock import WEEK, Span, monday_of, whole_day

FARTHEST = date(2100, 1, 1)


class WeekPage(SitePage):
    """A page about one week, named by any of its days."""

    @property
    def monday(self) -> date:
        today = clock.today(self.site.time_zone)
        try:
            day = date.fromisoformat(self.request.GET.get("week", ""))
        except ValueError:
            return monday_of(today)
        return monday_of(min(max(day, date(2000, 1, 3)), FARTHEST))

    def back(self) -> str:
        return week_url(self.monday)


class Rota(WeekPage):
    template = "support/coordinating/rota.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        monday = self.monday
        today = clock.today(self.site.time_zone)
        alarms = rota.alarms(self.viewer)
        this_week = monday == monday_of(today)
        week = rota.week(self.viewer, self.site, monday)
        return self.render(
            week=week,
            earlier=[day for day in week.days if this_week and day.date < today],
            days=[day for day in week.days if not this_week or day.date >= today],
            last_day=monday + timedelta(days=6),
            today=today,
            alarms=alarms.pop(self.site, 0),
            elsewhere=alarms_elsewhere(self.request, alarms),
            steps=first_steps.missing(self.viewer, self.site),
            ahead=ahead.weeks_ahead(self.viewer, self.site),
            before=week_url(monday - WEEK),
            after=week_url(monday + WEEK),
            this_week="" if this_week else week_url(today),
        )


class ShiftNew(WeekPage, SiteFormPage):
    """Put somebody on call. The address may bring a day and times along: those of a gap, or from now on."""

    template = "support/coordinating/shift_new.html"

    def form(self, data: Any = None, files: Any = None) -> ShiftForm:
        people = supporters.called(self.viewer, self.site)
        return ShiftForm(data, site=self.site, supporters=people, initial=self.initial())

    def blank(self) -> ShiftForm:
        return self.form()

    def initial(self) -> dict[str, Any]:
        wanted = self.request.GET
        if "now" in wanted:
            now, zone = clock.now(), ZoneInfo(self.site.time_zone)
            midnight = whole_day(now.astimezone(zone).date(), self.site.time_zone).end
            return self._hours(Span(now, ahead.next_start(self.viewer, self.site) or midnight))
        if day := _day(wanted.get("day", "")):
            return {"day": day, "starts": wanted.get("from"), "ends": wanted.get("to")}
        gap = ahead.first_gap(self.viewer, self.site, self.monday) if "week" in wanted else None
        return self._hours(gap) if gap else {}

    def _hours(self, span: Span) -> dict[str, Any]:
        """More than a day is no shift: then only the day on which it begins is filled in."""
        start, end = (at.astimezone(ZoneInfo(self.site.time_zone)) for at in span)
        hours = {"starts": f"{start:%H:%M}", "ends": f"{end:%H:%M}"} if span.hours <= 24 else {}
        return {"day": start.date()} | hours

    def context(self) -> dict[str, Any]:
        nobody = not supporters.serving(self.viewer, self.site).exists()
        return {"back_url": self.back(), "nobody": nobody}

    def done(self, form: ShiftForm) -> HttpResponse:
        said = form.cleaned_data
        who = found(supporters.serving(self.viewer, self.site).select_related("site"), pk=said["supporter"])
        try:
            planning.add_shift(by=self.viewer, supporter=who, starts_at=said["starts_at"], ends_at=said["ends_at"])
        except planning.Overlap as error:
            form.add_error(None, str(error))
            return self.render(form=form, taken=error.shift, status=422)
        messages.success(self.request, _("The shift is in the rota."))
        if self.request.POST.get("then") == "another":
            return redirect(f"{reverse('support_shift_new')}?week={monday_of(said['day'])}")
        return redirect(week_url(said["day"]))


class ShiftRemove(WeekPage):
    template = "support/coordinating/shift_remove.html"

    def enter(self, **kwargs: Any) -> None:
        super().enter(**kwargs)
        shifts = Shift.objects.visible_to(self.viewer).filter(site=self.site).select_related("site", "supporter")
        self.shift = found(shifts, pk=kwargs["shift"])

    @property
    def monday(self) -> date:
        return monday_of(self.shift.starts_at.astimezone(ZoneInfo(self.site.time_zone)).date())

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        now = clock.now()
        name = supporters.names([self.shift.supporter.user_id]).get(self.shift.supporter.user_id, "")
        running = self.shift.starts_at <= now < self.shift.ends_at
        over = self.shift.ends_at <= now
        return self.render(shift=self.shift, name=name, running=running, over=over, back_url=self.back())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        planning.remove_shift(by=self.viewer, shift=self.shift)
        messages.success(request, _("The shift is out of the rota."))
        return redirect(self.back())


class WeekCopy(WeekPage, SiteFormPage):
    template = "support/coordinating/week_copy.html"
    form_class = CopyForm

    def context(self) -> dict[str, Any]:
        return {"monday": self.monday, "last_day": self.monday + timedelta(days=6), "back_url": self.back()}

    def done(self, form: CopyForm) -> HttpResponse:
        """What could not be copied is said at once. Sending it again copies nothing twice."""
        said = form.cleaned_data
        how = {"weeks": said["weeks"], "only_gaps": said["fill"] == "gaps"}
        copied = planning.copy_week(by=self.viewer, site=self.site, monday=self.monday, **how)
        known = supporters.names(one.supporter.user_id for one in copied.left_out)
        return self.render(
            "support/coordinating/week_copied.html",
            copied=copied,
            left_out=[(known.get(one.supporter.user_id, ""), one.span, one.why) for one in copied.left_out],
            holidays=rota.holidays(self.site, copied.spans),
            made=",".join(f"{shift}:{supporter}" for shift, supporter in copied.made.items()),
            take_back=f"{reverse('support_week_uncopy')}?week={self.monday}",
        )


class WeekUncopy(WeekPage):
    """Take back what was copied a moment ago."""

    def post(self, request: HttpRequest) -> HttpResponse:
        pairs = (one.partition(":")[::2] for one in request.POST.get("made", "").split(","))
        made = {_uuid(shift): _uuid(supporter) for shift, supporter in pairs}
        gone = planning.take_back(by=self.viewer, site=self.site, made=made)
        words = ngettext(
            "%(count)s shift is out of the rota again.", "%(count)s shifts are out of the rota again.", gone
        )
        messages.success(request, words % {"count": gone} if gone else _("None of them is in the rota any more."))
        return redirect(self.back())


def week_url(day: date) -> str:
    return f"{reverse('support_rota')}?week={monday_of(day)}"


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
