"""A FHIR AdverseEvent (STU3, R4 or R5) as a pointer. The version is seen by the shape of each element.

Only codes, dates and references are read. `text`, `description`, `note`, the concepts' own `text`, the subject, the
recorder and the participants stay where they are.
"""

from typing import Any

from cases.importers import lfpse
from cases.importers.dates import UNKNOWN, When, from_fhir, in_order
from cases.importers.harm_scales import FHIR_CODES, gravest
from cases.importers.json_entries import Entry
from cases.importers.records import LONGEST, EventRecord, Mistake, Outcome, Skipped, Taken, Wrong
from cases.importers.text import clean, is_code, is_label

CRITERIA = "/seriousness-criteria"
GRADE = "/ae-grade"
STATUS = "/status"
SINCE_R4 = ("actuality", "event", "code", "status", "severity", "detected", "recordedDate")
NEAR_MISS = "is something that could have happened and did not. If somebody was affected, add the event by hand."
NO_IDENTIFIER = "identifier and id are both missing, so the event could not be found again. Give it an identifier."


def outcome(entry: Entry) -> Outcome:
    """What becomes of one entry: taken, skipped, or wrong with the field and what would be right."""
    where = f"{entry.label} {entry.row}"
    if entry.broken:
        return Wrong(entry.row, f"{where} {entry.broken}")
    try:
        if reason := _reason_to_skip(entry):
            return Skipped(entry.row, f"{where} {reason}")
        return Taken(entry.row, _record(entry))
    except Mistake as mistake:
        return Wrong(entry.row, f"{where}: {mistake}")


def _reason_to_skip(entry: Entry) -> str:
    resource = entry.resource
    if resource is None:
        return "holds no resource."
    if not isinstance(resource, dict) or not is_code(resource.get("resourceType")):
        raise Mistake("resourceType is missing. It should be AdverseEvent.")
    if resource["resourceType"] != "AdverseEvent":
        return f"is of type {resource['resourceType']}, not AdverseEvent."
    if entry.repeated:
        raise Mistake(f"{entry.repeated} is there twice. It should be there once.")
    if _status(resource) == "entered-in-error":
        return "was entered in error, says the source."
    return _not_actual(resource)


def _status(resource: dict[str, Any]) -> str:
    """R5 has a status; R4 carries it as a modifier. Any other modifier could turn the meaning round."""
    status = resource.get("status")
    for extension in _objects(resource, "modifierExtension"):
        if not str(extension.get("url")).endswith(STATUS):
            raise Mistake("modifierExtension changes the meaning in a way that is not known here. Leave it out.")
        status = extension.get("valueCode")
    return status if isinstance(status, str) else ""


def _not_actual(resource: dict[str, Any]) -> str:
    category = resource.get("category")
    if isinstance(category, str):  # STU3
        return NEAR_MISS if category == "PAE" else ""
    actuality = resource.get("actuality")
    if actuality == "potential":
        return NEAR_MISS
    if actuality is None and "_actuality" in resource:
        return "does not say whether it happened."
    if actuality != "actual" and (isinstance(category, list) or any(field in resource for field in SINCE_R4)):
        raise Mistake("actuality should be actual or potential.")
    return ""


def _record(entry: Entry) -> EventRecord:
    resource = entry.resource
    found = lfpse.facts(resource)
    source_system, reference = _reference(entry, found.reference)
    occurred, field = _occurred(resource)
    detected = from_fhir(resource.get("detected"), "detected")
    recorded = from_fhir(resource.get("recordedDate"), "recordedDate")
    in_order(occurred, detected, "detected", field)
    in_order(occurred, recorded, "recordedDate", field)
    noted = next((when.day for when in (recorded, detected) if when.precision == "day"), None)
    physical, original = _harm(resource)
    return EventRecord(
        source_system=source_system,
        reference=reference,
        version=_version(resource),
        occurred_on=occurred.day,
        occurred_precision=occurred.precision,
        recorded_on=noted,
        kind=_kind(resource),
        physical_harm=gravest([physical, found.physical_harm]),
        psychological_harm=found.psychological_harm,
        harm_original=found.harm_original or original,
        service_area=found.service_area or _place(resource),
    )


def _occurred(resource: dict[str, Any]) -> tuple[When, str]:
    """When it happened. `detected` is when it was noticed, so it does not stand in."""
    for field in ("date", "occurrenceDateTime"):
        if resource.get(field):
            return from_fhir(resource[field], field), field
    for period in _objects(resource, "occurrencePeriod"):
        return from_fhir(period.get("start"), "occurrencePeriod.start"), "occurrencePeriod.start"
    return UNKNOWN, "date"


def _reference(entry: Entry, lfpse_reference: str) -> tuple[str, str]:
    """The business identifier with its system; else the resource's id with the server it came from."""
    resource = entry.resource
    identifiers = [
        (_text(each, "system", "source_system") or "fhir", _text(each, "value", "reference"))
        for each in _objects(resource, "identifier")
        if each.get("value") and each.get("use") != "old"
    ]
    if identifiers:
        return next((pair for pair in identifiers if pair[0] != "fhir"), identifiers[0])
    if lfpse_reference:
        return "lfpse", clean(lfpse_reference, "reference", "ReferenceNumber")
    if not resource.get("id"):
        raise Mistake(NO_IDENTIFIER)
    return _home(entry), _text(resource, "id", "reference")


def _home(entry: Entry) -> str:
    """The server's address, from the entry's full URL; else what `meta` names as the source."""
    ending = f"/AdverseEvent/{entry.resource['id']}"
    if isinstance(entry.full_url, str) and entry.full_url.startswith("http") and entry.full_url.endswith(ending):
        return clean(entry.full_url.removesuffix(ending), "source_system", "fullUrl")
    return next((_text(meta, "source", "source_system") for meta in _objects(entry.resource, "meta")), "") or "fhir"


def _version(resource: dict[str, Any]) -> str:
    """The version's number if it is one, else the time of the last change: both can be put in order."""
    for meta in _objects(resource, "meta"):
        number, changed = _text(meta, "versionId", "version"), _text(meta, "lastUpdated", "version")
        return number if number.isdecimal() or not changed else changed
    return ""


def _kind(resource: dict[str, Any]) -> str:
    """The category is broad and so goes first. A concept's own text may be a narrative and is never read."""
    for field in ("category", "code", "event", "type"):
        if isinstance(resource.get(field), str):
            continue
        for coding in _codings(resource, field):
            if coding.get("system") and is_label(coding.get("display")):
                return clean(coding["display"], "kind", f"{field}.coding.display")
            if is_code(coding.get("code")):
                return str(coding["code"])
    return ""


def _harm(resource: dict[str, Any]) -> tuple[str, str]:
    """The gravest step the source's codes support, and those codes."""
    codes = [code for field in ("severity", "seriousness") for code in _codes(resource, field)]
    codes += [code for code in _codes(resource, "outcome") if FHIR_CODES.get(code.casefold()) == "fatal"]
    for extension in _objects(resource, "extension"):
        url = str(extension.get("url"))
        if url.endswith(GRADE):
            codes += _codes(extension, "valueCodeableConcept")
        elif url.endswith(CRITERIA):
            codes += _criterion(extension)
    codes = list(dict.fromkeys(codes))
    steps = [FHIR_CODES.get(code.casefold(), "unknown") for code in codes]
    return gravest(steps), "; ".join(codes)[: LONGEST["harm_original"]]


def _criterion(extension: dict[str, Any]) -> list[str]:
    """A criterion counts only where the source says that it was met, and only if it is a grade."""
    parts = _objects(extension, "extension")
    if not any(part.get("url") == "criterionPresent" and part.get("valueBoolean") is True for part in parts):
        return []
    codes = [code for part in parts for code in _codes(part, "valueCodeableConcept")]
    return [code for code in codes if code.casefold() in FHIR_CODES]


def _place(resource: dict[str, Any]) -> str:
    for location in _objects(resource, "location"):
        display = location.get("display")
        if isinstance(display, str) and len(display) <= LONGEST["service_area"]:
            return clean(display, "service_area", "location.display")
    return ""


def _codes(resource: dict[str, Any], field: str) -> list[str]:
    return [coding["code"] for coding in _codings(resource, field) if is_code(coding.get("code"))]


def _codings(resource: dict[str, Any], field: str) -> list[dict[str, Any]]:
    return [coding for concept in _objects(resource, field) for coding in _objects(concept, "coding")]


def _objects(resource: dict[str, Any], field: str) -> list[dict[str, Any]]:
    """What a field holds, as a list: versions differ in which fields repeat. Empty lists count as absent."""
    value = resource.get(field) or []
    found = value if isinstance(value, list) else [value]
    if not all(isinstance(each, dict) for each in found):
        raise Mistake(f"{field} should be an object or a list of objects.")
    return found


def _text(resource: dict[str, Any], key: str, field: str) -> str:
    value = resource.get(key) or ""
    if not isinstance(value, str):
        raise Mistake(f"{key} should be text.")
    return clean(value, field, key)
