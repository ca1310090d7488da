"""All settings, from the environment. Secure unless DEMO says otherwise; a missing secret stops the start."""

import os
from email.utils import parseaddr
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from healing import env

BASE_DIR = env.BASE_DIR
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))
env.READ.add("VAR_DIR")
env.load_local(VAR_DIR / "local.env")

# --- what kind of place this is -----------------------------------------------------------------------------------
DEMO = env.flag("DEMO")  # invented data, demo sign-ins and the local mail page; never with real people
DEMO_PASSWORD = env.text("DEMO_PASSWORD", "") if DEMO else ""
DEBUG = env.flag("DEBUG")
BASE_URL = env.address("BASE_URL").rstrip("/")  # where people reach the pages
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", BASE_URL.split("//")[-1].split(":")[0])
HTTPS = BASE_URL.startswith("https://")
PROXY_COUNT = env.number("PROXY_COUNT", 0)

# --- secrets ------------------------------------------------------------------------------------------------------
SECRET_KEY = env.secret("SECRET_KEY")
AUDIT_KEY = env.key("AUDIT_KEY")  # chains the audit record; kept apart from SECRET_KEY so that each can change alone
FIELD_KEYS = env.keyring("FIELD_KEYS")  # master keys that wrap each person's data key, newest first

# --- applications -------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",  # its widget templates, for FORM_RENDERER
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "csp",
    "anymail",
    "healing",
    "cases",
    "facilitation",
    "support",
    "reports",
]
MIDDLEWARE = [
    "healing.middleware.PrivateHeaders",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "healing.health.Health",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "healing.middleware.OurOwnPagesOnly",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "healing.middleware.OneTransaction",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "healing.middleware.SecondFactor",
]
ROOT_URLCONF = "healing.urls"
WSGI_APPLICATION = "healing.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "healing.context.site",
            ],
            "builtins": ["healing.templatetags.healing"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "crispy"  # templates/crispy/

# --- database: three roles, none of which can bypass row-level security -------------------------------------------
DATABASE_ROLE = env.choice("DATABASE_ROLE", ("web", "worker", "owner"), default="web")
DATABASE_ADDRESSES = {"web": "DATABASE_URL", "worker": "DATABASE_WORKER_URL", "owner": "DATABASE_OWNER_URL"}
DATABASES = {"default": env.database(DATABASE_ADDRESSES[DATABASE_ROLE])}
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
SEARCH_PATH = "-c search_path=public,support"  # a role that may not look into `support` does not find it there
DATABASES["default"]["OPTIONS"] |= {
    "connect_timeout": 5,
    "application_name": f"healing-{DATABASE_ROLE}",
    # A migration may rewrite a table. A page or a task waits for a lock longer than a slow mail server can hold one.
    "options": SEARCH_PATH
    + (
        ""
        if DATABASE_ROLE == "owner"
        else " -c statement_timeout=30000 -c lock_timeout=25000 -c idle_in_transaction_session_timeout=60000"
    ),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- broker and counters: losing them signs nobody out and stops no page ------------------------------------------
REDIS_URL = env.text("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "healing.ratelimits.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,  # longer than the longest task, since no task waits inside the broker
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 25,
    "global_keyprefix": "healing:",
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
TICK_SECONDS = env.number("TICK_SECONDS", 10)
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "healing.tasks.tick", "schedule": TICK_SECONDS, "options": {"expires": TICK_SECONDS}}
}

# --- sign-in ------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "healing.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "start"
ACCOUNT_ADAPTER = "healing.accounts.AccountAdapter"
MFA_ADAPTER = "healing.accounts.SecondFactorAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # nobody signs up, but without it staff get no password field
ACCOUNT_EMAIL_VERIFICATION = "none"  # a code that came back shows that the address is read; there is no second list
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_LOGIN_TIMEOUT = 20 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_FORMS = {"confirm_login_code": "healing.account_forms.CodeForm"}
MFA_FORMS = {"authenticate": "healing.account_forms.SecondStepForm"}
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # our own pages send it, so that a new code for nobody is a message too
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "300/m/ip,3/m/key,10/h/key,40/d/key",
    "login_failed": "300/m/ip,5/5m/key",
}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = PROXY_COUNT
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are shown to be read by the code that comes back
SESSION_ENGINE = "healing.sessions"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # never in a cookie: it may name somebody
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_AGE = None  # it goes with the browser: one that stays would tell, to the second, when a form was open
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS

# --- headers ------------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY_COUNT else None
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# Which page somebody comes from is told to nobody, not even to our own logs: they would keep who was at /support/.
SECURE_REFERRER_POLICY = "strict-origin"  # "no-referrer" makes browsers post from no origin, which csrf refuses
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
IMPORT_MAX_BYTES = env.number("IMPORT_MAX_MB", 50) * 1024 * 1024

# --- language, time, files ----------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"  # each site shows its own
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static" / "build"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- mail ---------------------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("MAIL_FROM", "Healing Conversations <no-reply@localhost>")
EMAIL_BACKEND = env.text(
    "MAIL_BACKEND",
    "django.core.mail.backends.filebased.EmailBackend" if DEMO else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_FILE_PATH = VAR_DIR / "mail"  # the demo's letter box
EMAIL_HOST = env.text("SMTP_HOST", "localhost")
EMAIL_PORT = env.number("SMTP_PORT", 25)
EMAIL_HOST_USER = env.text("SMTP_USER", "")
EMAIL_HOST_PASSWORD = env.text("SMTP_PASSWORD", "")
EMAIL_USE_TLS, EMAIL_USE_SSL = env.flag("SMTP_STARTTLS"), env.flag("SMTP_TLS")
if EMAIL_USE_TLS and EMAIL_USE_SSL:
    raise ImproperlyConfigured("SMTP_TLS and SMTP_STARTTLS are both 1. Port 465 takes SMTP_TLS, 587 SMTP_STARTTLS.")
EMAIL_TIMEOUT = 5  # a withdrawal waits at most this long for a message that is being handed over
ANYMAIL = {"REQUESTS_TIMEOUT": EMAIL_TIMEOUT} | env.json_object("ANYMAIL")

# --- text messages and web push, for those who are on call --------------------------------------------------------
SMS_URL = env.address("SMS_URL", "")  # the gateway; without one there are no text messages
SMS_TOKEN = env.text("SMS_TOKEN", "")
SMS_FROM = env.text("SMS_FROM", "")
VAPID_KEY = env.key("VAPID_KEY", "")  # who we are to push services; without it there is no push
VAPID_CONTACT = env.text("VAPID_CONTACT", f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}")
if not VAPID_CONTACT.startswith("mailto:") or "@" not in VAPID_CONTACT:
    raise ImproperlyConfigured(f"VAPID_CONTACT is {VAPID_CONTACT!r}. Write it as mailto:somebody@your.address")
PUSH_HOSTS = env.words("PUSH_HOSTS")  # besides those of the large browsers

# --- logs: ids only, never words ----------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"no_words": {"()": "healing.logs.NoWords", "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"nobody_asked": {"()": "healing.logs.NobodyAsked"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "no_words", "filters": ["nobody_asked"]}},
    "root": {"handlers": ["stderr"], "level": env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING"), "INFO")},
    # Replaces the handlers that Django and gunicorn bring, which write addresses and tracebacks with their values.
    "loggers": {
        "django": {"level": "WARNING", "propagate": True, "handlers": []},
        "gunicorn.error": {"level": "INFO", "propagate": True, "handlers": []},
        "gunicorn.access": {"level": "WARNING", "propagate": False, "handlers": []},
        "urllib3": {"level": "INFO", "propagate": True, "handlers": []},  # below it are the addresses of devices
        # How long each round took tells when somebody was called.
        "celery.app.trace": {"level": "WARNING", "propagate": True, "handlers": []},
    },
}
DEMO_CLOCK_FILE = VAR_DIR / "demo-clock"  # how far the demo's clock has been moved on, in seconds
