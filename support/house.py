"""The other house: peer support. Whoever is inside wears a database role that can read no case.

The way in is one SQL function (`enter_support`). It puts on the role and opens what this visitor may see, for this
transaction only; leaving puts the role before back on. As themselves, the web and the worker cannot look inside.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from uuid import UUID

from django.db import connection, transaction

from healing import access
from healing.roles import Permission, with_permission

ROLES = {False: "healing_support", True: "healing_support_worker"}  # by whether due work is being done


@dataclass(frozen=True)
class Visitor(access.Viewer):
    """Somebody in the house of peer support: who asks, who supports, who looks after the rota, or due work."""

    supporters: access.Ids = frozenset()  # their own records as a supporter, one for each site
    coordinated: access.Ids = frozenset()  # sites whose rota they look after
    holds: dict[str, str] = field(default_factory=dict, compare=False, repr=False)  # reply words shown, what was taken

    @property
    def is_worker(self) -> bool:
        return self.kind == "support worker"


@contextmanager
def entered(viewer: access.Viewer) -> Iterator[Visitor]:
    """Go over into peer support as this viewer. `access.NOBODY` is how everybody asks who does not sign in."""
    with _inside(viewer, worker=False) as visitor:
        yield visitor


@contextmanager
def entered_by_worker() -> Iterator[Visitor]:
    """Do due work of peer support, for everybody there and nobody elsewhere."""
    ends_here = access.outermost()  # then the end of the transaction is the way out
    with access.opened("worker") as viewer, _inside(viewer, worker=True, leave=not ends_here) as visitor:
        yield visitor


def show_words(visitor: Visitor, fingerprint: str) -> None:
    """From here on the request that these reply words belong to can be reached."""
    _hold(visitor, "words", fingerprint)


def take(visitor: Visitor, held: UUID) -> None:
    """From here on what hangs on this request or reminder can be reached: its key, its pages, what is due for it.

    The database lets only what this visitor sees be taken, and no request about which they are only asked: its contact
    is for whoever has said yes. What is taken stays in hand until they leave, so that they can also let go of it.
    """
    _hold(visitor, "held", str(held))


def take_alarm(visitor: Visitor, alarm: UUID) -> None:
    """From here on the alarm about a request that this visitor sees can be taken away."""
    _hold(visitor, "alarm", str(alarm))


@contextmanager
def _inside(viewer: access.Viewer, *, worker: bool, leave: bool = True) -> Iterator[Visitor]:
    with transaction.atomic(savepoint=leave):
        role_before = _role() if leave else ""
        visitor = _enter(viewer, worker)
        with access.worn(visitor):
            yield visitor
        if leave and not connection.needs_rollback:  # taking back takes the role off too
            with connection.cursor() as cursor:
                cursor.execute("select leave_support(%s)", [role_before])


def _role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('role')")
        return str(cursor.fetchone()[0])


def _enter(viewer: access.Viewer, worker: bool) -> Visitor:
    roles = [with_permission(Permission.SUPPORT_GIVE), with_permission(Permission.SUPPORT_COORDINATE)]
    with connection.cursor() as cursor:
        cursor.execute("select * from enter_support(%s, %s, %s, %s)", [ROLES[worker], viewer.user_id, *roles])
        supporters, coordinated = cursor.fetchone()
    known = {field.name: getattr(viewer, field.name) for field in fields(access.Viewer)} | {"keys": {}}
    known |= {"rooms": frozenset(), "cases": frozenset()}  # no case comes along
    return Visitor(
        **known | {"kind": "support worker" if worker else "support"},
        supporters=frozenset(UUID(str(one)) for one in supporters),
        coordinated=frozenset(UUID(str(one)) for one in coordinated),
    )


def _hold(visitor: Visitor, name: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select hold_in_support(%s, %s)", [name, value])
        if cursor.fetchone()[0]:
            visitor.holds[name] = value
