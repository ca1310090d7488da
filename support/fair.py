"""Who is called next: never somebody who must not know, then whoever's turn was longest ago.

Plain data in, one choice out, so that it can be tried over a year of invented nights.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

Ids = frozenset[UUID]


@dataclass(frozen=True)
class Candidate:
    """A supporter as they stand now. `leads` are the units they lead, `last_turn` is an order and not a time.

    `not_for` are the units for which they do not want to be called.
    """

    id: UUID
    user_id: UUID
    unit: UUID | None
    leads: Ids
    profession: str
    languages: frozenset[str]
    on_call: bool
    backup: bool
    has_room: bool
    last_turn: int
    not_for: Ids = frozenset()


@dataclass(frozen=True)
class Wish:
    """What a request says about whom to call. `line` is the asker's unit and every part of the house above it.

    `parts` are the units below it: whoever names a division works in one of them, and nobody knows in which.
    """

    asker: UUID | None
    asker_leads: Ids  # and every unit below them
    unit: UUID | None
    line: Ids
    parts: Ids
    from_where: str
    profession: str
    alike: bool
    language: str
    avoid: UUID | None
    prefer: UUID | None
    called_before: Ids  # who passed, did not answer, or was replaced


def next_to_call(wish: Wish, candidates: Iterable[Candidate]) -> Candidate | None:
    """The one whom the asker named, else somebody on call, else somebody who may be asked off duty."""
    free = [one for one in candidates if (one.on_call or one.backup) and may_be_called(wish, one)]
    return min(free, key=lambda one: _rank(wish, one), default=None)


def may_be_called(wish: Wish, one: Candidate) -> bool:
    """What nothing overrides. Where the asker's unit is not known, nobody who leads a unit is called.

    Whoever wants somebody from another unit gets nobody whose unit is not known. Whoever does not want to be called for
    a unit is not called for its parts either; where the unit is not known, or only its division, they are.
    """
    return (
        one.has_room
        and one.user_id != wish.asker
        and one.id != wish.avoid
        and one.id not in wish.called_before
        and wish.language in one.languages
        and not (wish.from_where == "elsewhere" and (one.unit is None or one.unit in wish.line | wish.parts))
        and not (one.not_for & wish.line)
        and not _in_line_of_management(wish, one)
    )


def _in_line_of_management(wish: Wish, one: Candidate) -> bool:
    above = bool(one.leads & (wish.line | wish.parts)) if wish.unit else bool(one.leads)
    return above or one.unit in wish.asker_leads


def _rank(wish: Wish, one: Candidate) -> tuple[bool, bool, bool, bool, int, bytes]:
    return (
        one.id != wish.prefer,
        not one.on_call,
        wish.from_where == "own" and one.unit != wish.unit,
        wish.alike and one.profession != wish.profession,
        one.last_turn,
        one.id.bytes,
    )
