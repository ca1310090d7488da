"""The addresses in a room: the hub, the two question sets, my conversation, promises."""

from typing import Any

from django.urls import include, path

from facilitation.views.rooms import answering, conversation, hub
from facilitation.views.rooms.answering import CHECK_IN, LOOKING_BACK, Stage


def answering_pages(stage: Stage) -> list[Any]:
    """The same pages for each question set. The fixed words stand before the name of a question."""
    pages = {
        "": ("", answering.Begin),
        "answers/": ("_answers", answering.Answers),
        "sent/": ("_sent", answering.Sent),
        "<slug:question>/": ("_question", answering.Asked),
        "<slug:question>/save/": ("_save", answering.Typing),
        "<slug:question>/support/": ("_support", answering.Support),
    }
    return [path(at, page.as_view(stage=stage), name=stage.name + end) for at, (end, page) in pages.items()]


pages = [
    path("", hub.Hub.as_view(), name="room"),
    path("check-in/", include(answering_pages(CHECK_IN))),
    path("looking-back/", include(answering_pages(LOOKING_BACK))),
    path("conversation/", conversation.Conversation.as_view(), name="room_conversation"),
    path("conversation/appointment.ics", conversation.Calendar.as_view(), name="room_calendar"),
    path("promises/", conversation.Promises.as_view(), name="room_promises"),
    path("promises/<uuid:promise>/settle/", conversation.Settle.as_view(), name="room_promise_settle"),
]
urlpatterns = [path("rooms/", hub.Rooms.as_view(), name="rooms"), path("room/<uuid:room>/", include(pages))]
