"""What a worker in a process of its own knows: an act that goes on until it is killed, and a letter."""

import sys
import time

from healing import due, mail
from healing.models import Due


@due.act("test.act")
def wait_to_be_killed(item: Due) -> None:
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    time.sleep(60)


@due.sending("test.sending")
def letter(item: Due) -> mail.Message:
    return mail.Message(f"{item.pk}@home.example", "Your appointment", "A letter\n", "no-reply@hospital.example")
