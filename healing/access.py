"""May this person do this, and which rows exist for them.

A viewer is opened once per transaction, by one function here and one in PostgreSQL (`open_context`). The same context
narrows querysets (`visible_to(viewer)`) and is what row-level security reads, so that either lock holds by itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, transaction

from healing.errors import NotAllowed
from healing.roles import ROLES, SYSTEM, Permission, Role, with_permission

Ids = frozenset[UUID]


@dataclass(frozen=True)
class Viewer:
    """For whom rows are read: their own rooms, the cases they are assigned to, the sites where a role opens a list."""

    kind: str = "nobody"
    ref: str = ""
    user_id: UUID | None = None
    rooms: Ids = frozenset()
    cases: Ids = frozenset()
    event_sites: Ids = frozenset()
    lead_sites: Ids = frozenset()
    people_sites: Ids = frozenset()
    invited_room: UUID | None = None
    roles: frozenset[tuple[UUID, Role]] = frozenset()
    keys: dict[UUID, bytes] = field(default_factory=dict, compare=False, repr=False)  # data keys opened so far

    @property
    def person(self) -> UUID:
        """Whose act it is, where only somebody who is signed in may act."""
        if self.user_id is None:
            raise NotAllowed
        return self.user_id

    @property
    def is_worker(self) -> bool:
        return self.kind in ("worker", "case", "site")

    @property
    def role_name(self) -> str:
        """The role as the record of who looked shows it."""
        if self.is_worker:
            return SYSTEM
        return min((role.value for _, role in self.roles), default="participant" if self.rooms else "visitor")

    def sites_with(self, permission: Permission) -> Ids:
        return frozenset(site for site, role in self.roles if permission in ROLES[role][2])


NOBODY = Viewer()
_current: ContextVar[Viewer] = ContextVar("viewer", default=NOBODY)


def current() -> Viewer:
    """The viewer whose context is open in this transaction."""
    return _current.get()


def can(viewer: Viewer, permission: Permission, site: UUID | None = None) -> bool:
    """Whether a role gives this permission, at one site or anywhere. Due work acts for the programme and may."""
    sites = viewer.sites_with(permission)
    return viewer.is_worker or (bool(sites) if site is None else site in sites)


def require(viewer: Viewer, permission: Permission, site: UUID | None = None) -> None:
    if not can(viewer, permission, site):
        raise NotAllowed


def require_case(viewer: Viewer, case_id: UUID | None) -> None:
    """Only a facilitator assigned to the case, or due work in its name. Nobody is assigned to what has no case."""
    if case_id not in viewer.cases:
        raise NotAllowed


@contextmanager
def opened(kind: str, ref: object = "") -> Iterator[Viewer]:
    """Open a context for one transaction, and put back what was open before.

    kind: `user` (ref: their id), `invitation` (ref: a token's fingerprint), `case` or `site` (ref: its id, for the
    worker's role only), `worker` (due work before it knows a case), `nobody`.
    """
    before = current()
    ends_here = outermost()  # then the end of the transaction closes the context
    with transaction.atomic():
        viewer = _open(kind, str(ref))
        token = _current.set(viewer)
        try:
            yield viewer
            if not (ends_here or connection.needs_rollback):  # taking back puts the settings back too
                _open(before.kind, before.ref)
        finally:
            _current.reset(token)


def outermost() -> bool:
    """Whether a transaction that begins now ends with the block it begins for, and all that is local to it."""
    return connection.get_autocommit() and not connection.in_atomic_block


@contextmanager
def worn(viewer: Viewer) -> Iterator[None]:
    """Be this viewer for a while, where a context of another kind has been opened (`support.house`)."""
    token = _current.set(viewer)
    try:
        yield
    finally:
        _current.reset(token)


def reopened(viewer: Viewer) -> Viewer:
    """The same context, read again after it has changed: a case opened, a room entered."""
    fresh = _open(viewer.kind, viewer.ref)
    _current.set(fresh)
    return fresh


def _open(kind: str, ref: str) -> Viewer:
    opening = (Permission.CASES_RUN, Permission.EVENTS_SEE, Permission.CASES_ASSIGN, Permission.PEOPLE_MANAGE)
    roles = [with_permission(permission) for permission in opening]
    with connection.cursor() as cursor:
        cursor.execute("select * from open_context(%s, %s, %s, %s, %s, %s)", [kind, ref, *roles])
        user, rooms, cases, events, lead, people, invited, held = cursor.fetchone()
    return Viewer(
        kind=kind,
        ref=ref,
        user_id=_uuid(user),
        rooms=_uuids(rooms),
        cases=_uuids(cases),
        event_sites=_uuids(events),
        lead_sites=_uuids(lead),
        people_sites=_uuids(people),
        invited_room=_uuid(invited),
        roles=frozenset((UUID(site), Role(role)) for site, role in (pair.split(":") for pair in held)),
    )


def _uuid(value: str | None) -> UUID | None:
    return UUID(str(value)) if value else None


def _uuids(values: list[str]) -> Ids:
    return frozenset(UUID(str(value)) for value in values)


def refuse_bypassing_role() -> None:
    """Stop the start when the database role could see past row-level security."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select current_user,
                      bool_or(rolsuper or rolbypassrls),
                      exists (select from pg_class where relkind in ('r', 'p') and pg_has_role(relowner, 'member'))
               from pg_roles where pg_has_role(oid, 'member')"""
        )
        name, bypasses, owns = cursor.fetchone()
    if bypasses or owns:
        raise RuntimeError(
            f"The database role {name} could see past row-level security. "
            "Use healing_web for the web and healing_worker for the worker; healing_owner is for migrations only."
        )
