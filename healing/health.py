"""Whether everything is alive: answered before anything else, so that a probe needs no session, no host and no page."""

from collections.abc import Callable
from datetime import timedelta

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from kombu.exceptions import OperationalError

from healing import access, clock
from healing.celery import app
from healing.models import Heartbeat

WORKER_SEEN_WITHIN = timedelta(minutes=2)
PATIENCE = 2  # seconds


class Health:
    """`/healthz`: this process answers. `/readyz`: it can serve; otherwise 503 with a reason on each line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/healthz":
            return plain("ok")
        if request.path_info == "/readyz":
            missing = reasons()
            return plain("\n".join(missing), status=503) if missing else plain("ready")
        return self.get_response(request)


def plain(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")


def reasons() -> list[str]:
    """Why this place cannot serve right now, in sentences."""
    return [sentence for sentence in (database(), broker()) if sentence]


def database() -> str:
    """The database answers, as a role that cannot bypass, and a worker was seen lately."""
    try:
        access.refuse_bypassing_role()
        seen = Heartbeat.objects.filter(name="worker", at__gte=clock.now() - WORKER_SEEN_WITHIN).exists()
    except DatabaseError:
        return "The database does not answer."
    except RuntimeError as error:
        return str(error)
    return "" if seen else "No worker was seen in the last 2 minutes: letters and appointments wait."


def broker() -> str:
    try:
        with app.connection_for_write(transport_options={"socket_connect_timeout": PATIENCE}) as connection:
            connection.ensure_connection(max_retries=1, timeout=PATIENCE)
    except (OperationalError, OSError):
        return "The broker does not answer: due work is not woken."
    return ""
