"""Settings of the console. Values come from `console.env`; this file only arranges them."""

from contextlib import suppress
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from environ import Env

from console import embedded, env, logs, storing
from console.env import BASE_DIR, seconds

_embedded = embedded.places(env.CONSOLE_DATA)

DEBUG = env.DEBUG
SECRET_KEY = env.SECRET_KEY
ALLOWED_HOSTS = env.ALLOWED_HOSTS
CSRF_TRUSTED_ORIGINS = [env.PUBLIC_URL]
ROOT_URLCONF = "console.urls"
WSGI_APPLICATION = "console.wsgi.application"
ASGI_APPLICATION = "console.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "console.apps.ConsoleConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "classes",
    "documents",
    "accounts",
    "console.inbox",
    "console.mirror",
    "console.outbox",
    "console.audit",
    "console.jobs",
    "console.notices",
    "console.sheets",
    "console.policy",
    "console.vault",
    "console.apps.ConsoleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "console.audit.middleware.RequestContext",
    "console.logs.RequestLog",
    "console.inbox.door.StraightIn",
    # Outside of everything that may refuse, so that pages of refusal have them too.
    "csp.middleware.CSPMiddleware",
    "console.headers.Isolation",
    "console.headers.NoPlainPrograms",
    "django.middleware.security.SecurityMiddleware",
    "console.compress.Compress",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "console.failures.WordsForRefusals",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.sign_in.middleware.SessionLife",
    "accounts.sign_in.middleware.SecondFactorFirst",
    "accounts.operator.Visiting",
    "console.policy.middleware.SchoolScope",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "console.policy.middleware.SchoolZone",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "console.nav.context",
                "console.notices.context.unread",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# One connection a thread, kept: opening one for each request cost 87 % of the callback rate.
DATABASES = {
    "default": {
        **Env.db_url_config(env.DATABASE_URL or _embedded.database_url),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
}
# A server that accepts and then says nothing would hold each caller for two minutes.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
# Requests of people who signed in act as this role (console/policy/scope.py). Roles are the cluster's: the
# name follows our own user there, so that consoles of different users share none.
_user = DATABASES["default"].get("USER") or "console"
DATABASE_WEB_ROLE = env.env.str("DATABASE_WEB_ROLE", default=f"{_user}_web")

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.sign_in.backends.WithTheirSchool"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": name}
    for name in (
        "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "accounts.passwords.LongEnough",
        "accounts.passwords.NotOurWords",
        "django.contrib.auth.password_validation.CommonPasswordValidator",
        "django.contrib.auth.password_validation.NumericPasswordValidator",
    )
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "classes:home"
LOGOUT_REDIRECT_URL = "accounts:sign_in"

# Sessions: so long at most, so long without the reader doing anything; nothing is remembered beyond that.
SESSION_ABSOLUTE_S = seconds("SESSION_ABSOLUTE_S", 12 * 3600)
# How long an operator stays in a school that they entered.
VISIT_S = seconds("VISIT_S", 30 * 60)
SESSION_IDLE_S = seconds("SESSION_IDLE_S", 30 * 60)
SESSION_COOKIE_AGE = int(SESSION_ABSOLUTE_S)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# How long a password or a code opens dangerous acts, and the second factor that some roles need.
PROOF_S = seconds("PROOF_S", 10 * 60)
REQUIRE_TWO_FACTOR = env.REQUIRE_TWO_FACTOR
# REST: days that a token lives where nobody chose, and at most; requests a minute a person a process.
REST_TOKEN_DAYS = env.env.int("REST_TOKEN_DAYS", default=90)
REST_TOKEN_MAX_DAYS = env.env.int("REST_TOKEN_MAX_DAYS", default=365)
REST_REQUESTS_A_MINUTE = env.env.int("REST_REQUESTS_A_MINUTE", default=600)
# Guesses: so many an account and an address in a window; then a lock that doubles, up to a cap.
SIGN_IN_ACCOUNT_TRIES = env.env.int("SIGN_IN_ACCOUNT_TRIES", default=5)
SIGN_IN_ADDRESS_TRIES = env.env.int("SIGN_IN_ADDRESS_TRIES", default=30)
SIGN_IN_WINDOW_S = seconds("SIGN_IN_WINDOW_S", 15 * 60)
SIGN_IN_LOCK_S = seconds("SIGN_IN_LOCK_S", 15 * 60)
SIGN_IN_LOCK_CAP_S = seconds("SIGN_IN_LOCK_CAP_S", 4 * 3600)
TRUSTED_PROXIES = env.TRUSTED_PROXIES

# allauth: its flow of signing in, its second factors, sessions and OpenID Connect, behind pages of ours.
ACCOUNT_ADAPTER = "accounts.sign_in.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False  # its counters race and live in a cache; ours are rows
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_ADAPTER = "accounts.sign_in.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "iclass console"
SOCIALACCOUNT_ADAPTER = "accounts.sign_in.adapters.SingleSignOnAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form that leads elsewhere is what our content policy forbids
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": env.oidc_apps()}}
OIDC_LOGIN_CLAIM = env.OIDC_LOGIN_CLAIM
OIDC_SDKAPPID = env.OIDC_SDKAPPID

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "console" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
STATIC_ROOT = env.CONSOLE_DATA / "static"
with suppress(OSError):  # whitenoise warns of a folder that `collectstatic` has not filled yet
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "console.assets.NodeModulesFinder",
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_ROOT = env.CONSOLE_DATA / "media"
# Courseware and copies of recordings: folders of ours, or a bucket that speaks S3.
S3 = storing.bucket_of(env.env)
STORAGES = storing.places(env.CONSOLE_DATA, S3)
# For how many seconds an address works at which a browser gets a file straight from the bucket.
S3_ADDRESS_S = int(seconds("S3_ADDRESS_S", 60))
# In how large pieces a browser sends a file; S3 wants 5 MiB or more.
COURSEWARE_PIECE_BYTES = 8 * 1024 * 1024
# For how many hours a file that came in part can be gone on with.
COURSEWARE_RESUME_H = env.env.int("COURSEWARE_RESUME_H", default=24)
COURSEWARE_MAX_BYTES = env.env.int("COURSEWARE_MAX_MB", default=1100) * 1_000_000
COURSEWARE_QUOTA_BYTES = env.env.int("COURSEWARE_QUOTA_MB", default=50_000) * 1_000_000
# How long the address works under which iclass fetches a file of ours, and whoever else has it.
COURSEWARE_ADDRESS_S = int(seconds("COURSEWARE_ADDRESS_S", 7 * 86400))
# Where pages made of courseware may lie to be shown within ours; a star stands for one part of a name.
H5_HOSTS = env.env.list("H5_HOSTS", default=[env.ICLASS_BASE_URL])
# Hosts whose recordings are copied and whose addresses are tried; the vendor's, and the local service.
RECORDING_HOSTS = env.env.list(
    "RECORDING_HOSTS", default=["*.vod2.myqcloud.com", "*.vod-qcloud.com", env.ICLASS_BASE_URL]
)
COPYING_DIR = env.CONSOLE_DATA / "copying"
# A clamd that sees every file before it is kept, `unix:/path` or `tcp://host:port`; how long it may take.
VIRUS_SCANNER = env.env.str("VIRUS_SCANNER", default="")
VIRUS_SCANNER_TIMEOUT_S = seconds("VIRUS_SCANNER_TIMEOUT_S", 60)
# Beside the files, so that an upload that has come in is moved and not copied.
FILE_UPLOAD_TEMP_DIR = env.CONSOLE_DATA / "uploads"
with suppress(OSError):
    FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)
# A group or a lesson is sent with a field for each of its people.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# Cookies and redirects want HTTPS wherever the address that people use is HTTPS.
_https = env.PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _https
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = env.cookie_name("sessionid")
CSRF_COOKIE_NAME = env.cookie_name("csrftoken")
LANGUAGE_COOKIE_NAME = env.cookie_name("django_language")
DOOR_COOKIE_NAME = env.cookie_name("door")
MESSAGE_STORAGE = "console.cookies.Messages"
SECURE_SSL_REDIRECT = env.env.bool("SECURE_SSL_REDIRECT", default=_https)
SECURE_HSTS_SECONDS = 31536000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "console.policy.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PAGINATION_CLASS": "console.policy.paging.NewestFirst",
    "DEFAULT_FILTER_BACKENDS": ["console.policy.filters.Narrowing"],
    "DEFAULT_SCHEMA_CLASS": "console.policy.schema.ScopedSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "console.policy.rest.explain",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "iclass console",
    "VERSION": "v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "DEFAULT_GENERATOR_CLASS": "console.policy.generator.Generator",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,  # what is answered may be masked or null; what is sent may not
    "ENUM_NAME_OVERRIDES": {
        "RoleEnum": "accounts.roles.Role",
        "GivenRoleEnum": "accounts.roles.GIVEN",
        "SyncStateEnum": "console.outbox.states.SyncState",
        "OperationStateEnum": "console.outbox.states.State",
    },
}

# Celery only rings the bell: rows are the queue, and the schedule finds what a lost message forgot.
CELERY_BROKER_URL = env.CELERY_BROKER_URL or _embedded.broker_url
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 2}
CELERY_TIMEZONE = TIME_ZONE
SWEEP_EVERY_S = seconds("SWEEP_EVERY_S", 5)
# One that waited so long is dropped: others were rung since, and a busy worker has a queue already.
_sweep = {"schedule": SWEEP_EVERY_S, "options": {"expires": max(30.0, SWEEP_EVERY_S)}}
CELERY_BEAT_SCHEDULE = {
    "tidy": {"task": "accounts.tasks.tidy_sign_in", "schedule": 3600.0},
    "tidy_imports": {"task": "accounts.tasks.tidy_imports", "schedule": 3600.0},
    "tidy_uploads": {"task": "documents.tasks.tidy_uploads", "schedule": 3600.0},
    "watch_schools": {"task": "accounts.tasks.watch_schools", "schedule": 3600.0},
    "watch_tokens": {"task": "accounts.tasks.watch_tokens", "schedule": 3600.0},
    "watch_lessons": {"task": "classes.tasks.watch_lessons", "schedule": seconds("ALARM_EVERY_S", 15)},
    "clear_old_data": {"task": "accounts.tasks.clear_old_data", "schedule": 3600.0},
    "audit_chain": {"task": "console.audit.tasks.chain", "schedule": seconds("AUDIT_CHAIN_EVERY_S", 30)},
    "audit_checkpoint": {
        "task": "console.audit.tasks.checkpoint",
        "schedule": seconds("AUDIT_CHECKPOINT_EVERY_S", 3600),
    },
    "recordings": {"task": "classes.tasks.keep_recordings", "schedule": 3600.0},
    "readiness": {"task": "classes.tasks.check_readiness", "schedule": 300.0},
    "tell_of_lessons": {"task": "classes.tasks.tell_of_lessons", "schedule": 60.0},
    "relay": {"task": "console.outbox.tasks.relay", **_sweep},
    "inbox": {"task": "console.inbox.tasks.process", **_sweep},
    "jobs": {"task": "console.jobs.tasks.work", **_sweep},
    "mail": {"task": "console.notices.tasks.post", "schedule": 60.0},
    "digests": {"task": "console.notices.tasks.gather", "schedule": 300.0},
    "polls": {"task": "console.mirror.tasks.poll", **_sweep},
    "reconcile": {"task": "console.mirror.tasks.reconcile", "schedule": seconds("RECONCILE_EVERY_S", 300)},
}

# Mail leaves where EMAIL_URL says; without it notices stay in the console.
EMAIL_IS_SET_UP = bool(env.env.str("EMAIL_URL", default=""))
vars().update(env.env.email_url("EMAIL_URL", default="dummymail://"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.env.str("MAIL_FROM", default="iclass console <console@localhost>")

# The iclass service and our manners towards it.
ICLASS_BASE_URL = env.ICLASS_BASE_URL
# Where the classrooms are, until an answer to `/class/create` has told it.
ICLASS_ROOM_URL = env.ICLASS_ROOM_URL
ICLASS_TIMEOUT_S = seconds("ICLASS_TIMEOUT_S", 15)
ICLASS_SIGNATURE_LIFE_S = int(seconds("ICLASS_SIGNATURE_LIFE_S", 120))
ICLASS_ADMIN_ID = env.env.str("ICLASS_ADMIN_ID", default="administrator")
# For how many days messages signed with a school's previous key are still accepted.
OLD_KEY_DAYS = env.env.int("OLD_KEY_DAYS", default=7)
PUBLIC_URL = env.PUBLIC_URL
FIELD_KEYS = env.FIELD_KEYS
CALLBACK_PAST_S = int(seconds("CALLBACK_PAST_S", 15 * 60))
# How long a callback waits for a database that hangs before it goes to the disk.
CALLBACK_DATABASE_S = seconds("CALLBACK_DATABASE_S", 3)
CALLBACK_AHEAD_S = int(seconds("CALLBACK_AHEAD_S", 24 * 3600))
# How long each chain of the audit trail is and how it ends, outside of the database.
AUDIT_CHECKPOINT_DIR = env.AUDIT_CHECKPOINT_DIR or env.CONSOLE_DATA / "checkpoints"
# Where callbacks wait while the database is away, and how much of them.
SPOOL_DIR = env.CONSOLE_DATA / "spool"
SPOOL_CAP_BYTES = env.env.int("SPOOL_CAP_MB", default=256) * 1024 * 1024
LEASE_S = seconds("LEASE_S", 60)
PROBE_SETTLE_S = seconds("PROBE_SETTLE_S", 5)
OUTBOX_BACKOFF_S = seconds("OUTBOX_BACKOFF_S", 2)
OUTBOX_BACKOFF_CAP_S = seconds("OUTBOX_BACKOFF_CAP_S", 300)
VISITOR_PASS_S = seconds("VISITOR_PASS_S", 600)
ENTRY_PASSWORD_S = seconds("ENTRY_PASSWORD_S", 3600)
# A bucket a school: calls a second, and how many at once after a quiet while.
OUTBOX_RATE = env.env.float("OUTBOX_RATE", default=100)
OUTBOX_BURST = env.env.float("OUTBOX_BURST", default=200)
# A breaker a school: after so many failures in a row it waits, longer each time that a trial fails.
OUTBOX_BREAKER_FAILURES = env.env.int("OUTBOX_BREAKER_FAILURES", default=5)
OUTBOX_BREAKER_S = seconds("OUTBOX_BREAKER_S", 1)
OUTBOX_BREAKER_CAP_S = seconds("OUTBOX_BREAKER_CAP_S", 10)
# A person is asked once an operation was tried so often and is so old.
OUTBOX_TRIES = env.env.int("OUTBOX_TRIES", default=20)
OUTBOX_GIVE_UP_S = seconds("OUTBOX_GIVE_UP_S", 3 * 86400)
# How many days after its marks are final a lesson's marks can be contested.
APPEAL_DAYS = env.env.int("APPEAL_DAYS", default=7)
LIVE_POLL_S = seconds("LIVE_POLL_S", 20)
# From when on a teacher who is not in the lesson, or a lesson without students, is worth an alarm.
ALARM_TEACHER_S = seconds("ALARM_TEACHER_S", 300)
# Where alarms are told to another system; INSIDE: it stands in the own network, CA: a file that proves it.
ALARM_WEBHOOK_URL = env.env.str("ALARM_WEBHOOK_URL", default="")
ALARM_WEBHOOK_KEY = env.env.str("ALARM_WEBHOOK_KEY", default="")
ALARM_WEBHOOK_INSIDE = env.env.bool("ALARM_WEBHOOK_INSIDE", default=False)
ALARM_WEBHOOK_CA = env.env.str("ALARM_WEBHOOK_CA", default="")
HISTORY_POLL_S = seconds("HISTORY_POLL_S", 20)
WATCH_BEFORE_S = seconds("WATCH_BEFORE_S", 15 * 60)
RECONCILE_LOOKS = env.env.int("RECONCILE_LOOKS", default=2000)
TRANSCODE_POLL_S = seconds("TRANSCODE_POLL_S", 20)
# Imports: how large a file may be, how much is done while its sender waits, how long its rows are kept.
IMPORT_MAX_BYTES = env.env.int("IMPORT_MAX_MB", default=20) * 1_000_000
IMPORT_MAX_ROWS = env.env.int("IMPORT_MAX_ROWS", default=100_000)
IMPORT_WAITED_ROWS = env.env.int("IMPORT_WAITED_ROWS", default=20_000)
IMPORT_LOOK_S = seconds("IMPORT_LOOK_S", 2)
EXPORT_WAITED_ROWS = env.env.int("EXPORT_WAITED_ROWS", default=5_000)
EXPORT_KEEP_HOURS = env.env.int("EXPORT_KEEP_HOURS", default=24)
IMPORT_KEEP_DAYS = env.env.int("IMPORT_KEEP_DAYS", default=90)

LOG_FORMAT, LOG_LEVEL = env.LOG_FORMAT, env.LOG_LEVEL
# What an error mail, where somebody set ADMINS, may say.
DEFAULT_EXCEPTION_REPORTER_FILTER = "console.failures.NothingTyped"
LOGGING = logs.configuration(LOG_FORMAT, LOG_LEVEL)
