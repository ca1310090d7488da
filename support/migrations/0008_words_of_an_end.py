"""Plainer words for how a request ended and what it was about. The codes stay as they are."""

from django.db import migrations, models

OUTCOMES = [
    ("supported", "We talked"),
    ("not_reached", "I could not reach them"),
    ("not_wanted", "They did not want it"),
    ("cancelled", "Taken back by the one who asked"),
    ("empty", "It was not a real request"),
]
TRIGGERS = [
    ("none", "Nothing in particular"),
    ("error", "Something went wrong"),
    ("no_error", "Harm without an error"),
    ("death", "A death"),
    ("first_death", "A first death"),
    ("child", "Harm to a child"),
    ("known_patient", "Somebody they knew"),
    ("violence", "Violence or threats"),
    ("complaint", "A complaint or a claim"),
    ("colleague", "Harm to a colleague"),
    ("many", "Too much at once"),
]


class Migration(migrations.Migration):
    dependencies = [("support", "0007_talks_and_answers")]

    operations = [
        migrations.AlterField("encounter", "outcome", models.CharField(max_length=20, choices=OUTCOMES)),
        migrations.AlterField("encounter", "trigger", models.CharField(max_length=20, choices=TRIGGERS, blank=True)),
    ]
