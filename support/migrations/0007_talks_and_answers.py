"""Each colleague's talks are counted for themselves, and whoever asked can answer the one who will reach them."""

from django.db import migrations, models

ANSWERS = [
    ("stands", "The time I gave still suits me."),
    ("right", "The number or address is right. You can try again."),
    ("no_voice", "Do not leave a voice message."),
    ("no_hurry", "I am all right for now. There is no hurry."),
]
KEEPS_NOBODY = "support_request_erased_keeps_nobody"


class Migration(migrations.Migration):
    dependencies = [("support", "0006_one_letter_a_day")]

    operations = [
        migrations.AddField("request", "contacts_before", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField(
            "request", "answer", models.CharField(max_length=20, choices=ANSWERS, blank=True, default="")
        ),
        migrations.AlterField("request", "answer", models.CharField(max_length=20, choices=ANSWERS, blank=True)),
        migrations.AddConstraint(
            "request",
            models.CheckConstraint(
                condition=models.Q(answer__in=["", *(key for key, _ in ANSWERS)]),
                name="support_request_answer_is_a_code",
            ),
        ),
        migrations.RemoveConstraint("request", KEEPS_NOBODY),
        migrations.AddConstraint(
            "request",
            models.CheckConstraint(
                condition=~models.Q(status="erased")
                | models.Q(
                    asker__isnull=True,
                    unit__isnull=True,
                    avoid__isnull=True,
                    prefer__isnull=True,
                    supporter__isnull=True,
                )
                & models.Q(reach_by="", when="", profession="", from_where="any", people=None)
                & models.Q(reply="", answer="", referral="", contacts_before=0),
                name=KEEPS_NOBODY,
            ),
        ),
    ]
