"""People at the workbench: adding them, how to reach them safely, and pausing."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.actions import people
from cases.forms.people import ContactForm, PauseForm, PersonForm
from cases.pages import CasePage, PersonPage
from cases.queries import people as queries
from healing.pages import FormPage


class New(FormPage, CasePage):
    """Add somebody to the case. Names that are easily mixed up are asked about first."""

    template = "cases/person_new.html"

    def form(self, data: Any = None, files: Any = None) -> PersonForm:
        self.recorded("case.people_seen", self.case)
        return PersonForm(data, people=queries.in_case(self.viewer, self.case))

    def done(self, form: PersonForm) -> HttpResponse:
        given = form.cleaned_data
        person = people.add_participant(
            by=self.viewer,
            case=self.case,
            side=given["side"],
            part=given["part"],
            name=given["name"],
            accompanies=given["accompanies"],
            language=given["language"],
        )
        return self.go("person_contact", self.case.pk, person.pk)


class PersonFormPage(FormPage, PersonPage):
    """A form about one person. Its button names them, so that nothing is saved for somebody else."""

    button: ClassVar[Any]

    def form(self, data: Any = None, files: Any = None) -> Any:
        form = super().form(data, files)
        form.submit = self.button % {"name": self.person.name, "side": self.person.get_side_display()}
        return form


class Contact(PersonFormPage):
    """The safe contact card. It is asked again each time."""

    template = "cases/person_contact.html"
    form_class = ContactForm
    button = gettext_lazy("Save for %(name)s (%(side)s)")

    def initial(self) -> dict[str, Any]:
        self.recorded("person.contact_seen", self.person)
        card = queries.contact(self.viewer, self.person)
        return {name: getattr(card, name) for name in people.CARD} if card else {}

    def done(self, form: ContactForm) -> HttpResponse:
        card = {name: form.cleaned_data[name] for name in people.CARD}
        people.save_contact(by=self.viewer, participant=self.person, **card)
        messages.success(self.request, _("The contact card of %(name)s is saved.") % {"name": self.person.name})
        return self.go("person", self.case.pk, self.person.pk)


class Pause(PersonFormPage):
    """Pause everything for one person, or go on. The other rooms learn nothing of it."""

    template = "cases/person_pause.html"
    form_class = PauseForm
    button = gettext_lazy("Pause everything for %(name)s (%(side)s)")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.recorded("person.pause_seen", self.person)
        return super().get(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.POST.get("then") != "resume":
            return super().post(request)
        people.resume(by=self.viewer, participant=self.person)
        messages.success(request, _("%(name)s is no longer paused.") % {"name": self.person.name})
        return self.go("person", self.case.pk, self.person.pk)

    def done(self, form: PauseForm) -> HttpResponse:
        people.pause(by=self.viewer, participant=self.person, reason=form.cleaned_data["reason"])
        messages.success(self.request, _("%(name)s is paused. Nothing is sent.") % {"name": self.person.name})
        return self.go("person", self.case.pk, self.person.pk)
