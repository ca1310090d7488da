import os

from django.core.wsgi import get_wsgi_application
from django.db import connection

os.environ.setdefault("DATABASE_ROLE", "web")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healing.settings")
application = get_wsgi_application()

from healing.access import refuse_bypassing_role  # noqa: E402  the applications come first

refuse_bypassing_role()
connection.close()
