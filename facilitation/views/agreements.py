"""What was agreed, and the promises in it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cases.pages import CasePage
from facilitation.actions import agreements
from facilitation.forms.agreements import AgreementForm
from facilitation.models import Commitment as Made
from facilitation.models import Meeting
from facilitation.queries import conversations
from facilitation.queries.people import everybody_in, named
from healing.errors import IllegalMove
from healing.pages import FormPage, found


class New(FormPage, CasePage):
    """Only what everybody agreed to keep; a promise in it appears on the pages of those it was made to."""

    template = "facilitation/agreement.html"
    meeting: Meeting

    def enter(self, **kwargs: Any) -> None:
        super().enter(**kwargs)
        held = [row for row in conversations.meetings(self.viewer, self.case) if row.status == Meeting.Status.HELD]
        if not held:
            raise Http404
        self.meeting = held[0]

    def context(self) -> dict[str, Any]:
        return super().context() | {"meeting": self.meeting}

    def form(self, data: Any = None, files: Any = None) -> AgreementForm:
        return AgreementForm(data, people=everybody_in(self.viewer, self.case))

    def done(self, form: AgreementForm) -> HttpResponse:
        agreements.record_agreement(by=self.viewer, meeting=self.meeting, **form.recorded())
        messages.success(self.request, _("Kept. A promise is on the page of those it was made to."))
        return self.go("case", self.case.pk)


class Commitment(CasePage):
    """Whether a promise was kept. Those it was made to are told at once; only they can say that it is settled."""

    template = "facilitation/commitment.html"
    commitment: Made

    def enter(self, case: UUID, commitment: UUID) -> None:
        super().enter(case=case)
        self.commitment = found(Made.objects.visible_to(self.viewer).filter(case=self.case), pk=commitment)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        people = everybody_in(self.viewer, self.case)
        receivers = conversations.made_to(self.viewer, self.commitment, people)
        moves = [(to, Made.Status(to).label) for to in ("done", "not_done", "open") if self._may(to)]
        return self.render(commitment=self.commitment, receivers=named(receivers), moves=moves)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        status = request.POST.get("status", "")
        if not self._may(status):
            raise IllegalMove
        agreements.mark(by=self.viewer, commitment=self.commitment, status=status)
        messages.success(request, _("Noted, and shown to those it was promised to."))
        return self.go("case", self.case.pk)

    def _may(self, status: str) -> bool:
        return status != Made.Status.SETTLED and Made.LIFECYCLE.allows(self.commitment.status, status)
