"""Row-level security of facilitation: what is in a room, and what stays at the workbench."""

from django.db import migrations

from healing.rls import ROOM, SENT, WORKBENCH, ids_in, protect, tie_rooms

OWN = ids_in("participant_id", "rooms")
MAY_CHANGE = {"attendance": ("status",), "promise": ("status",), "followup": ("status", "sent_at")}
ROOMS = ("response", "preparation", "assessment", "invitee", *MAY_CHANGE)


class Migration(migrations.Migration):
    dependencies = [("facilitation", "0001_initial"), ("cases", "0002_row_level_security")]

    operations = [
        protect("facilitation_response", select=SENT, insert=ROOM, update=SENT, delete=f"({OWN} and sent_at is null)"),
        *(
            protect(f"facilitation_{table}", select=WORKBENCH, insert=WORKBENCH, update=WORKBENCH)
            for table in ("preparation", "assessment", "meeting", "agreement", "commitment")
        ),
        protect("facilitation_invitee", select=WORKBENCH, insert=WORKBENCH, update=WORKBENCH, delete=WORKBENCH),
        *(
            protect(f"facilitation_{table}", select=ROOM, insert=WORKBENCH, update=ROOM, update_columns=columns)
            for table, columns in MAY_CHANGE.items()
        ),
        *tie_rooms(*(f"facilitation_{table}" for table in ROOMS)),
    ]
