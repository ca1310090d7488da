"""The addresses in a room that need no meeting: consent, words, what came through the door, contact, who looked."""

from django.urls import include, path

from cases.views.rooms import consent, others

pages = [
    path("consent/", consent.Ledger.as_view(), name="room_consents"),
    path("consent/<str:key>/", consent.Answer.as_view(), name="room_consent"),
    path("consent/<str:key>/later/", consent.Later.as_view(), name="room_consent_later"),
    path("words/", consent.Words.as_view(), name="room_words"),
    path("words/save/", consent.WordsKept.as_view(), name="room_words_save"),
    path("for-you/", others.ForYou.as_view(), name="room_deliveries"),
    path("for-you/<uuid:delivery>/read/", others.ReadIt.as_view(), name="room_delivery_read"),
    path("for-you/<uuid:delivery>/not-now/", others.NotNow.as_view(), name="room_delivery_not_now"),
    path("contact/", others.Contact.as_view(), name="room_contact"),
    path("looked/", others.Looked.as_view(), name="room_looked"),
    path("pause/", others.Pause.as_view(), name="room_pause"),
    path("resume/", others.Resume.as_view(), name="room_resume"),
]
urlpatterns = [path("room/<uuid:room>/", include(pages))]
