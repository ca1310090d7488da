"""The addresses of facilitation: the workbench here, the rooms in `room_urls`."""

from django.urls import include, path

from facilitation.views import agreements, case, meetings, people, today

person = [
    path("", people.Person.as_view(), name="person"),
    path("check-ins/<uuid:response>/", people.CheckIn.as_view(), name="person_check_in"),
    path("preparation/", people.Preparation.as_view(), name="person_preparation"),
    path("assessment/", people.Assessment.as_view(), name="person_assessment"),
    path("consent/", people.Record.as_view(), name="person_consent"),
    path("ask/", people.Ask.as_view(), name="person_ask"),
    path("carry/", people.Carry.as_view(), name="person_carry"),
]
conversation = [
    path("", meetings.Plan.as_view(), name="meeting_plan"),
    path("care/", meetings.Care.as_view(), name="meeting_care"),
    path("book/", meetings.Book.as_view(), name="meeting_book"),
    path("off/", meetings.Cancel.as_view(), name="meeting_cancel"),
    path("held/", meetings.Held.as_view(), name="meeting_held"),
]
workbench = [
    path("", case.Case.as_view(), name="case"),
    path("words/", case.NextWord.as_view(), name="case_next_word"),
    path("people/<uuid:person>/", include(person)),
    path("conversation/", include(conversation)),
    path("agreement/", agreements.New.as_view(), name="agreement_new"),
    path("commitments/<uuid:commitment>/", agreements.Commitment.as_view(), name="commitment"),
]
urlpatterns = [
    path("today/", today.Today.as_view(), name="today"),
    path("today/letters/<uuid:letter>/", today.LetterChecked.as_view(), name="letter_checked"),
    path("cases/<uuid:case>/", include(workbench)),
    path("", include("facilitation.room_urls")),
]
