"""How long somebody waited is decided when they are first reached. A session that nobody asked for is no request."""

from django.db import migrations, models

KINDS = [
    ("self", "For myself"),
    ("referral", "For a colleague"),
    ("team", "For a team"),
    ("debrief", "A talk after giving support"),
    ("session", "A session with a team that nobody asked for here"),
]
ENDED = ["closed", "erased"]
TIMES = [
    *("asked_at", "begin_at", "page_until", "claimed_at", "reply_at", "at", "escalated_at"),
    *("minutes_to_claim", "minutes_to_reach", "in_target"),
]
KEEPS_NO_TIME = "support_request_closed_keeps_no_time"
KIND_IS_A_CODE = "support_encounter_kind_is_a_code"


class Migration(migrations.Migration):
    dependencies = [("support", "0004_more_languages")]

    operations = [
        migrations.AddField("request", "minutes_to_claim", models.PositiveIntegerField(null=True)),
        migrations.AddField("request", "minutes_to_reach", models.PositiveIntegerField(null=True)),
        migrations.AddField("request", "in_target", models.BooleanField(null=True)),
        migrations.RemoveConstraint("request", KEEPS_NO_TIME),
        migrations.RemoveField("request", "reached_at"),
        migrations.AddConstraint(
            "request",
            models.CheckConstraint(
                condition=~models.Q(status__in=ENDED) | models.Q(**{f"{name}__isnull": True for name in TIMES}),
                name=KEEPS_NO_TIME,
            ),
        ),
        migrations.RemoveConstraint("encounter", KIND_IS_A_CODE),
        migrations.AlterField("encounter", "kind", models.CharField(max_length=20, choices=KINDS)),
        migrations.AddConstraint(
            "encounter",
            models.CheckConstraint(condition=models.Q(kind__in=[key for key, _ in KINDS]), name=KIND_IS_A_CODE),
        ),
    ]
