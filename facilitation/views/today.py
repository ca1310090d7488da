"""Today: what needs the facilitator, and letters that a person has looked into."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from facilitation.actions import letters
from facilitation.queries import today
from healing import audit
from healing.models import Due
from healing.pages import Page, found
from healing.roles import Permission


class Today(Page):
    """Being named here is on the record of the room, as any look into it is."""

    who = Permission.CASES_RUN
    template = "facilitation/today.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = today.Today(self.viewer, self.request.site.time_zone)
        audit.record_many(by=self.viewer, verb="today.read", subjects=asked.opened())
        rows = asked.rows()
        return self.render(rows=rows, next_up=None if rows else today.next_up(self.viewer))


class LetterChecked(Page):
    """One press: it was looked into, or told by phone."""

    who = Permission.CASES_RUN

    def post(self, request: HttpRequest, letter: UUID) -> HttpResponse:
        own = Due.objects.visible_to(self.viewer).filter(case_id__in=self.viewer.cases)
        letters.checked(by=self.viewer, letter=found(own, pk=letter))
        messages.success(request, _("Marked. It will not be tried again."))
        return self.go("today")
