"""A lifecycle is a table of data: which status may follow which."""

from collections.abc import Mapping


class Lifecycle:
    """`moves` maps each status to the statuses that may follow."""

    def __init__(self, name: str, moves: Mapping[str, set[str]]) -> None:
        self.name = name
        self.moves = {str(start): frozenset(map(str, ends)) for start, ends in moves.items()}

    def allows(self, start: str, end: str) -> bool:
        return end in self.moves.get(start, frozenset())

    def as_mermaid(self) -> str:
        arrows = [f"    {start} --> {end}" for start, ends in self.moves.items() for end in sorted(ends)]
        return "\n".join(["stateDiagram-v2", *arrows])
