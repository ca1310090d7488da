"""What a legal notice is about. Those written so far are about conversations."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("healing", "0003_framework_tables")]

    operations = [
        migrations.AddField(
            model_name="legalnotice",
            name="about",
            field=models.CharField(
                choices=[("cases", "Conversations"), ("support", "Peer support")], default="cases", max_length=10
            ),
        ),
        migrations.AddConstraint(
            model_name="legalnotice",
            constraint=models.CheckConstraint(
                condition=models.Q(about__in=["cases", "support"]), name="legal_notice_about_is_known"
            ),
        ),
    ]
