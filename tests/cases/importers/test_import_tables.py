"""Tables: the shipped maps on tables written in their shape, and what is broken in them."""

from datetime import date
from pathlib import Path

import pytest
from importing import DATA, outcomes, problem, taken

from cases.importers import Outcome, Skipped, UnreadableFile, Wrong, load_column_map
from cases.importers.column_maps import shipped
from cases.importers.harm_scales import SCALES

NO_HARM = {"source_system": "table", "physical_harm": "none", "harm_original": "physical: none"}
HEADING = "reference,occurred on,physical harm"


def table(*rows: str, heading: str = HEADING) -> list[Outcome]:
    return outcomes("\n".join([heading, *rows]).encode())


def test_the_shipped_maps_use_headings_that_the_extracts_have() -> None:
    lines = (DATA / "columns/nhs_incident_columns.csv").read_text().splitlines()[1:]
    known = {
        system: {line.split(",", 1)[1] for line in lines if line.startswith(system)} for system in ("lfpse", "nrls")
    }
    for system, headings in known.items():
        for wanted in load_column_map(system).columns.values():
            assert any(line.startswith(f"{wanted[0]},") for line in headings), wanted[0]


def test_lfpse_has_a_row_for_each_patient_and_counts_downwards() -> None:
    heading = (
        "Reference,TaxonomyVersion,Revision,CL001 - Event Type,T005 - Event date,Reported Date,Patient no.,"
        "OT001 - Physical harm,OT002 - Psychological harm,L003 - Service Area,F001 - Describe what happened"
    )
    acute = (
        "\"Acute, general or specialist services (including inpatient, ED, outpatient and 'outsourced hospital care')\""
    )
    rows = [
        f"A1,5,1,Incident,2024-03-05,2024-03-06,1,4,1,{acute},Mrs Smith fell",
        f"A1,5,1,Incident,2024-03-05,2024-03-06,2,Severe physical harm,,{acute},",
        "A2,5,1,Risk,2024-03-05,2024-03-06,1,,,,",
        "A3,5,2,Incident,05/03/2024,,1,1,4,Maternity services (inpatient or community); NHS 111,",
        "A4,5,1,Incident,2024-03-05,2024-03-06,1,Harm level missing,Not applicable,,",
        "A5,5,1,Incident,2024-03-05,2024-03-06,1,0,5,,",
    ]
    lfpse = {"source_system": "lfpse", "kind": "Incident"}
    day = date(2024, 3, 5)
    acute_service = {"recorded_on": date(2024, 3, 6), "service_area": "Hospital, acute or specialist", "version": "1"}
    right = "1, 2, 3, 4, 5, fatal, severe physical harm, moderate physical harm, low physical harm, no physical harm"
    found = outcomes("\n".join([heading, *rows]).encode(), load_column_map("lfpse"))
    assert found == [
        taken(
            2,
            "A1",
            day,
            **lfpse,
            **acute_service,
            physical_harm="low",
            psychological_harm="severe",
            harm_original="physical: 4; psychological: 1",
        ),
        Skipped(3, "Row 3 is not taken: row 2 has the same event; its harm grade differs."),
        Skipped(4, "Row 4 records a risk or good care, not an event in which somebody was harmed."),
        taken(
            5,
            "A3",
            day,
            **lfpse,
            version="2",
            physical_harm="fatal",
            psychological_harm="none",
            harm_original="physical: 1; psychological: 4",
            service_area="Maternity services (inpatient or community); NHS 111",
        ),
        taken(
            6,
            "A4",
            day,
            **lfpse,
            version="1",
            recorded_on=date(2024, 3, 6),
            physical_harm="unknown",
            harm_original="physical: Harm level missing; psychological: Not applicable",
        ),
        Wrong(7, f"Row 7: OT001 - Physical harm is not a grade of the scale. It should be one of: {right}."),
    ]


def test_nrls_has_one_axis_in_words() -> None:
    heading = (
        "RP01 Unique Incident ID,Date of Incident,IN05 Incident Category - Lvl1,PD09 Degree of harm (severity),"
        "PD05 Specialty - Lvl 1,IN07 Description of what happened"
    )
    rows = "77,31/12/2019,Medication,Death,Obstetrics,Words\n78,2020-01-01,,5,,"
    found = outcomes(f"{heading}\n{rows}".encode(), load_column_map("nrls"))
    right = "no harm, low, moderate, severe, death"
    assert found == [
        taken(
            2,
            "77",
            date(2019, 12, 31),
            source_system="nrls",
            kind="Medication",
            physical_harm="fatal",
            harm_original="physical: Death",
            service_area="Obstetrics",
        ),
        Wrong(3, f"Row 3: PD09 Degree of harm (severity) is not a grade of the scale. It should be one of: {right}."),
    ]


def test_headings_are_found_whatever_their_case_spacing_and_order() -> None:
    found = table(" mild ,2024-05, 7 ", heading="\ufeffPhysical  Harm,OCCURRED ON,Incident Number")
    known = {"source_system": "table", "physical_harm": "low", "harm_original": "physical: mild"}
    assert found == [taken(2, "7", date(2024, 5, 1), **known, occurred_precision="month")]


def test_blank_rows_are_passed_over_and_still_counted() -> None:
    found = table("1,2024-01-01,", "", ",,", "2,,")
    assert found == [
        taken(2, "1", date(2024, 1, 1), source_system="table"),
        taken(5, "2", source_system="table"),
    ]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (",2024-01-01,", "reference is empty. It should be the event's number in its own system."),
        ("1,2024-02-30,", "occurred on is 2024-02-30. It should be a real date written as"),
        ("1,01/02/2024,", "occurred on is 01/02/2024. It should be a real date written as"),
        ("1,Mrs Smith fell,", "occurred on is not a date. It should be a real date written as"),
        ("1,2999-01-01,", "occurred on is 2999-01-01, a day to come. Check the date."),
        ("1,0191-01-01,", "occurred on is in the year 0191, before 1920. Check the year."),
        ("1,2024-01-01,Mrs Smith", "physical harm is not a grade of the scale. It should be one of: none, no harm,"),
        ("1,2024-01-01", "it has 2 cells, the heading has 3. Look for a stray or missing delimiter."),
        ("1,2024-01-01,,x", "it has 4 cells, the heading has 3. Look for a stray or missing delimiter."),
        (f"{'9' * 201},,", "reference is longer than 200 characters. It should be a code or a short name."),
        ("1\u202e2,,", "reference has characters that cannot be stored. Write it in plain text."),
    ],
)
def test_a_wrong_row_is_named_with_its_heading_and_what_would_be_right(row: str, sentence: str) -> None:
    first, second = table(row, "2,2024-01-01,none")
    assert (first.row, second) == (2, taken(3, "2", date(2024, 1, 1), **NO_HARM))
    assert first.reason.startswith(f"Row 2: {sentence}")


def test_recorded_before_it_happened_is_wrong() -> None:
    found = table("1,2024-02-03,2024-02-01", heading="reference,occurred on,recorded on")
    assert found == [Wrong(2, "Row 2: recorded on (2024-02-01) is before occurred on (2024-02-03). Check both dates.")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"name,when\n1,2", "Row 1 has no heading reference or event reference or incident number, which"),
        (b"reference\n1", "Row 1 has no heading occurred on or occurred_on or date of event, which"),
        (
            b"reference,occurred on,Reference\n",
            "The heading reference is there twice. Rename the one that is not meant.",
        ),
        (
            b'reference,occurred on\n1,2\n"3,4\n5,6\n',
            "From row 3 on this is not a table: a quote is open or out of place",
        ),
        (b'reference,occurred on\n"1"2,3\n', "From row 2 on this is not a table: a quote is open or out of place"),
        (
            b'reference,occurred on\n"' + b"x\n" * 70_000 + b'",',
            "From row 2 on this is not a table: a quote is open or out of place, or a cell is longer than 131,072",
        ),
        (
            "reference,occurred on\n1,2\nZoë,2".encode("latin-1"),
            "Line 3 is not in UTF-8. Save it as UTF-8 and choose it again.",
        ),
        (b"reference,occurred on\n" + b"x" * 2_000_000, "Line 2 is longer than a megabyte."),
    ],
)
def test_a_table_of_no_use_says_where_and_why(content: bytes, sentence: str) -> None:
    assert problem(content).startswith(f"file: {sentence}")


def write(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text)
    return path


def test_a_hospital_describes_its_own_table(tmp_path: Path) -> None:
    own = write(
        tmp_path,
        """
        source_system = "ulysses"
        encoding = "cp1252"
        delimiter = ";"
        heading_row = 3
        dates = ["%d.%m.%y"]
        [columns]
        reference = ["Nr"]
        occurred_on = ["Datum"]
        physical_harm = ["Schaden"]
        service_area = ["Station"]
        [scales]
        physical_harm = "ahrq"
        """,
    )
    content = "Bericht;;;\n\nNr;Datum;Schaden;Station\n1;03.02.24;B;Müllerstraße – 3\n".encode("cp1252")
    known = {"source_system": "ulysses", "physical_harm": "severe", "harm_original": "physical: B"}
    assert outcomes(content, load_column_map(own)) == [
        taken(4, "1", date(2024, 2, 3), **known, service_area="Müllerstraße – 3")
    ]
    short = problem(b"a;b\n", load_column_map(own))
    assert short == "file: The table has no row 3 with headings. Check the map's heading_row."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("columns = ", "is not valid TOML"),
        ("[columns]\nreference = ['a']", "at the top level: 'source_system' is a required property."),
        ("source_system = 'x'\n[columns]\nkind = ['a']", "at columns: 'reference' is a required property."),
        ("source_system = 'x'\nbog = 1\n[columns]\nreference = ['a']", "('bog' was unexpected)."),
        ("source_system = 'x'\ndelimiter = '::'\n[columns]\nreference = ['a']", "at delimiter: '::' does not match"),
        ("source_system = 'x'\ndates = ['%d']\n[columns]\nreference = ['a']", "at dates → 0: '%d' does not match"),
        ("source_system = 'x'\ndates = ['%Y%Y']\n[columns]\nreference = ['a']", "at dates → 0: '%Y%Y' does not match"),
        (
            "source_system = 'x'\n[columns]\nreference = ['a']\nphysical_harm = ['b']",
            "physical_harm needs both a column and a scale.",
        ),
        (
            "source_system = 'x'\n[columns]\nreference = ['a']\nphysical_harm = ['b']\n[scales]\nphysical_harm = 'x'",
            "at scales → physical_harm: 'x' is not one of",
        ),
    ],
)
def test_a_map_that_is_wrong_says_where(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        load_column_map(write(tmp_path, text))
    assert sentence in str(caught.value)


def test_a_map_that_is_not_there_names_those_that_are() -> None:
    assert shipped() == ["generic", "lfpse", "nrls"]
    with pytest.raises(UnreadableFile, match="There is no column map stars. Use generic, lfpse, nrls or a TOML file."):
        load_column_map("stars")


def test_nobody_dies_of_psychological_harm() -> None:
    assert {scale for scale, steps in SCALES.items() if "fatal" not in steps.values()} == {
        "lfpse_psychological",
        "words_psychological",
    }
