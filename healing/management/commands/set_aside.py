from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from healing import due


class Command(BaseCommand):
    help = (
        "How much due work was set aside for a person, by kind: workers died in it, or a letter could not be made. "
        "With --again it is tried again, but for what may have left already."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--again", action="store_true", help="try it again: the cause has been mended")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["again"]:
            self.stdout.write(f"{sum(map(due.take_up_again, due.TABLES))} tried again.")
        left = {kind: count for table in due.TABLES for kind, count in due.set_aside(table).items()}
        for kind, count in left.items():
            self.stdout.write(f"{kind}: {count}")
        if not left:
            self.stdout.write("Nothing is set aside.")
