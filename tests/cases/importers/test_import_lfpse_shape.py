"""English LFPSE submissions carry everything in extensions, with the patients inside."""

import json
from datetime import date
from typing import Any

from importing import outcomes, taken

BASE = "https://psims-uat.azure-api.net/taxonomy/fhir/StructureDefinition"


def extension(name: str, **values: str) -> dict[str, Any]:
    return {"url": f"{BASE}/{name}-5", "extension": [{"url": url, "valueCode": code} for url, code in values.items()]}


def patient(**values: str) -> dict[str, Any]:
    return {"resourceType": "Patient", "extension": [extension("patient-information", **values)]}


SUBMISSION = {
    "resourceType": "AdverseEvent",
    "meta": {"profile": [f"{BASE}/patient-safety-adverse-event-5"]},
    "contained": [
        patient(PhysicalHarm="4", PsychologicalHarm="2", Gender="2"),
        patient(PhysicalHarm="2"),
        {"resourceType": "Practitioner", "extension": [extension("reporter", ReporterType="3", ServiceArea="x")]},
        {"resourceType": "Location", "extension": [extension("location-details", ServiceArea="19")]},
    ],
    "extension": [
        {
            "url": f"{BASE}/adverse-event-reference-metadata-5",
            "extension": [{"url": "ReferenceNumber", "valueString": " W-2024-17 "}],
        },
        {"url": f"{BASE}/adverse-event-outcome-5", "extension": [{"url": "ImmediateActions", "valueString": "Words"}]},
    ],
    "date": "2024-03-05T10:00:00+00:00",
    "description": "Mrs Smith fell",
}


def read_submission(**changes: Any) -> Any:
    return outcomes(json.dumps(SUBMISSION | changes).encode())


def test_the_gravest_harm_of_all_patients_counts() -> None:
    assert read_submission() == [
        taken(
            1,
            "W-2024-17",
            date(2024, 3, 5),
            source_system="lfpse",
            physical_harm="severe",
            psychological_harm="moderate",
            harm_original="physical 2; psychological 2",
            service_area="Maternity",
        )
    ]


def test_a_code_that_the_scale_does_not_have_is_unknown() -> None:
    (outcome,) = read_submission(contained=[patient(PhysicalHarm="9")])
    assert (outcome.record.physical_harm, outcome.record.harm_original) == ("unknown", "physical 9")


def test_another_profile_is_read_as_plain_fhir() -> None:
    (outcome,) = read_submission(id="7", meta={"profile": [f"{BASE}/patient-safety-adverse-event-4"]})
    assert outcome == taken(1, "7", date(2024, 3, 5))


def test_broken_extensions_do_no_harm() -> None:
    (outcome,) = read_submission(contained=[3, {"extension": "x"}, patient()], extension=None, id="7")
    assert outcome == taken(1, "7", date(2024, 3, 5))
