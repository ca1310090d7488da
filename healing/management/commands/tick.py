from typing import Any

from django.core.management.base import BaseCommand

from healing import due


class Command(BaseCommand):
    help = "Do one round of due work by hand. Running it beside the workers does nothing twice."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{due.tick()} done.")
