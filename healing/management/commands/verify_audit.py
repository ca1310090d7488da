from typing import Any

from django.core.management.base import BaseCommand, CommandError

from healing import access, audit
from healing.models import AuditEvent, AuditStream


class Command(BaseCommand):
    help = "Check every chain of the record of who did and who looked. Says where one breaks, and then ends with 1."

    def handle(self, *args: Any, **options: Any) -> None:
        with access.opened("worker") as worker:
            chains = AuditStream.objects.filter(length__gt=0).count()
            events = AuditEvent.objects.visible_to(worker).count()
            broken = list(audit.breaks(worker))
        for line in broken:
            self.stdout.write(line)
        if broken:
            raise CommandError(f"{len(broken)} of {chains} chains do not hold.")
        self.stdout.write(f"All {chains} chains hold, {events} events in all.")
