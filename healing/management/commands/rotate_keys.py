from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand

from healing import access, accounts, sealed
from healing.models.keys import WrappedKey

BATCH = 500


class Command(BaseCommand):
    help = (
        "Put every person's key, and every second step's secret, under the newest master key of FIELD_KEYS. "
        "Stop it and run it again as you like: it goes on where it was. Then the older master keys can be taken out."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        newest = next(iter(settings.FIELD_KEYS))
        tables = [model for model in apps.get_models() if issubclass(model, WrappedKey)]
        people, secrets = sum(rewrap(table, newest) for table in tables), reseal_second_steps()
        self.stdout.write(f"{people} keys and {secrets} second steps are now under {newest}.")


def rewrap(table: type[WrappedKey], newest: str) -> int:
    """One transaction for each batch, each row locked, beside the running programme."""
    done = 0
    while True:
        with table.for_worker() as worker:
            old = table.objects.visible_to(worker).exclude(wrapped=b"").exclude(master_key=newest)
            rows = list(old.order_by("pk").select_for_update()[:BATCH])
            for key in rows:
                sealed.rewrap(key)
        if not rows:
            return done
        done += len(rows)


def reseal_second_steps() -> int:
    done = last = 0
    while True:
        with access.opened("worker"):
            waiting = Authenticator.objects.filter(pk__gt=last).exclude(type=Authenticator.Type.WEBAUTHN)
            rows = list(waiting.order_by("pk").select_for_update()[:BATCH])
            done += sum(accounts.reseal_secrets(row) for row in rows)
        if not rows:
            return done
        last = rows[-1].pk
