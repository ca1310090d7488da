"""Other help for staff, and the day on which it was last checked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("healing", "0005_one_site_per_address")]

    operations = [
        migrations.AddField("site", "other_help", models.TextField(blank=True, default="")),
        migrations.AddField("site", "other_help_checked_on", models.DateField(blank=True, null=True)),
        migrations.AddConstraint(
            "site",
            models.CheckConstraint(
                condition=models.Q(other_help="") ^ models.Q(other_help_checked_on__isnull=False),
                name="other_help_says_when_it_was_checked",
            ),
        ),
    ]
