"""manage.py import_events FILE: harm events from FHIR AdverseEvents or a table; says per row what became of it."""

import csv
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import QuerySet

from cases.importers import load_column_map, read
from cases.importers.load import confirm, forget_rows, preview
from cases.models import ImportBatch, ImportRow
from healing import access
from healing.errors import HealingError
from healing.models import Site

SHOWN = 50


class Command(BaseCommand):
    help = (
        "Take harm events from a file: FHIR AdverseEvents (STU3, R4, R5; one, a Bundle, a list or one to a line) or a "
        "CSV table. Only pointers are kept; descriptions and names stay behind. Running it twice changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--site", help="the site's short name; not needed while there is only one")
        parser.add_argument("--map", help="for a table: generic, lfpse, nrls, or a TOML file of your own")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
        parser.add_argument("--strict", action="store_true", help="take nothing if any row is wrong")
        parser.add_argument("--report", type=Path, help="write what became of every row to this CSV file")

    def handle(self, *args: Any, **options: Any) -> None:
        site = _site(options["site"])
        try:
            column_map = load_column_map(options["map"]) if options["map"] else None
            with options["file"].open("rb") as file, access.opened("site", site.pk) as viewer:
                outcomes = read(file, name=options["file"].name, column_map=column_map)
                name = options["file"].name
                batch = preview(by=viewer, site=site, outcomes=outcomes, file_name=name, progress=self._progress())
                turned_down = options["strict"] and batch.wrong
                if not turned_down:
                    confirm(by=viewer, batch=batch)
                self._tell(viewer, batch, options["report"])
                if options["dry_run"] or turned_down or not batch.taken:
                    transaction.set_rollback(True)
                else:
                    forget_rows(by=viewer, batch=batch)
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}. Check the path.") from None
        except HealingError as error:
            raise CommandError(str(error)) from None
        if turned_down:
            raise CommandError("Nothing was taken, because rows are wrong and --strict was given.")
        self._conclude(batch, options["dry_run"])

    def _progress(self) -> Callable[[int], None]:
        if not self.stderr.isatty():
            return lambda rows: None
        return lambda rows: self.stderr.write(f"\r{rows:,} rows read", style_func=str, ending="")

    def _tell(self, viewer: access.Viewer, batch: ImportBatch, report: Path | None) -> None:
        rows = ImportRow.objects.visible_to(viewer).filter(batch=batch).order_by("number")
        if self.stderr.isatty():
            self.stderr.write("", style_func=str)
        for outcome, number in (("wrong", batch.wrong), ("skipped", batch.skipped)):
            for row in rows.filter(outcome=outcome)[:SHOWN]:
                self.stdout.write(f"{row.number:>7}  {outcome:<7}  {row.reason}")
            if number > SHOWN:
                self.stdout.write(f"{'':>7}  and {number - SHOWN:,} more {outcome}. --report FILE lists them all.")
        if report:
            _write_report(report, rows)

    def _conclude(self, batch: ImportBatch, dry_run: bool) -> None:
        taken = "Would take" if dry_run else "Taken"
        self.stdout.write(f"{taken} {batch.taken:,}, skipped {batch.skipped:,}, wrong {batch.wrong:,}.")
        self.stdout.write("Descriptions and names were left in the incident system.")


def _site(slug: str | None) -> Site:
    sites = {site.slug: site for site in Site.objects.all()}
    if slug is None and len(sites) == 1:
        return next(iter(sites.values()))
    if slug not in sites:
        raise CommandError(f"Say which site with --site. There are: {', '.join(sorted(sites)) or 'none yet'}.")
    return sites[slug]


def _write_report(path: Path, rows: QuerySet[ImportRow]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["row", "outcome", "reason"])
        table.writerows(rows.values_list("number", "outcome", "reason").iterator())
