-- The roles of the database. Run by a superuser in the database "healing"; running it again changes nothing.
-- Passwords come from OWNER_PASSWORD, WEB_PASSWORD and WORKER_PASSWORD in psql's environment; a role whose variable is
-- unset keeps the password it has, or none.
--
--   healing_owner   owns the tables, runs migrations and nothing else
--   healing_web     serves pages
--   healing_worker  does due work
--
-- Peer support is another house. Whoever works there puts on a role that reads no case, and nobody signs in as one:
--
--   healing_support         what the web puts on for a page of peer support
--   healing_support_worker  what the worker puts on for due work of peer support
--
-- None is a superuser, none may bypass row level security, make roles or make databases.

SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY['healing_owner', 'healing_web', 'healing_worker']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

SELECT format('ALTER ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION', name)
FROM unnest(ARRAY['healing_owner', 'healing_web', 'healing_worker']) AS name \gexec

-- A role is put on, not inherited: as themselves, web and worker cannot even look into the schema of peer support.
SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY['healing_support', 'healing_support_worker']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
SELECT format('ALTER ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION', name)
FROM unnest(ARRAY['healing_support', 'healing_support_worker']) AS name \gexec
ALTER ROLE healing_web NOINHERIT;
ALTER ROLE healing_worker NOINHERIT;
GRANT healing_support TO healing_web;
GRANT healing_support_worker TO healing_worker;

\getenv owner_password OWNER_PASSWORD
\getenv web_password WEB_PASSWORD
\getenv worker_password WORKER_PASSWORD
\if :{?owner_password}
ALTER ROLE healing_owner PASSWORD :'owner_password';
\endif
\if :{?web_password}
ALTER ROLE healing_web PASSWORD :'web_password';
\endif
\if :{?worker_password}
ALTER ROLE healing_worker PASSWORD :'worker_password';
\endif

ALTER DATABASE :"DBNAME" OWNER TO healing_owner;
REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"DBNAME" TO healing_web, healing_worker;

ALTER SCHEMA public OWNER TO healing_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO healing_web, healing_worker, healing_support, healing_support_worker;

-- The owner may put on either role, so that a test or a repair sees exactly what they see.
GRANT healing_web, healing_worker, healing_support, healing_support_worker TO healing_owner;
