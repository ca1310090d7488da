"""Every public file, with exactly what comes of it."""

from datetime import date

import pytest
from importing import DATA, of_file, other_type, own_map, taken

from cases.importers import Skipped, Taken, UnreadableFile, Wrong

ACME = {"source_system": "http://acme.com/ids/patients/risks"}
RASH = ACME | {"reference": "49476534", "occurred_on": date(2017, 1, 29)}
ALT = {"kind": "Alanine aminotransferase increased", "physical_harm": "low", "harm_original": "non-serious; C41338"}
CARE = ACME | {"kind": "Medication mishap", "service_area": "Palliative Care Agency"}
DEVICE = {"kind": "Device", "physical_harm": "fatal", "harm_original": "serious; C48275"}
BLEEDING = {"kind": "Gastrointestinal haemorrhage", "physical_harm": "severe"}
PALSY = {"kind": "Bell's Palsy", "physical_harm": "unknown", "harm_original": "serious"}
UNGRADED = {"physical_harm": "unknown", "harm_original": "non-serious"}
HEADACHE = {"kind": "Headache", "occurred_on": date(2022, 2, 1)}
MILD = {"physical_harm": "low", "harm_original": "mild; non-serious"}
COMPASS = {"source_system": "http://example.org/fhir"}

FHIR = {
    "stu3/AdverseEvent-example.json": [
        taken(1, **RASH, kind="O/E - itchy rash", physical_harm="low", harm_original="Mild"),
    ],
    "r4/AdverseEvent-example.json": [
        taken(1, **RASH, kind="Product Use Error", physical_harm="low", harm_original="mild; Non-serious"),
    ],
    "r4/AdverseEvent-cdmh-example.json": [taken(1, **RASH, kind="Medication Mishap", **MILD)],
    "r4/AdverseEvent-lfh-minimal.json": [Skipped(1, "Entry 1 does not say whether it happened.")],
    "r4/backport/AdverseEvent-ClinicalTrialSignificantAdverseEvent.json": [
        Wrong(1, "Entry 1: detected is in the year 1905, before 1920. Check the year.")
    ],
    "r4/backport/AdverseEvent-NonSeriousAdverseEventResearchStudyMed.json": [
        taken(1, "NonSeriousAdverseEventResearchStudyMed", **HEADACHE, **MILD),
    ],
    "r4/backport/AdverseEvent-SeriousAdverseEventResearchStudy.json": [
        taken(
            1,
            "SeriousAdverseEventResearchStudy",
            date(2021, 12, 2),
            **BLEEDING,
            harm_original="severe; serious; C83052; C84266",
        )
    ],
    "r4/backport/AdverseEvent-adverse-event-compass-ex1.json": [
        taken(1, "adverse-event-compass-ex1", date(2020, 4, 22), **ALT)
    ],
    "r4/backport/AdverseEvent-adverse-event-compass-ex1b.json": [
        taken(1, "adverse-event-compass-ex1b", date(2020, 5, 20), **ALT)
    ],
    "r4/backport/AdverseEvent-adverse-event-device-death.json": [
        taken(1, "adverse-event-device-death", date(2020, 5, 20), **DEVICE)
    ],
    "r4/icsr/AdverseEvent-VaccinationExampleEvent.json": [
        taken(1, "VaccinationExampleEvent", date(2017, 4, 23), **PALSY)
    ],
    "r5/AdverseEvent-example.json": [taken(1, **RASH, kind="Product Use Error", **UNGRADED)],
    "r5/ae-care/AdverseEvent-clinicalcareexample1stage1.json": [
        taken(1, "001", None, **CARE, version="1", recorded_on=date(2021, 12, 10))
    ],
    "r5/ae-care/AdverseEvent-clinicalcareexample1stage2.json": [
        taken(1, "001", None, **CARE, version="2", recorded_on=date(2021, 12, 15))
    ],
    "r5/ae-care/AdverseEvent-clinicalcareexample2patient.json": [
        taken(
            1,
            "001",
            None,
            **ACME,
            version="2",
            recorded_on=date(2021, 12, 15),
            kind="Medication Mishap",
            service_area="Hospital, Inpatient",
        )
    ],
    "r5/ae-research/AdverseEvent-AdverseEventFromProcedureNotStudyDrug.json": [
        taken(
            1,
            "AdverseEventFromProcedureNotStudyDrug",
            date(2021, 1, 15),
            kind="Hypersensitivity reaction",
            **UNGRADED,
        )
    ],
    "r5/ae-research/AdverseEvent-NonSeriousAdverseEventResearchStudyMed.json": [
        taken(1, "NonSeriousAdverseEventResearchStudyMed", **HEADACHE, **UNGRADED)
    ],
    "r5/ae-research/AdverseEvent-SeriousAdverseEventResearchStudy.json": [
        taken(
            1,
            "SeriousAdverseEventResearchStudy",
            date(2021, 12, 2),
            **BLEEDING,
            harm_original="serious; C83052; C84266",
        )
    ],
    "r5/ae-research/AdverseEvent-adverse-event-compass-ex1.json": [
        taken(1, "adverse-event-compass-ex1", date(2020, 4, 22), **ALT)
    ],
    "r5/ae-research/AdverseEvent-adverse-event-compass-ex1b.json": [
        taken(1, "adverse-event-compass-ex1b", date(2020, 5, 20), **ALT)
    ],
    "r5/ae-research/AdverseEvent-adverse-event-device-death.json": [
        taken(1, "adverse-event-device-death", date(2020, 5, 20), **DEVICE)
    ],
    "r5/Bundle-assembled-compass.json": [
        taken(1, "adverse-event-compass-ex1", date(2020, 4, 22), **COMPASS, **ALT),
        taken(2, "adverse-event-compass-ex1b", date(2020, 5, 20), **COMPASS, **ALT),
        other_type(3, "MedicationAdministration"),
        other_type(4, "MedicationAdministration"),
        other_type(5, "MedicationAdministration"),
        other_type(6, "MedicationAdministration"),
        other_type(7, "Patient"),
        other_type(8, "Practitioner"),
        other_type(9, "Practitioner"),
        other_type(10, "ResearchStudy"),
    ],
    "r4/icsr/Bundle-ConnectathonVaccinationBundle.json": [
        other_type(1, "MessageHeader"),
        other_type(2, "Composition"),
        other_type(3, "Organization"),
        other_type(4, "PractitionerRole"),
        other_type(5, "Practitioner"),
        other_type(6, "Patient"),
        taken(7, "VaccinationExampleEvent", date(2017, 4, 23), **PALSY),
        other_type(8, "Immunization"),
        other_type(9, "MedicationAdministration"),
    ],
    "questionnaire/r4/Bundle-HaleySampleDiaryBundle.json": [
        other_type(1, "Questionnaire"),
        other_type(2, "QuestionnaireResponse"),
        other_type(3, "QuestionnaireResponse"),
        other_type(4, "QuestionnaireResponse"),
    ],
}


@pytest.mark.parametrize("path", FHIR)
def test_a_fhir_file_comes_out_exactly(path: str) -> None:
    assert of_file(f"fhir/{path}") == FHIR[path]


WANTED = "Choose a file with an AdverseEvent, a Bundle or a list of AdverseEvents, or one AdverseEvent to a line."
XML = "The file is XML. Export the events as FHIR JSON or CSV."
NO_HEADING = (
    "Row 1 has no heading reference or event reference or incident number, which the column map generic needs. "
    "Choose another map, or correct the heading."
)
UNREADABLE = {
    "invalid/bad-json-close-1.json": "The file is not JSON in line 15. Export it again.",
    "invalid/empty-array.json": f"The file is a FHIR DocumentReference. {WANTED}",
    "invalid/json-comma-bad-1.json": f"The file is a FHIR Patient. {WANTED}",
    "invalid/json-comments-1.json": "The file starts with a comment, and JSON has none. Take the comment out.",
    "invalid/list-empty1.json": f"The file is a FHIR List. {WANTED}",
    "invalid/observation-with-trailing-dot.json": f"The file is a FHIR Observation. {WANTED}",
    "invalid/patient-duplicate.json": f"The file is a FHIR Patient. {WANTED}",
    "invalid/qr-bad-ref1.json": f"The file is a FHIR QuestionnaireResponse. {WANTED}",
    "json/openfda_faers_event.json": f"The file is JSON without a FHIR resource type. {WANTED}",
    "fhir/r5/AdverseEvent-example.xml": XML,
    "fhir/r5/ae-care/adverseevent-clinicalcareexample1stage1.xml": XML,
    "fhir/r5/ae-care/adverseevent-clinicalcareexample1stage2.xml": XML,
    "fhir/r5/ae-care/adverseevent-clinicalcareexample2patient.xml": XML,
    "columns/nhs_incident_columns.csv": NO_HEADING,
    "csv/asrs_dbonline_excerpt_head.csv": NO_HEADING,
    "csv/maude_enums.csv": NO_HEADING,
    "csv/maude_foitext.txt": NO_HEADING,
    "csv/maude_patient.txt": NO_HEADING,
    "csv/ntsb_probable_cause.csv": NO_HEADING,
}


@pytest.mark.parametrize("path", UNREADABLE)
def test_a_file_of_no_use_is_turned_down_with_a_sentence(path: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        of_file(path)
    assert str(caught.value) == f"{path.rsplit('/', 1)[-1]}: {UNREADABLE[path]}"


def test_a_bundle_of_other_resources_is_skipped_entry_by_entry() -> None:
    assert of_file("invalid/bundle-duplicate-id.json") == [other_type(1, "Patient"), other_type(2, "RelatedPerson")]


def test_pipes_lists_in_a_cell_and_a_missing_last_line_end() -> None:
    maude = {"source_system": "maude"}
    assert of_file("csv/maude_patient.txt", own_map("maude-patient")) == [
        taken(2, "538836", **maude, recorded_on=date(2004, 8, 1)),
        taken(3, "1511544", **maude, recorded_on=date(2009, 10, 8)),
        taken(4, "1511543", **maude, recorded_on=date(2009, 10, 8)),
        taken(5, "1511542", **maude, recorded_on=date(2009, 10, 7)),
        taken(6, "1511541", **maude, recorded_on=date(2009, 10, 6)),
    ]


def test_several_rows_of_one_report_are_one_event() -> None:
    rows = of_file("csv/maude_foitext.txt", own_map("maude-text"))
    assert rows == [
        taken(2, "1511541", source_system="maude", kind="N"),
        Skipped(3, "Row 3 is not taken: row 2 has the same event."),
        taken(4, "1511542", source_system="maude", kind="N"),
        Skipped(5, "Row 5 is not taken: row 4 has the same event."),
        taken(6, "1511543", source_system="maude", kind="D"),
        Skipped(7, "Row 7 is not taken: row 6 has the same event."),
        taken(8, "1511544", source_system="maude", kind="D"),
        Skipped(9, "Row 9 is not taken: row 8 has the same event."),
        taken(10, "538836", date(2004, 6, 18), source_system="maude", kind="D"),
        Skipped(11, "Row 11 is not taken: row 10 has the same event."),
    ]


def test_two_heading_rows_an_empty_line_and_dates_to_the_month() -> None:
    rows = of_file("csv/asrs_dbonline_excerpt_head.csv", own_map("asrs"))
    asrs = {"source_system": "asrs", "occurred_precision": "month"}
    assert rows[0] == taken(4, "81135", date(1988, 1, 1), **asrs, service_area="CT")
    assert (len(rows), [type(row) for row in rows]) == (125, [Taken] * 125)
    assert {row.record.occurred_precision for row in rows} == {"month"}


def test_a_table_without_dates_keeps_its_rows_and_leaves_the_stories() -> None:
    rows = of_file("csv/ntsb_probable_cause.csv", own_map("ntsb"))
    assert rows == [taken(number + 2, str(number), source_system="ntsb") for number in range(156)]


def test_a_narrative_never_becomes_a_category() -> None:
    rows = of_file("csv/ntsb_probable_cause.csv", own_map("ntsb-narrative"))
    right = "Summary is longer than 120 characters. It should be a code or a short name."
    letter = taken(8, "6", source_system="ntsb", kind="T")  # the one cell of the file that holds no story
    short = Wrong(101, "Row 101: Summary is a sentence. Map a column with categories, not descriptions.")
    others = {8: letter, 101: short}
    assert rows == [others.get(row, Wrong(row, f"Row {row}: {right}")) for row in range(2, 158)]


def test_every_copied_file_has_its_expectation() -> None:
    copied = {str(path.relative_to(DATA)) for path in DATA.rglob("*") if path.is_file()}
    expected = {f"fhir/{path}" for path in FHIR} | UNREADABLE.keys() | {"invalid/bundle-duplicate-id.json"}
    assert {path for path in copied if not path.startswith("maps/")} - expected == {"README.md"}
