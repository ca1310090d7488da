"""Inviting a person, taking an invitation back, and the page behind its link."""

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.actions import invitations
from cases.forms.invitations import CodeForm
from cases.models import Participant
from cases.pages import PersonPage
from cases.queries import people as queries
from healing.errors import HealingError
from healing.pages import ANYONE, FormPage

LIMITS = {"invitation": "10/m/key"}


class Invite(PersonPage):
    """What will be sent, and where. After sending, the code is shown this once, to be told by phone."""

    template = "cases/person_invite.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.recorded("person.contact_seen", self.person)
        newest, stands = queries.newest_invitation(self.viewer, self.person)
        return self.render(card=queries.contact(self.viewer, self.person), newest=newest, stands=stands)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        invitation, code = invitations.invite(by=self.viewer, participant=self.person)
        card = queries.contact(self.viewer, self.person)
        return self.render("cases/person_invited.html", invitation=invitation, code=code, card=card)


class Revoke(PersonPage):
    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        invitations.revoke_standing(by=self.viewer, participant=self.person)
        messages.success(request, _("The invitation of %(name)s is taken back.") % {"name": self.person.name})
        return self.go("person", self.case.pk, self.person.pk)


class Invitation(FormPage):
    """The page behind every link: the same bytes for a valid, used, old, revoked or invented one."""

    who = ANYONE
    template = "cases/invitation.html"
    form_class = CodeForm
    token: str

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        self.token = token
        return super().post(request)

    def done(self, form: CodeForm) -> HttpResponse:
        try:
            room = self.let_in(form.cleaned_data["code"])
        except HealingError as error:
            form.add_error("code", str(error))
            return self.render(form=form, status=422)
        record_authentication(self.request, room.user, method="code", email=room.user.email)
        return perform_login(self.request, Login(user=room.user, redirect_url=reverse("room", args=[room.pk])))

    def let_in(self, code: str) -> Participant:
        """Limits count for one link, and for one link from one place: never for a place, which people may share."""
        for key in (self.token, f"{self.token} {ratelimit.get_ip(self.request)}"):
            if not ratelimit.consume(self.request, app="cases", action="invitation", config=LIMITS, key=key):
                raise HealingError(invitations.DID_NOT_OPEN)
        return invitations.accept(token=self.token, code=code)
