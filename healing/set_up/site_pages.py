"""The site's set-up: one page for each part, and one that lists them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from healing.models import Holiday, Site
from healing.pages import FormPage, Page, found
from healing.roles import Permission
from healing.set_up import actions, forms, in_words, list_forms
from healing.sites import set_site, site_for

PARTS: list[tuple[str, Any, Callable[[Site], str]]] = [  # (url name, title, what stands there now)
    ("site_look", forms.LookForm.title, lambda site: site.name),
    ("site_reach", forms.ReachForm.title, in_words.reach),
    ("site_other_help", forms.OtherHelpForm.title, in_words.other_help),
    ("site_address", forms.AddressForm.title, lambda site: site.host),
    ("site_time", forms.TimeForm.title, lambda site: site.time_zone),
    ("site_holidays", _("Days off"), in_words.holidays),
    ("site_notices", _("Legal notices"), in_words.notices),
    ("site_keeping", forms.KeepingForm.title, in_words.keeping),
    ("site_clocks", forms.ClocksForm.title, in_words.clocks),
]


class SitePage(Page):
    """At the site that the address names, if this person looks after it, else at the first of theirs."""

    who = Permission.SITE_SET_UP
    site: Site

    def enter(self, **kwargs: Any) -> None:
        super().enter(**kwargs)
        theirs = self.viewer.sites_with(self.who)
        here = site_for(self.request)
        if here.pk not in theirs:
            here = found(Site.objects.order_by("name", "pk"), pk__in=theirs)
            set_site(self.request, here)
        self.site = here

    def back(self) -> str:
        return reverse("site_set_up")


class Overview(SitePage):
    template = "healing/set_up/overview.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [{"key": title, "value": say(self.site), "url": reverse(name)} for name, title, say in PARTS]
        return self.render(rows=rows)


class SitePart(SitePage, FormPage):
    form_class = forms.LookForm  # or another part: the address says which
    template = "healing/set_up/part.html"

    def form(self, data: Any = None, files: Any = None) -> Any:
        return self.form_class(data, files, initial=self.form_class.now(self.site), site=self.site)

    def context(self) -> dict[str, Any]:
        part = self.form_class
        return {"title": part.title, "lead": part.lead, "note": part.note(self.site), "back_url": self.back()}

    def done(self, form: Any) -> HttpResponse:
        actions.change_site(by=self.viewer, site=self.site, **form.changes())
        messages.success(self.request, gettext("Saved."))
        return self.go("site_set_up")


class SiteList(SitePage, FormPage):
    """What is there already, and a form to add one more."""

    def context(self) -> dict[str, Any]:
        holidays, notices = self.site.holidays.order_by("day"), self.site.legal_notices.all()
        return {"back_url": self.back(), "holidays": holidays, "notices": notices}


class Holidays(SiteList):
    template = "healing/set_up/holidays.html"
    form_class = list_forms.HolidayForm

    def done(self, form: Any) -> HttpResponse:
        actions.add_holiday(by=self.viewer, site=self.site, **form.cleaned_data)
        messages.success(self.request, gettext("The day was added."))
        return self.go("site_holidays")


class RemoveHoliday(SitePage):
    template = "healing/set_up/holiday_remove.html"

    def enter(self, **kwargs: Any) -> None:
        super().enter(**kwargs)
        self.holiday = found(Holiday.objects.select_related("site"), site=self.site, pk=kwargs["holiday"])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.render(holiday=self.holiday, back_url=reverse("site_holidays"))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        actions.remove_holiday(by=self.viewer, holiday=self.holiday)
        messages.success(request, gettext("The day was removed."))
        return self.go("site_holidays")


class LegalNotices(SiteList):
    template = "healing/set_up/notices.html"
    form_class = list_forms.LegalNoticeForm

    def done(self, form: Any) -> HttpResponse:
        actions.add_legal_notice(by=self.viewer, site=self.site, **form.cleaned_data)
        messages.success(self.request, gettext("The notice was added."))
        return self.go("site_notices")
