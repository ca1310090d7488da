#!/bin/sh
# Runs once, when the database container makes its cluster: the three roles, with the passwords of the secrets.
set -eu
export OWNER_PASSWORD="$(cat /run/secrets/owner_password)"
export WEB_PASSWORD="$(cat /run/secrets/web_password)"
export WORKER_PASSWORD="$(cat /run/secrets/worker_password)"
psql -X -q -v ON_ERROR_STOP=1 --username postgres --dbname healing --file /roles.sql
