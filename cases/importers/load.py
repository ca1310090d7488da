"""From outcomes to harm events: kept for a look first, taken on confirmation. All or nothing, and twice is once.

The page and the command share this path; the command confirms at once. Rows are kept in tables under row-level
security from the start, written in chunks, and become events in one statement.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import connection, transaction

from cases.importers.column_maps import AXES
from cases.importers.records import EventRecord, Outcome, Skipped, Taken
from cases.models import ImportBatch, ImportRow
from healing import access, audit, clock, due, ids
from healing.errors import IllegalMove
from healing.models import Site
from healing.roles import Permission

UNKNOWN = "unknown"
CHUNK = 2_000
LOOKED_AT_FOR = timedelta(days=1)
LONGEST_REASON = 400
KNOWN = "It was taken before, so nothing changes."
KNOWN_DIFFERS = "It was taken before. Its harm grade differs now; grade it again on the event's page."
MEANWHILE = "It was taken by another import in the meantime."

KEEP_ROWS = """
insert into cases_importrow (id, site_id, batch_id, number, outcome, reason, record)
select id, %s, %s, number, outcome, reason, record
from jsonb_to_recordset(%s) as row(id uuid, number int, outcome text, reason text, record jsonb)
"""
FIND_KNOWN = """
select source_system, reference, physical_harm, psychological_harm from cases_harmevent
where site_id = %s and reference = any(%s)
"""
TAKE_BACK = """
update cases_importrow kept set outcome = 'skipped', reason = later.reason, record = null
from jsonb_to_recordset(%s) as later(number int, reason text)
where batch_id = %s and kept.number = later.number
"""
TAKE = """
with made as (
  insert into cases_harmevent (
    id, site_id, source_system, reference, version, occurred_on, occurred_precision, recorded_on, kind, service_area,
    physical_harm, psychological_harm, harm_original, cultural_harm, spiritual_harm, created_at)
  select kept.id, site_id, source_system, reference, version, occurred_on, occurred_precision, recorded_on, kind,
    service_area, physical_harm, psychological_harm, harm_original, false, false, %s
  from cases_importrow kept, jsonb_to_record(record) as event(
    source_system text, reference text, version text, occurred_on date, occurred_precision text, recorded_on date,
    kind text, service_area text, physical_harm text, psychological_harm text, harm_original text)
  where batch_id = %s and outcome = 'taken'
  on conflict (site_id, source_system, reference) do nothing
  returning id)
update cases_importrow kept set outcome = 'skipped', reason = %s, record = null
where batch_id = %s and outcome = 'taken' and not exists (select from made where made.id = kept.id)
"""
COUNT = """
update cases_importbatch batch set (taken, skipped, wrong) = (
  select count(*) filter (where outcome = 'taken'), count(*) filter (where outcome = 'skipped'),
         count(*) filter (where outcome = 'wrong')
  from cases_importrow where batch_id = batch.id)
where id = %s returning taken, skipped, wrong
"""


def preview(
    *,
    by: access.Viewer,
    site: Site,
    outcomes: Iterable[Outcome],
    file_name: str,
    progress: Callable[[int], None] = lambda rows: None,
) -> ImportBatch:
    """Keep what a file holds, for somebody to look at. Nothing is a harm event yet. UnreadableFile leaves no trace."""
    access.require(by, Permission.EVENTS_IMPORT, site.pk)
    with transaction.atomic(), connection.cursor() as cursor:
        batch = ImportBatch(site=site, file_name=file_name[:200], by=by.user_id)
        batch.save(force_insert=True)
        _keep(cursor, batch, outcomes, progress)
        _count(cursor, batch)
        at, key = batch.created_at + LOOKED_AT_FOR, f"import.forget:{batch.pk}"
        due.plan("import.forget", subject=site.pk, at=at, key=key, case=None)
    return batch


def confirm(*, by: access.Viewer, batch: ImportBatch) -> None:
    """Make harm events of the rows to take. An event that is there already stays as it is."""
    access.require(by, Permission.EVENTS_IMPORT, batch.site_id)
    with transaction.atomic(), connection.cursor() as cursor:
        _require_preview(by, batch)
        with _bounded_joins(cursor):
            cursor.execute(TAKE, [clock.now(), batch.pk, MEANWHILE, batch.pk])
        _count(cursor, batch)
        batch.state = "taken"
        batch.save(update_fields=["state"])
        audit.record(by=by, verb="events_imported", subject=batch, detail=str(batch.taken))


def leave(*, by: access.Viewer, batch: ImportBatch) -> None:
    """Take nothing, and forget the rows."""
    access.require(by, Permission.EVENTS_IMPORT, batch.site_id)
    with transaction.atomic():
        _require_preview(by, batch)
        batch.state = "left"
        batch.save(update_fields=["state"])
        forget_rows(by=by, batch=batch)


def forget_rows(*, by: access.Viewer, batch: ImportBatch) -> None:
    """The rows are there to be looked at; the batch keeps their number."""
    ImportRow.objects.visible_to(by).filter(batch=batch).delete()


def forget_old(*, by: access.Viewer) -> None:
    """Leave each file that nobody has decided about for a day."""
    old = ImportBatch.objects.visible_to(by).filter(state="preview", created_at__lte=clock.now() - LOOKED_AT_FOR)
    for batch in old:
        leave(by=by, batch=batch)


def _require_preview(by: access.Viewer, batch: ImportBatch) -> None:
    if ImportBatch.objects.visible_to(by).select_for_update().get(pk=batch.pk).state != "preview":
        raise IllegalMove


def _keep(cursor: Any, batch: ImportBatch, outcomes: Iterable[Outcome], progress: Callable[[int], None]) -> None:
    taken_back: list[dict[str, Any]] = []
    rows = map(_row, _without_taken_back(outcomes, taken_back))
    kept = 0
    while chunk := list(islice(rows, CHUNK)):
        _mark_known(cursor, batch, [row for row in chunk if row["record"]])
        cursor.execute(KEEP_ROWS, [batch.site_id, batch.pk, json.dumps(chunk, default=str)])
        kept += len(chunk)
        progress(kept)
    if taken_back:
        with _bounded_joins(cursor):
            cursor.execute(TAKE_BACK, [json.dumps(taken_back), batch.pk])


def _without_taken_back(outcomes: Iterable[Outcome], taken_back: list[dict[str, Any]]) -> Iterator[Outcome]:
    for outcome in outcomes:
        if isinstance(outcome, Skipped) and outcome.taken_back:
            taken_back.append({"number": outcome.row, "reason": outcome.reason[:LONGEST_REASON]})
        else:
            yield outcome


def _row(outcome: Outcome) -> dict[str, Any]:
    row = {"id": ids.new(), "number": outcome.row, "outcome": type(outcome).__name__.lower()}
    if not isinstance(outcome, Taken):
        return row | {"reason": outcome.reason[:LONGEST_REASON], "record": None}
    record = {field: getattr(outcome.record, field) for field in EventRecord.__slots__}
    graded = {axis: record[axis] or UNKNOWN for axis in AXES}  # what the source does not grade is not known
    return row | {"reason": "", "record": record | graded}


def _mark_known(cursor: Any, batch: ImportBatch, rows: list[dict[str, Any]]) -> None:
    """Rows whose event was taken before are skipped."""
    cursor.execute(FIND_KNOWN, [batch.site_id, [row["record"]["reference"] for row in rows]])
    known = {found[:2]: found[2:] for found in cursor.fetchall()}
    for row in rows:
        record = row["record"]
        grades = known.get((record["source_system"], record["reference"]))
        if grades:
            same = grades == tuple(record[axis] for axis in AXES)
            row |= {"outcome": "skipped", "reason": KNOWN if same else KNOWN_DIFFERS, "record": None}


def _count(cursor: Any, batch: ImportBatch) -> None:
    cursor.execute(COUNT, [batch.pk])
    batch.taken, batch.skipped, batch.wrong = cursor.fetchone()


@contextmanager
def _bounded_joins(cursor: Any) -> Iterator[None]:
    """Join the batch by hashing: its rows are too new for statistics, so a nested loop looks free and is not."""
    cursor.execute("set local enable_nestloop = off")
    yield
    cursor.execute("set local enable_nestloop = on")
