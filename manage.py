#!/usr/bin/env python3
"""Run a management command with the database role that it needs."""

import os
import sys

OWNER_COMMANDS = {"migrate", "makemigrations", "sqlmigrate", "showmigrations", "flush", "dbshell"}

if __name__ == "__main__":
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    os.environ.setdefault("DATABASE_ROLE", "owner" if command in OWNER_COMMANDS else "worker")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healing.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415  the environment comes first

    execute_from_command_line(sys.argv)
