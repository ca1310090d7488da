"""Question sets being answered: what was said so far, and which question comes next."""

import json
from typing import Any

from cases.models import Participant
from facilitation import instruments
from facilitation.instruments import Instrument, Question
from facilitation.models import Response
from healing import access

Answers = dict[str, dict[str, Any]]
LEFT = "left"  # how often the question's page was left, in a draft; none: it was kept while it was being typed


def answers_of(response: Response) -> Answers:
    """Each question that was answered or skipped, and in a draft how often it was left."""
    return json.loads(response.answers or "{}")


def instrument_of(response: Response) -> Instrument:
    """The set in the version in which it was begun."""
    return instruments.load(response.instrument, response.version, response.language)


def draft(viewer: access.Viewer, room: Participant, instrument: str) -> Response | None:
    rows = Response.objects.visible_to(viewer).filter(participant=room, instrument=instrument)
    return rows.filter(sent_at=None).first()


def last_sent(viewer: access.Viewer, room: Participant, instrument: str) -> Response | None:
    rows = Response.objects.visible_to(viewer).filter(participant=room, instrument=instrument)
    return rows.filter(sent_at__isnull=False).order_by("-sent_at").first()


def first_unanswered(instrument: Instrument, answers: Answers) -> Question | None:
    """Where somebody goes on: the first question they have not left yet, answered or skipped. It follows from their own
    words alone."""
    asked = instruments.questions_for(instrument, answers)
    return next((question for question in asked if not times_left(answers, question.link_id)), None)


def times_left(answers: Answers, question: str) -> int:
    return answers.get(question, {}).get(LEFT, 0)


def before(instrument: Instrument, answers: Answers, question: Question) -> Question | None:
    """The question before this one, to go back to."""
    asked = instruments.questions_for(instrument, answers)
    earlier = asked[: asked.index(question)] if question in asked else []
    return earlier[-1] if earlier else None
