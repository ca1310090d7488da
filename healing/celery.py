"""Celery only wakes workers. What is due, and whether it may still be done, is decided in PostgreSQL (`due.py`)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healing.settings")
app = Celery("healing")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
