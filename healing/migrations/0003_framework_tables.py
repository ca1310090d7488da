"""The tables of the framework and of sign-in: read before anybody is known, so no viewer's context can narrow them."""

from django.db import migrations

from healing.rls import open_to_all_roles


class Migration(migrations.Migration):
    dependencies = [
        ("healing", "0002_row_level_security"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("sessions", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        # Stays empty: a person has the one address in healing_user.
        open_to_all_roles("account_emailaddress", "select"),
        open_to_all_roles("account_emailconfirmation", "select"),
        open_to_all_roles("mfa_authenticator"),
        open_to_all_roles("django_session"),
        open_to_all_roles("django_content_type", "select"),
        open_to_all_roles("auth_permission", "select"),
        open_to_all_roles("auth_group", "select"),
        open_to_all_roles("auth_group_permissions", "select"),
        open_to_all_roles("django_migrations", "select"),
        migrations.RunSQL(
            "grant usage on all sequences in schema public to healing_web, healing_worker",
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
