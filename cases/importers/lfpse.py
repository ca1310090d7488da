"""What an English LFPSE submission (taxonomy 5) carries in extensions: harm of each patient, service, reference."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from cases.importers.harm_scales import gravest, gravity, step
from cases.importers.text import is_code

PROFILE = "/patient-safety-adverse-event-5"
PHYSICAL, PSYCHOLOGICAL, SERVICE, REFERENCE = "PhysicalHarm", "PsychologicalHarm", "ServiceArea", "ReferenceNumber"

SERVICE_AREAS = {
    "1": "Hospital, acute or specialist",
    "3": "Ambulance",
    "4": "Mental health",
    "6": "Community therapy",
    "7": "District nursing",
    "8": "Prison healthcare",
    "9": "Community pharmacy",
    "10": "Community optometry",
    "11": "Community dentistry",
    "12": "Care home",
    "13": "Social care",
    "14": "Learning disability and autism",
    "16": "Intermediate care",
    "17": "General practice",
    "18": "NHS 111",
    "19": "Maternity",
}


class Facts(NamedTuple):
    reference: str = ""
    physical_harm: str = ""
    psychological_harm: str = ""
    harm_original: str = ""
    service_area: str = ""


def facts(resource: dict[str, Any]) -> Facts:
    """Several patients may be harmed in one event: the gravest grade of each axis counts."""
    if not _is_lfpse(resource):
        return Facts()
    found: dict[str, list[str]] = {PHYSICAL: [], PSYCHOLOGICAL: [], SERVICE: [], REFERENCE: []}
    for holder in [resource, *_objects(resource.get("contained"))]:
        for name, value in _named_values(holder):
            if name in found:
                found[name].append(value)
    physical = [(step("lfpse_physical", code) or "unknown", code) for code in found[PHYSICAL]]
    psychological = [(step("lfpse_psychological", code) or "unknown", code) for code in found[PSYCHOLOGICAL]]
    return Facts(
        reference=next(iter(found[REFERENCE]), ""),
        physical_harm=gravest([grade for grade, _ in physical]),
        psychological_harm=gravest([grade for grade, _ in psychological]),
        harm_original=_original(physical=physical, psychological=psychological),
        service_area=next((SERVICE_AREAS[code] for code in found[SERVICE] if code in SERVICE_AREAS), ""),
    )


def _original(**axes: list[tuple[str, str]]) -> str:
    """The source's codes behind the gravest grade of each axis."""
    gravest_of = {axis: max(graded, key=lambda pair: gravity(pair[0])) for axis, graded in axes.items() if graded}
    return "; ".join(f"{axis} {code}" for axis, (_, code) in gravest_of.items() if is_code(code))


def _is_lfpse(resource: dict[str, Any]) -> bool:
    meta = resource.get("meta")
    profiles = meta.get("profile") if isinstance(meta, dict) else None
    return isinstance(profiles, list) and any(str(profile).endswith(PROFILE) for profile in profiles)


def _named_values(holder: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Extensions nest, and name themselves by a word or by an address that ends in it."""
    for extension in _objects(holder.get("extension")):
        yield from _named_values(extension)
        value = next((extension[key] for key in ("valueCode", "valueString") if key in extension), None)
        if isinstance(value, str):
            yield str(extension.get("url")).rsplit("/", 1)[-1], value.strip()


def _objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
