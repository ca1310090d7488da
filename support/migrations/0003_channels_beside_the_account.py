"""The account's own address is always a way to be called, so that no channel is one. No page ever offered it."""

from django.db import migrations, models

KINDS = [("sms", "Text message"), ("push", "Message on a device")]


class Migration(migrations.Migration):
    dependencies = [("support", "0002_its_own_house")]

    operations = [
        migrations.RemoveConstraint("channel", "support_channel_kind_is_a_code"),
        migrations.AlterField("channel", "kind", models.CharField(max_length=20, choices=KINDS)),
        migrations.AddConstraint(
            "channel",
            models.CheckConstraint(condition=models.Q(kind__in=["sms", "push"]), name="support_channel_kind_is_a_code"),
        ),
    ]
