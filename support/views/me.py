"""A supporter's own record: what they keep to themselves, whom they can support, how they are called."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from healing import clock, push, sms
from healing.alerts import starts_alerts
from healing.pages import found
from support.actions import supporters
from support.forms.shifts import DeviceForm, MyselfForm, NumberForm
from support.models import Channel
from support.queries import giving, units
from support.views.own import OwnFormPage, OwnPage

OWN = ("profession", "capacity", "listed", "backup")


@starts_alerts
class Me(OwnFormPage):
    template = "support/giving/me.html"
    form_class = MyselfForm

    def context(self) -> dict[str, Any]:
        return super().context() | {
            "trainings": giving.trainings(self.viewer, self.supporter),
            "training_due": giving.training_due(self.viewer, self.supporter, clock.now()),
            "channels": giving.channels(self.viewer, self.supporter),
            "texts": sms.available(),
            "key": push.public_key(),
            "url": reverse("support_channel_new"),
        }

    def form(self, data: Any = None, files: Any = None) -> MyselfForm:
        """A unit that was closed stays in the list of whoever has ticked it: parts of it may be open."""
        ticked = giving.not_for(self.viewer, self.supporter)
        known = units.all_units(self.viewer, self.supporter.site)
        choices = [unit for unit in known if unit.closed_on is None or unit.pk in ticked]
        initial = {name: getattr(self.supporter, name) for name in OWN}
        initial |= {"languages": self.supporter.languages.split(","), "not_for": [str(pk) for pk in ticked]}
        return MyselfForm(data, supporter=self.supporter, units=choices, initial=initial)

    def done(self, form: MyselfForm) -> HttpResponse:
        supporters.change(by=self.viewer, supporter=self.supporter, **form.cleaned_data)
        messages.success(self.request, _("Saved."))
        return self.go("support_me")


class Sign(OwnPage):
    """What a supporter promises to keep to themselves. It is signed once."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("support/giving/sign.html", unsigned=giving.unsigned(self.viewer).exists())

    def post(self, request: HttpRequest) -> HttpResponse:
        supporters.sign(by=self.viewer)
        return self.go("support_sign")


class NewChannel(OwnFormPage):
    """A number, typed; or a device, which the browser hands over."""

    template = "support/giving/number.html"
    form_class = NumberForm

    def enter(self, **kwargs: Any) -> None:
        super().enter(**kwargs)
        if not (push.public_key() if "endpoint" in self.request.POST else sms.available()):
            raise Http404

    def form(self, data: Any = None, files: Any = None) -> Any:
        return DeviceForm(data) if data and "endpoint" in data else super().form(data)

    def done(self, form: Any) -> HttpResponse:
        kind, address = next(
            (kind, form.cleaned_data[name])
            for kind, name in (("push", "endpoint"), ("sms", "address"))
            if name in form.cleaned_data
        )
        supporters.add_channel(by=self.viewer, supporter=self.supporter, kind=kind, address=address)
        return self.go("support_me")

    def back(self) -> str:
        return reverse("support_me")


class RemoveChannel(OwnPage):
    def post(self, request: HttpRequest, which: UUID) -> HttpResponse:
        way = found(Channel.objects.visible_to(self.viewer), pk=which)
        supporters.remove_channel(by=self.viewer, channel=way)
        return self.go("support_me")
