"""The addresses of cases: harm events, cases, the people in them, invitations, and rooms as far as cases go."""

from django.urls import include, path

from cases.views import cases, harm_events, invitations, people

events = [
    path("", harm_events.Events.as_view(), name="events"),
    path("import/", harm_events.Import.as_view(), name="event_import"),
    path("import/<uuid:batch>/", harm_events.Preview.as_view(), name="event_preview"),
    path("import/<uuid:batch>/leave/", harm_events.LeaveImport.as_view(), name="event_import_leave"),
    path("<uuid:event>/", harm_events.Event.as_view(), name="event"),
    path("<uuid:event>/grade/", harm_events.Grade.as_view(), name="event_grade"),
]
person = [
    path("contact/", people.Contact.as_view(), name="person_contact"),
    path("invite/", invitations.Invite.as_view(), name="person_invite"),
    path("invite/revoke/", invitations.Revoke.as_view(), name="person_invite_revoke"),
    path("pause/", people.Pause.as_view(), name="person_pause"),
]
case = [
    path("assign/", cases.Assign.as_view(), name="case_assign"),
    path("independence/", cases.Independence.as_view(), name="case_independence"),
    path("people/new/", people.New.as_view(), name="person_new"),
    path("people/<uuid:person>/", include(person)),
    path("close/", cases.Close.as_view(), name="case_close"),
    path("reopen/", cases.Reopen.as_view(), name="case_reopen"),
]
urlpatterns = [
    path("events/", include(events)),
    path("cases/", cases.Cases.as_view(), name="cases"),
    path("cases/new/", cases.Open.as_view(), name="case_new"),
    path("cases/<uuid:case>/", include(case)),
    path("invitation/<str:token>/", invitations.Invitation.as_view(), name="invitation"),
    path("", include("cases.room_urls")),
]
