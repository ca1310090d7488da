"""One person at the workbench. Looking in is recorded in that person's own record before anything is shown."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cases import door
from cases.actions import consent
from cases.models import Consent
from cases.pages import PersonPage
from facilitation.actions import preparation
from facilitation.forms.people import AskForm, AssessmentForm, PreparationForm, RecordForm
from facilitation.models import Response
from facilitation.queries import person as queries
from facilitation.queries.cards import ledger
from facilitation.queries.people import called
from healing import clock
from healing.errors import HealingError
from healing.pages import FormPage, found


class OnePerson(PersonPage):
    """What every page about one person has: the full name with the side, and the consents."""

    def context(self) -> dict[str, Any]:
        return super().context() | {"who": called(self.person), "back_url": self.back()}

    def today(self) -> Any:
        return clock.today(self.case.site.time_zone)

    def consents(self) -> list[Consent]:
        return list(Consent.objects.visible_to(self.viewer).filter(participant=self.person))

    def back_to_person(self, words: str) -> HttpResponse:
        messages.success(self.request, words % {"who": called(self.person)})
        return self.go("person", self.case.pk, self.person.pk)


class Person(OnePerson):
    template = "facilitation/person.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.recorded("person.read", self.person)
        return self.render(**queries.whole(self.viewer, self.case, self.person), back_url="")


class CheckIn(OnePerson):
    """The answers as they were sent. Opening them is recorded; a press says that they were read."""

    template = "facilitation/check_in.html"
    response: Response

    def enter(self, case: UUID, person: UUID, response: UUID) -> None:
        super().enter(case=case, person=person)
        sent = Response.objects.visible_to(self.viewer).filter(participant=self.person, sent_at__isnull=False)
        self.response = found(sent, pk=response)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.recorded("check_in.read", self.response)
        return self.render(response=self.response, **queries.answered(self.response))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        preparation.mark_read(by=self.viewer, response=self.response)
        return self.back_to_person(_("You have read what %(who)s wrote."))


class Preparation(FormPage, OnePerson):
    template = "facilitation/preparation.html"

    def form(self, data: Any = None, files: Any = None) -> PreparationForm:
        return PreparationForm(data, person=self.person, today=self.today(), initial={"happened_on": self.today()})

    def done(self, form: PreparationForm) -> HttpResponse:
        preparation.note_preparation(by=self.viewer, participant=self.person, **form.cleaned_data)
        return self.back_to_person(_("The preparation with %(who)s is noted."))


class Assessment(FormPage, OnePerson):
    template = "facilitation/assessment.html"

    def form(self, data: Any = None, files: Any = None) -> AssessmentForm:
        return AssessmentForm(data, person=self.person)

    def done(self, form: AssessmentForm) -> HttpResponse:
        preparation.assess(by=self.viewer, participant=self.person, **form.cleaned_data)
        return self.back_to_person(_("Risks and strengths for %(who)s are noted."))


class Record(FormPage, OnePerson):
    """An answer given by phone, in person or on paper. It counts at once."""

    template = "facilitation/record_consent.html"

    def form(self, data: Any = None, files: Any = None) -> RecordForm:
        standing = {yes.key for yes in ledger(self.consents()) if yes.status == "given"}
        about = self.request.GET.get("about", "take-part")
        return RecordForm(data, person=self.person, standing=standing, today=self.today(), initial={"about": about})

    def done(self, form: RecordForm) -> HttpResponse:
        consent.decide(by=self.viewer, participant=self.person, **form.decided())
        return self.back_to_person(_("Recorded for %(who)s. It counts from now on."))


class Ask(FormPage, OnePerson):
    """Ask for one yes, such as to meet in one form. The question waits on the person's own page."""

    template = "facilitation/ask.html"

    def form(self, data: Any = None, files: Any = None) -> AskForm:
        return AskForm(data, person=self.person, ledger=ledger(self.consents()))

    def done(self, form: AskForm) -> HttpResponse:
        consent.ask(by=self.viewer, participant=self.person, **form.asked())
        return self.back_to_person(_("The question is on the page of %(who)s."))


class Carry(OnePerson):
    """Exactly the words that were released, and one button for each receiver that says the receiver's name."""

    template = "facilitation/carry.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.recorded("words.read", self.person)
        return self.render(**queries.released(self.viewer, self.case, self.person))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        released = found(queries.shared(self.viewer, self.person))
        receivers = queries.receiving(self.viewer, self.case, self.person)
        receiver = receivers.filter(pk=as_uuid(request.POST.get("to", ""))).first()
        if receiver is None:
            raise HealingError(_("Choose the person who receives these words."))
        door.deliver(by=self.viewer, consent=released, to=[receiver])
        messages.success(request, _("The words wait on the page of %(who)s.") % {"who": called(receiver)})
        return self.go("person_carry", self.case.pk, self.person.pk)


def as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
