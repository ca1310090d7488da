"""Whoever asks for a letter gets one on a day, also when the form is sent twice at one moment."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("support", "0005_first_wait")]

    operations = [
        migrations.AddConstraint(
            "reminder",
            models.UniqueConstraint(fields=["words_hash", "on"], name="support_reminder_one_letter_a_day"),
        ),
    ]
