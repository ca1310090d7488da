"""A house with two rooms, and people who visit theirs in a browser without JavaScript."""

from types import SimpleNamespace
from typing import Any

from cases.models import Participant
from healing.roles import Role
from tests.factories.cases import make_case, make_participant, make_site, make_staff, signed_in


def furnished() -> SimpleNamespace:
    """Maria's room is on the family side, Ben's on the staff side; Sam goes with both."""
    site = make_site(time_zone="Europe/London")
    sam = make_staff(site, Role.FACILITATOR, name="Sam Reed")
    case = make_case(sam)
    maria = make_participant(case, side="harmed", name="Maria Lopez")
    ben = make_participant(case, side="staff", name="Ben Okoro")
    return SimpleNamespace(site=site, sam=sam, case=case, maria=maria, ben=ben)


def visitor(room: Participant) -> SimpleNamespace:
    client, at = signed_in(room.user), f"/room/{room.pk}/"

    def get(path: str = "", **kwargs: Any) -> Any:
        return client.get(at + path, **kwargs)

    def post(path: str = "", data: Any = None, **kwargs: Any) -> Any:
        return client.post(at + path, data or {}, **kwargs)

    return SimpleNamespace(room=room, client=client, at=at, get=get, post=post)
