"""Answering a question set. A draft stays in its author's room; sending it is one press that names who will read it."""

import json
from typing import Any
from uuid import UUID

from django.db import transaction

from cases.models import Participant
from facilitation import instruments
from facilitation.actions import followups
from facilitation.models import FollowUp, Response
from facilitation.queries.readiness import LEFT, answers_of, instrument_of, times_left
from healing import access, audit, clock
from healing.errors import HealingError, NotAllowed

ALREADY_SENT = "These answers have been sent. You can start a new check-in at any time."
LOOKING_BACK = "looking-back"
STOP_ASKING = {"question": "wishes", "code": "stop"}


@transaction.atomic
def start(*, by: access.Viewer, participant: Participant, instrument: str) -> Response:
    """Begin, or go on with the draft that is there. The newest version is used, and kept until the answers are sent."""
    _require_own(by, participant.pk)
    chosen = instruments.load(instrument)
    new = Response(
        case_id=participant.case_id,
        participant=participant,
        instrument=chosen.name,
        version=chosen.version,
        content_hash=chosen.content_hash,
        language=chosen.language,
    )
    Response.objects.bulk_create([new], ignore_conflicts=True)
    drafts = Response.objects.visible_to(by).filter(participant=participant, instrument=instrument, sent_at=None)
    response = drafts.get()
    if response.pk == new.pk:
        audit.record(by=by, verb="check_in.begun", subject=response, detail=instrument)
    return response


@transaction.atomic
def save_answer(
    *, by: access.Viewer, response: Response, question: str, answer: dict[str, Any], typed_after: int | None = None
) -> Response:
    """Keep one answer in the draft. An empty one means that the question was skipped.

    `typed_after`: the page is still open, and had been left so often when it was opened. What comes in from a page that
    has been left since is too late: the person has answered or skipped it by then.
    """
    draft = _locked(by, response)
    if draft.sent_at:
        raise HealingError(ALREADY_SENT)
    answers = answers_of(draft)
    left = times_left(answers, question)
    if typed_after not in (None, left):
        return draft
    left += typed_after is None
    draft.answers = json.dumps(answers | {question: answer | ({LEFT: left} if left else {})})
    draft.saved_at = clock.now()
    draft.save(update_fields=["answers", "saved_at"])
    return draft


@transaction.atomic
def send(*, by: access.Viewer, response: Response) -> Response:
    """Let the facilitators of the case read the answers. Answers to questions that are no longer asked are left out."""
    draft = _locked(by, response)
    if draft.sent_at:
        return draft
    said = {name: _said(answer) for name, answer in answers_of(draft).items()}
    answers = instruments.standing(instrument_of(draft), said)
    draft.answers = json.dumps(answers)
    draft.sent_at = draft.saved_at = clock.now()
    draft.save(update_fields=["answers", "saved_at", "sent_at"])
    audit.record(by=by, verb="check_in.sent", subject=draft, detail=draft.instrument)
    if draft.instrument == LOOKING_BACK:
        _answer_follow_up(by, draft, answers)
    return draft


def _answer_follow_up(by: access.Viewer, response: Response, answers: dict[str, Any]) -> None:
    """The contact that asked is answered. Whoever would rather not be asked again is not."""
    own = FollowUp.objects.visible_to(by).filter(participant=response.participant_id)
    own.filter(status=FollowUp.Status.SENT).update(status=FollowUp.Status.ANSWERED)
    if STOP_ASKING["code"] in answers.get(STOP_ASKING["question"], {}).get("codes", []):
        for follow_up in own.filter(status=FollowUp.Status.PLANNED):
            followups.opt_out(by=by, follow_up=follow_up)


def _said(answer: dict[str, Any]) -> dict[str, Any]:
    return {part: value for part, value in answer.items() if part != LEFT}


def _locked(by: access.Viewer, response: Response) -> Response:
    _require_own(by, response.participant_id)
    return Response.objects.visible_to(by).select_for_update().get(pk=response.pk)


def _require_own(by: access.Viewer, room: UUID) -> None:
    """Nobody answers for somebody else."""
    if room not in by.rooms:
        raise NotAllowed
