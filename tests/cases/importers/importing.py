"""Short ways to read a file and to write down what should come of it."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

from cases.importers import ColumnMap, EventRecord, Outcome, Skipped, Taken, UnreadableFile, load_column_map, read

DATA = Path(__file__).resolve().parents[2] / "data"
R4 = json.loads((DATA / "fhir/r4/AdverseEvent-example.json").read_text())


def outcomes(content: bytes, column_map: ColumnMap | None = None) -> list[Outcome]:
    return list(read(io.BytesIO(content), name="file", column_map=column_map))


def of_file(path: str, map_name: str | None = None) -> list[Outcome]:
    column_map = load_column_map(map_name) if map_name else None
    with (DATA / path).open("rb") as file:
        return list(read(file, name=Path(path).name, column_map=column_map))


def own_map(name: str) -> str:
    return str(DATA / "maps" / f"{name}.toml")


def problem(content: bytes, column_map: ColumnMap | None = None) -> str:
    """The sentence with which the whole file is turned down."""
    try:
        rows = outcomes(content, column_map)
    except UnreadableFile as error:
        return str(error)
    raise AssertionError(f"the file was read: {rows}")


def record(reference: str, occurred_on: date | None = None, **known: Any) -> EventRecord:
    return EventRecord(
        **(
            {
                "source_system": "fhir",
                "reference": reference,
                "version": "",
                "occurred_on": occurred_on,
                "occurred_precision": "day" if occurred_on else "unknown",
                "recorded_on": None,
                "kind": "",
                "physical_harm": "",
                "psychological_harm": "",
                "harm_original": "",
                "service_area": "",
            }
            | known
        )
    )


def taken(row: int, reference: str, occurred_on: date | None = None, **known: Any) -> Taken:
    return Taken(row, record(reference, occurred_on, **known))


def other_type(row: int, resource_type: str) -> Skipped:
    return Skipped(row, f"Entry {row} is of type {resource_type}, not AdverseEvent.")


def fhir(*, without: tuple[str, ...] = (), **changes: Any) -> bytes:
    """The R4 example, broken."""
    kept = {key: value for key, value in R4.items() if key not in without}
    return json.dumps(kept | changes).encode()


def bundle(*resources: Any) -> bytes:
    entries = [{"resource": resource} for resource in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()
