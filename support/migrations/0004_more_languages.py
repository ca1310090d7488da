"""A supporter may speak as many languages as a site has."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("support", "0003_channels_beside_the_account")]

    operations = [migrations.AlterField("supporter", "languages", models.CharField(default="en", max_length=100))]
