"""Django's settings, read from the environment and the data folder; nothing here is edited on an installed server.

    SALA_SERVER_DATA   folder with keys, SQLite database and anchor     (default: var/server in the working directory)
    DATABASE_URL       postgres://user:password@host/name               (default: SQLite in the data folder)
    SALA_HOSTS         host names it answers to, separated by commas    (default: loopback only)
    SALA_SECURE        1 when people reach it through TLS: addresses then begin with https, cookies travel over TLS only
    SALA_PROXIES       how many proxies stand before it, each of which adds to X-Forwarded-For     (default: none)

The signing and sealing keys are files in `<data>/keys` (see `sync_server.keys`), never settings and never in the
database.
"""

import os
import secrets
from pathlib import Path

import dj_database_url

BASE_DIR = Path(__file__).resolve().parent
DATA_DIR = Path(os.environ.get("SALA_SERVER_DATA", "var/server")).absolute()


def _secret_key() -> str:
    """The key of Django's own signatures: a file made by `sala-server init`; before that, one that dies with the
    process.
    """
    path = DATA_DIR / "keys" / "web.key"
    return path.read_text("ascii").strip() if path.exists() else secrets.token_urlsafe(48)


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("SALA_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
SECURE = os.environ.get("SALA_SECURE") == "1"
PROXIES = int(os.environ.get("SALA_PROXIES", "0"))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "axes",
    "sync_server",
    "sync_server.web",
    "sync_server.organisations",
    "sync_server.kiosks",
    "sync_server.records",
    "sync_server.backups",
    "sync_server.ingest",
    "sync_server.queues",
    "sync_server.cases",
    "sync_server.content",
    "sync_server.sealed",
    "sync_server.reports",
    "sync_server.home",
]

MIDDLEWARE = [
    "sync_server.ingest.middleware.BareAnswers",
    "sync_server.web.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sync_server.web.language.LanguageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "sync_server.organisations.access.StaffOnlyMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "sync_server.urls"
WSGI_APPLICATION = "sync_server.wsgi.application"
APPEND_SLASH = False

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
                "sync_server.home.context.frame",
            ],
        },
    },
]


def _database() -> dict[str, object]:
    url = os.environ.get("DATABASE_URL", "")
    if url:
        found: dict[str, object] = dict(dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True))
        # A receipt says "synced to disk": the session must not inherit a server-wide synchronous_commit=off.
        found["OPTIONS"] = {"options": "-c synchronous_commit=on"}
        return found
    return {
        "ENGINE": "sync_server.sqlite",
        "NAME": DATA_DIR / "sala.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # Take the write lock at BEGIN: a transaction that first reads and then writes can otherwise fail half-way.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            # foreign_keys is Django's own; FULL is what makes "stored" in a receipt true after a power cut.
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA trusted_schema=OFF; PRAGMA secure_delete=ON;"
                "PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY;"
            ),
        },
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "organisations.Staff"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/sign-in"

# Sign-in rests for a quarter of an hour: for a name after five wrong passwords, for an address after five such names.
AXES_HANDLER = "sync_server.organisations.throttle.Throttle"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "sync_server.organisations.views.locked"

LANGUAGE_CODE = "th"
LANGUAGES = [("th", "ไทย"), ("en", "English")]
USE_I18N = True
TIME_ZONE = "Asia/Bangkok"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [path for path in [BASE_DIR / "static"] if path.exists()]
WHITENOISE_USE_FINDERS = True

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_SAMESITE = "Strict"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
X_FRAME_OPTIONS = "DENY"
# Forms of staff only: ingest reads its own body under its own cap.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# Where ingest finds the published bundle: a module with current_manifest(), current_edition() and piece(). Named here,
# not imported, because content stands above ingest in the stack of applications.
SALA_BUNDLE_SOURCE = "sync_server.content.queries"
# What citizens are told about their cases, asked for when an edition is made: content stands beside cases in the stack.
SALA_STATUS_SOURCE = "sync_server.home.statuses.statuses_for_bundle"
# How the last month was rated, for the attract screen: content stands beside queues in the stack.
SALA_SATISFACTION_SOURCE = "sync_server.home.satisfaction.of_last_month"
# What services an edition told of, for the promise that a citizen was given: content stands beside queues in the stack.
SALA_SERVICES_SOURCE = "sync_server.content.queries.services_in"
# Who reads complaints about people, with which keys: content publishes them and knows nothing of sealed cases.
SALA_READER_SOURCE = "sync_server.sealed.queries.reader_keys"
# Which cases a member of staff may know of, for the records they came from: records stand below cases in the stack.
SALA_CASES_SOURCE = "sync_server.cases.queries.visible_to"
# When the newest backup was made, for the fleet page: kiosks stand below backups in the stack.
SALA_BACKUP_SOURCE = "sync_server.backups.queries.newest_made_at"
# What the ids in records and cases are called: a function that gives the names of the published content.
SALA_NAMES = "sync_server.home.names.names"
# Publishes the sample content for `demo-office`: called with the office and `now`.
SALA_SAMPLE_PUBLISHER = "sync_server.content.actions.publish_sample"

# An envelope of several records over this is refused, and the kiosk halves its batch; a single record is always taken.
# Lower it for a line that loses long transfers.
SALA_ENVELOPE_BYTES_MAX = int(os.environ.get("SALA_ENVELOPE_BYTES_MAX", str(1024 * 1024)))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"sync_server": {"level": "INFO"}, "axes": {"level": "ERROR"}},
}
