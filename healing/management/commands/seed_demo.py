"""The demo's invented people and cases: every role, cases at every stage, pauses and noes, two sites."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from healing.demo.seed import fill
from healing.models import Site


class Command(BaseCommand):
    help = "Fill an empty demo with invented people and cases. A demo that has them stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Invented people belong in the demo only. Set DEMO=1, and never with real people.")
        if Site.objects.exists():
            self.stdout.write("The demo has its people already. Nothing was changed.")
            return
        with transaction.atomic():
            fill()
        self.stdout.write("The demo has its people and cases.")
