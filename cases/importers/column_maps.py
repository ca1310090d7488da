"""Which columns of a table hold what: declared in a TOML file, so that a hospital can write its own."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from cases.importers.harm_scales import SCALES
from cases.importers.records import UnreadableFile

MAPS = Path(__file__).parent / "maps"
AXES = ("physical_harm", "psychological_harm")
FIELDS = ("reference", "version", "occurred_on", "recorded_on", "kind", *AXES, "service_area")
DEFAULTS: dict[str, Any] = {
    "encoding": "utf-8",
    "delimiter": ",",
    "heading_row": 1,
    "dates": ["%Y-%m-%d"],
    "required": ["reference"],
    "scales": {},
    "service_areas": {},
    "skip": [],
}
WORDS = {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}}
SKIP_RULE = {
    "type": "object",
    "required": ["column", "values", "reason"],
    "additionalProperties": False,
    "properties": {"column": {"type": "string"}, "values": WORDS, "reason": {"type": "string"}},
}
# A date has a year, and no directive twice.
DATE = {"type": "string", "pattern": r"^(?=.*%[Yy])(?!.*(%[a-zA-Z]).*\1)([^%]|%[YymdbBHMS])+$"}
SCHEMA = {
    "type": "object",
    "required": ["source_system", "columns"],
    "additionalProperties": False,
    "properties": {
        "source_system": {"type": "string", "minLength": 1, "maxLength": 200},
        "encoding": {"enum": ["utf-8", "cp1252", "latin-1"]},
        "delimiter": {"type": "string", "pattern": '^[^"\\r\\n ]$'},
        "heading_row": {"type": "integer", "minimum": 1},
        "dates": {"type": "array", "minItems": 1, "items": DATE},
        "required": {"type": "array", "items": {"enum": list(FIELDS)}},
        "columns": {
            "type": "object",
            "required": ["reference"],
            "additionalProperties": False,
            "properties": dict.fromkeys(FIELDS, WORDS),
        },
        "scales": {
            "type": "object",
            "additionalProperties": False,
            "properties": dict.fromkeys(AXES, {"enum": list(SCALES)}),
        },
        "service_areas": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 80}},
        "skip": {"type": "array", "items": SKIP_RULE},
    },
}


@dataclass(frozen=True)
class SkipRule:
    """Rows that hold one of the values in a column are not harm events, for the reason given."""

    column: str
    values: frozenset[str]
    reason: str


@dataclass(frozen=True)
class ColumnMap:
    name: str
    source_system: str
    columns: dict[str, list[str]]  # field: headings, of which the first that the table has is used
    encoding: str
    delimiter: str
    heading_row: int
    dates: tuple[str, ...]
    required: tuple[str, ...]
    scales: dict[str, str]  # axis: scale
    service_areas: dict[str, str]  # shorter names for those of the source
    skip: tuple[SkipRule, ...]


def shipped() -> list[str]:
    return sorted(path.stem for path in MAPS.glob("*.toml"))


def load_column_map(path_or_name: str | Path) -> ColumnMap:
    """A shipped map by its name, or a file. Over the web, take only names that are in `shipped()`."""
    name = str(path_or_name)
    path = MAPS / f"{name}.toml" if name in shipped() else Path(path_or_name)
    try:
        declared = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise UnreadableFile(f"There is no column map {name}. Use {', '.join(shipped())} or a TOML file.") from None
    except ValueError as error:
        raise UnreadableFile(f"The column map {name} is not valid TOML: {error}.") from None
    _check(name, declared)
    told = DEFAULTS | declared
    skip = tuple(SkipRule(rule["column"], _folded(rule["values"]), rule["reason"]) for rule in told["skip"])
    lists = {"dates": tuple(told["dates"]), "required": tuple(told["required"]), "skip": skip}
    return ColumnMap(**(told | lists | {"name": name}))


def _folded(values: list[str]) -> frozenset[str]:
    return frozenset(value.casefold() for value in values)


def _check(name: str, declared: dict[str, Any]) -> None:
    if error := best_match(Draft202012Validator(SCHEMA).iter_errors(declared)):
        where = " → ".join(map(str, error.absolute_path)) or "the top level"
        raise UnreadableFile(f"In the column map {name}, at {where}: {error.message}.")
    if unscaled := [axis for axis in AXES if (axis in declared["columns"]) != (axis in declared.get("scales", {}))]:
        raise UnreadableFile(f"In the column map {name}, {unscaled[0]} needs both a column and a scale.")
