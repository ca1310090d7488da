"""Who may do what: data only. The short keys are stored; the words are shown."""

from enum import StrEnum


class Permission(StrEnum):
    CASES_RUN = "cases.run"  # work at the workbench of the cases one is assigned to
    CASES_OPEN = "cases.open"  # open a case from harm events
    CASES_ASSIGN = "cases.assign"  # see every case's process (no words) and name its facilitators
    EVENTS_SEE = "events.see"
    EVENTS_IMPORT = "events.import"
    PEOPLE_MANAGE = "people.manage"  # staff accounts and their roles
    SITE_SET_UP = "site.set_up"
    SUPPORT_GIVE = "support.give"  # be on call for colleagues, in the house of peer support
    SUPPORT_COORDINATE = "support.coordinate"  # its rota, its supporters and its numbers; no request


class Role(StrEnum):
    FACILITATOR = "facilitator"
    LEAD = "lead"
    PEER_SUPPORTER = "peer"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "admin"
    PRIVACY_OFFICER = "privacy"
    RESPONSIBLE = "responsible"


ROLES: dict[Role, tuple[str, str, frozenset[Permission]]] = {
    Role.FACILITATOR: (
        "Facilitator",
        "Prepares and holds conversations. Sees the cases that she is assigned to, and only those.",
        frozenset({Permission.CASES_RUN, Permission.CASES_OPEN, Permission.EVENTS_SEE, Permission.EVENTS_IMPORT}),
    ),
    Role.LEAD: (
        "Lead",
        "Names facilitators and looks after load and waiting. Sees each case's process, never a person's words.",
        frozenset({Permission.CASES_ASSIGN, Permission.EVENTS_SEE, Permission.EVENTS_IMPORT}),
    ),
    Role.PEER_SUPPORTER: (
        "Peer supporter",
        "Supports colleagues in confidence. Sees what is asked of them, and no case.",
        frozenset({Permission.SUPPORT_GIVE}),
    ),
    Role.COORDINATOR: (
        "Peer support coordinator",
        "Looks after rota, waiting times and training. Sees no request and nobody who asked.",
        frozenset({Permission.SUPPORT_COORDINATE}),
    ),
    Role.ADMINISTRATOR: (
        "Administrator",
        "Looks after the site, its people and reports. Sees no case, no name in a case and no words.",
        frozenset({Permission.PEOPLE_MANAGE, Permission.SITE_SET_UP}),
    ),
    Role.PRIVACY_OFFICER: (
        "Privacy officer",
        "Checks the record of who looked, and erasure. Sees no words.",
        frozenset(),
    ),
    Role.RESPONSIBLE: (
        "Responsible person",
        "Keeps commitments. Sees the commitments given to them, and nothing else.",
        frozenset(),
    ),
}

SYSTEM = "system"  # the actor of due work


def with_permission(permission: Permission) -> list[str]:
    return [role.value for role, (_, _, permissions) in ROLES.items() if permission in permissions]
