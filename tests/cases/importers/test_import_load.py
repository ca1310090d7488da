"""From a file to harm events, through the command: said row by row, all or nothing, and twice is once."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from importing import DATA, bundle

from cases.importers import EventRecord, UnreadableFile, read
from cases.importers.load import confirm, leave, preview
from cases.importers.records import LONGEST
from cases.models import HarmEvent, ImportBatch, ImportRow
from healing import access
from healing.errors import IllegalMove, NotAllowed
from healing.models import Site

COMPASS = DATA / "fhir/r5/Bundle-assembled-compass.json"
HEADING = "reference,occurred on,physical harm,category\n"


@pytest.fixture
def site(as_worker: None) -> Site:
    return Site.objects.create(slug="north", name="North", phone="1", crisis_lines="x")


@pytest.fixture
def viewer(site: Site) -> Iterator[access.Viewer]:
    with access.opened("site", site.pk) as viewer:
        yield viewer


def table(folder: Path, *rows: str, name: str = "events.csv") -> Path:
    path = folder / name
    path.write_text(HEADING + "\n".join(rows))
    return path


def run(file: Path, **options: Any) -> str:
    output = io.StringIO()
    call_command("import_events", str(file), stdout=output, stderr=io.StringIO(), **options)
    return output.getvalue()


def events(site: Site) -> dict[str, HarmEvent]:
    with access.opened("site", site.pk) as viewer:
        return {event.reference: event for event in HarmEvent.objects.visible_to(viewer)}


def traces(site: Site) -> tuple[int, int, int, int]:
    with access.opened("site", site.pk) as viewer:
        models = (HarmEvent, ImportBatch, ImportRow)
        return (*(model.objects.visible_to(viewer).count() for model in models), len(acts()))


def acts() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("select verb, detail from healing_auditevent")
        return cursor.fetchall()


def test_the_command_says_what_was_taken_skipped_and_wrong(site: Site, tmp_path: Path) -> None:
    file = table(tmp_path, "1,2024-03-05,severe,Medication", "1,2024-03-05,mild,", "2,2024-02-30,,", "3,2024,,")
    assert run(file) == (
        "      4  wrong    Row 4: occurred on is 2024-02-30. It should be a real date written as %Y-%m-%d or "
        "%Y-%m-%dT%H:%M:%S or %Y-%m-%d %H:%M:%S or %Y-%m or %Y.\n"
        "      3  skipped  Row 3 is not taken: row 2 has the same event; its harm grade differs.\n"
        "Taken 2, skipped 1, wrong 1.\n"
        "Descriptions and names were left in the incident system.\n"
    )
    found = events(site)
    assert found.keys() == {"1", "3"}
    first = {name: getattr(found["1"], name) for name in EventRecord.__slots__}
    assert first == {
        "source_system": "table",
        "reference": "1",
        "version": "",
        "occurred_on": date(2024, 3, 5),
        "occurred_precision": "day",
        "recorded_on": None,
        "kind": "Medication",
        "physical_harm": "severe",
        "psychological_harm": "unknown",
        "harm_original": "physical: severe",
        "service_area": "",
    }
    assert (found["3"].occurred_on, found["3"].occurred_precision) == (date(2024, 1, 1), "year")


def test_a_record_is_kept_and_the_rows_are_forgotten(site: Site) -> None:
    run(COMPASS)
    with access.opened("site", site.pk) as viewer:
        (batch,) = ImportBatch.objects.visible_to(viewer)
        told = (batch.file_name, batch.state, batch.by, batch.taken, batch.skipped, batch.wrong)
        assert told == (COMPASS.name, "taken", None, 2, 8, 0)
        assert ImportRow.objects.visible_to(viewer).count() == 0
        assert acts() == [("events_imported", "2")]


def test_the_same_file_twice_changes_nothing(site: Site) -> None:
    run(COMPASS)
    before, kept = traces(site), events(site)
    assert "Taken 0, skipped 10, wrong 0." in run(COMPASS)
    assert (traces(site), events(site)) == (before, kept)


def test_a_known_event_keeps_its_grade_and_says_so(site: Site, tmp_path: Path) -> None:
    run(table(tmp_path, "1,2024-03-05,mild,", "2,2024-03-05,mild,"))
    told = run(table(tmp_path, "1,2024-03-05,severe,", "2,2024-03-05,mild,", "3,2024-03-05,,"))
    differs = "It was taken before. Its harm grade differs now; grade it again on the event's page."
    assert f"      2  skipped  {differs}\n      3  skipped  It was taken before, so nothing changes.\n" in told
    assert {reference: event.physical_harm for reference, event in events(site).items()} == {
        "1": "low",
        "2": "low",
        "3": "unknown",
    }


def test_a_newer_version_later_in_the_file_is_the_one_taken(site: Site, tmp_path: Path) -> None:
    stages = [
        json.loads((DATA / f"fhir/r5/ae-care/AdverseEvent-clinicalcareexample1stage{n}.json").read_text())
        for n in (1, 2)
    ]
    file = tmp_path / "stages.json"
    file.write_bytes(bundle(*stages))
    told = run(file)
    assert "      1  skipped  Entry 1 is not taken: entry 2 has a newer version of the same event.\n" in told
    assert "Taken 1, skipped 1, wrong 0." in told
    assert events(site)["001"].version == "2"


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", COMPASS.read_bytes()[:-900], bundle({"resourceType": "Patient"})[:-2]]
)
def test_a_bad_file_changes_nothing_and_says_why(site: Site, tmp_path: Path, content: bytes) -> None:
    before = traces(site)
    file = tmp_path / "bad.json"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=r"^bad\.json: The file .*\.$"):
        run(file)
    assert traces(site) == before


def test_a_file_that_goes_bad_after_thousands_of_rows_changes_nothing(site: Site, tmp_path: Path) -> None:
    before = traces(site)
    file = table(tmp_path, *(f"{number},2024-01-01,," for number in range(5_000)), '"open')
    with pytest.raises(CommandError, match="From row 5002 on this is not a table"):
        run(file)
    assert traces(site) == before


def test_a_dry_run_says_the_same_and_changes_nothing(site: Site) -> None:
    before = traces(site)
    dry = run(COMPASS, dry_run=True)
    assert traces(site) == before
    assert dry.replace("Would take", "Taken") == run(COMPASS)


def test_strict_takes_nothing_when_a_row_is_wrong(site: Site, tmp_path: Path) -> None:
    before = traces(site)
    with pytest.raises(CommandError, match=r"^Nothing was taken, because rows are wrong and --strict was given\.$"):
        run(table(tmp_path, "1,2024-03-05,,", "2,soon,,"), strict=True)
    assert traces(site) == before
    assert "Taken 1" in run(table(tmp_path, "1,2024-03-05,,"), strict=True)


def test_a_long_list_is_cut_short_and_the_report_has_all(site: Site, tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    told = run(table(tmp_path, "1,2024-03-05,,", *("2,soon,,",) * 60), report=report)
    assert told.count("  wrong  ") == 50
    assert "and 10 more wrong. --report FILE lists them all." in told
    with report.open(newline="") as file:
        rows = list(csv.reader(file))
    assert (len(rows), rows[0], rows[1]) == (62, ["row", "outcome", "reason"], ["2", "taken", ""])
    assert rows[2][:2] == ["3", "wrong"]


def test_the_site_is_named_when_there_are_several(site: Site, tmp_path: Path) -> None:
    other = Site.objects.create(slug="south", name="South", phone="1", crisis_lines="x")
    for slug in (None, "west"):
        with pytest.raises(CommandError, match=r"^Say which site with --site\. There are: north, south\.$"):
            run(COMPASS, site=slug)
    run(COMPASS, site="south")
    assert (len(events(site)), len(events(other))) == (0, 2)
    run(COMPASS, site="north")
    assert (len(events(site)), len(events(other))) == (2, 2)


def test_what_cannot_be_opened_is_named(site: Site, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nowhere.json: No such file or directory. Check the path."):
        run(tmp_path / "nowhere.json")
    with pytest.raises(CommandError, match="There is no column map stars."):
        run(COMPASS, map="stars")


# --- the page's path: look first, then confirm ---


def look(viewer: access.Viewer, site: Site, content: bytes = COMPASS.read_bytes()) -> ImportBatch:
    return preview(by=viewer, site=site, outcomes=read(io.BytesIO(content), name="file"), file_name="file")


def test_a_preview_is_no_harm_event_until_it_is_confirmed(viewer: access.Viewer, site: Site) -> None:
    batch = look(viewer, site)
    assert (batch.taken, batch.skipped, batch.wrong, batch.state) == (2, 8, 0, "preview")
    assert HarmEvent.objects.visible_to(viewer).count() == 0
    rows = ImportRow.objects.visible_to(viewer).filter(batch=batch, outcome="taken").order_by("number")
    taken = [EventRecord(**row.record).reference for row in rows]
    assert taken == ["adverse-event-compass-ex1", "adverse-event-compass-ex1b"]
    confirm(by=viewer, batch=batch)
    assert HarmEvent.objects.visible_to(viewer).count() == 2
    with pytest.raises(IllegalMove):
        confirm(by=viewer, batch=batch)


def test_a_file_that_goes_bad_leaves_no_trace_in_an_open_page(viewer: access.Viewer, site: Site) -> None:
    with pytest.raises(UnreadableFile):
        look(viewer, site, COMPASS.read_bytes()[:-900])
    models = (HarmEvent, ImportBatch, ImportRow)
    assert [model.objects.visible_to(viewer).count() for model in models] == [0, 0, 0]


def test_what_another_import_took_in_the_meantime_is_skipped(viewer: access.Viewer, site: Site) -> None:
    first, second = look(viewer, site), look(viewer, site)
    confirm(by=viewer, batch=first)
    confirm(by=viewer, batch=second)
    rows = ImportRow.objects.visible_to(viewer).filter(batch=second, number__lte=2)
    assert {row.reason for row in rows} == {"It was taken by another import in the meantime."}
    assert ((first.taken, first.skipped), (second.taken, second.skipped)) == ((2, 8), (0, 10))
    assert HarmEvent.objects.visible_to(viewer).count() == 2


def test_a_preview_that_is_left_takes_nothing_and_forgets_its_rows(viewer: access.Viewer, site: Site) -> None:
    batch = look(viewer, site)
    leave(by=viewer, batch=batch)
    assert (HarmEvent.objects.visible_to(viewer).count(), ImportRow.objects.visible_to(viewer).count()) == (0, 0)
    with pytest.raises(IllegalMove):
        confirm(by=viewer, batch=batch)


def test_only_a_role_that_may_import_at_the_site_does(viewer: access.Viewer, site: Site) -> None:
    batch = look(viewer, site)
    stranger = access.Viewer(kind="user", user_id=UUID(int=7))
    for act in (confirm, leave):
        with pytest.raises(NotAllowed):
            act(by=stranger, batch=batch)
    with pytest.raises(NotAllowed):
        look(stranger, site)


def test_the_database_holds_even_if_the_code_forgets_the_site(site: Site) -> None:
    other = Site.objects.create(slug="south", name="South", phone="1", crisis_lines="x")
    with pytest.raises(DatabaseError, match="row-level security"), access.opened("site", other.pk) as viewer:
        look(viewer, site)


def test_a_record_fits_its_columns() -> None:
    assert {field: HarmEvent._meta.get_field(field).max_length for field in LONGEST} == LONGEST


def test_more_rows_than_fit_one_chunk_are_taken_once(site: Site, tmp_path: Path) -> None:
    file = table(tmp_path, *(f"{number},2024-03-{number % 28 + 1:02},mild,Medication" for number in range(5_000)))

    assert "Taken 5,000, skipped 0, wrong 0." in run(file)
    assert "Taken 0, skipped 5,000, wrong 0." in run(file)
