"""The one colleague whom a shift is offered to can say that they would rather not this time."""

from django.db import migrations, models

STATES = [
    ("open", "Open"),
    ("taken", "Taken"),
    ("withdrawn", "Taken back"),
    ("not_this_time", "Not this time"),
]
IS_A_CODE = "support_swap_state_is_a_code"


class Migration(migrations.Migration):
    dependencies = [("support", "0008_words_of_an_end")]

    operations = [
        migrations.AlterField("swap", "state", models.CharField(max_length=20, choices=STATES, default="open")),
        migrations.RemoveConstraint("swap", IS_A_CODE),
        migrations.AddConstraint(
            "swap",
            models.CheckConstraint(condition=models.Q(state__in=[key for key, _ in STATES]), name=IS_A_CODE),
        ),
    ]
