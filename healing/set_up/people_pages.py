"""People and roles: who works at a site and what they may do there. Nobody's case is seen through these pages."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from healing.models import Membership
from healing.pages import FormPage, found
from healing.roles import ROLES, Permission, Role
from healing.set_up import actions, people_forms, queries
from healing.set_up.site_pages import SitePage


class PeoplePage(SitePage):
    who = Permission.PEOPLE_MANAGE

    def back(self) -> str:
        return reverse("people")


class People(PeoplePage):
    template = "healing/set_up/people.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(colleagues=queries.colleagues(self.viewer, self.site))


class NewColleague(PeoplePage, FormPage):
    step_up = True
    template = "healing/set_up/colleague_new.html"
    form_class = people_forms.ColleagueForm

    def context(self) -> dict[str, Any]:
        return {"back_url": self.back()}

    def done(self, form: Any) -> HttpResponse:
        user = actions.add_colleague(by=self.viewer, site=self.site, **form.cleaned_data)
        said = _("%(name)s can sign in now with a code sent to %(email)s. A message is on its way.")
        messages.success(self.request, said % form.cleaned_data)
        return self.go("colleague", user.pk)


class ColleaguePage(PeoplePage):
    """One colleague. Somebody who never had a role here is not there."""

    colleague: queries.Colleague

    def enter(self, **kwargs: Any) -> None:
        super().enter(**kwargs)
        colleague = queries.colleague(self.viewer, self.site, kwargs["person"])
        if colleague is None:
            raise Http404
        self.colleague = colleague

    def context(self) -> dict[str, Any]:
        return {"colleague": self.colleague, "back_url": self.back()}


class ColleagueRoles(ColleaguePage):
    template = "healing/set_up/colleague.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.render(roles=[(held, ROLES[Role(held.role)][1]) for held in self.colleague.roles])


class GiveRole(ColleaguePage, FormPage):
    step_up = True
    template = "healing/set_up/role_give.html"
    form_class = people_forms.RoleForm

    def back(self) -> str:
        return reverse("colleague", args=[self.colleague.user.pk])

    def done(self, form: Any) -> HttpResponse:
        actions.give_role(by=self.viewer, site=self.site, user=self.colleague.user, role=form.cleaned_data["role"])
        messages.success(self.request, _("The role was given."))
        return self.go("colleague", self.colleague.user.pk)


class EndRole(PeoplePage):
    step_up = True
    template = "healing/set_up/role_end.html"

    def enter(self, **kwargs: Any) -> None:
        super().enter(**kwargs)
        roles = Membership.objects.visible_to(self.viewer).filter(site=self.site, ended_at=None)
        self.held = found(roles.select_related("user"), pk=kwargs["held"])

    def back(self) -> str:
        return reverse("colleague", args=[self.held.user_id])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.render(held=self.held, back_url=self.back())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        actions.end_role(by=self.viewer, held=self.held)
        messages.success(request, _("The role has ended."))
        own = self.held.user_id == self.viewer.user_id
        return self.go("home") if own else self.go("colleague", self.held.user_id)
