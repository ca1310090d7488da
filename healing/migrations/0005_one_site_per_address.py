"""No two sites share an address. What a crisis line is made of is said as the set-up page takes it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("healing", "0004_legal_notice_about")]

    operations = [
        migrations.AddConstraint(
            "site",
            models.UniqueConstraint(
                fields=["host"], condition=models.Q(("host", ""), _negated=True), name="one_site_per_address"
            ),
        ),
        migrations.AlterField(
            "site",
            "crisis_lines",
            models.TextField(help_text="One on each line: a name, a colon, a number; hours after a comma."),
        ),
    ]
