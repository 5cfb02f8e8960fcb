"""Django settings. Values that depend on the environment come from `console.env`."""

from contextlib import suppress
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from console import embedded, env, inputs, logs, schedule, storage
from console.env import BASE_DIR, seconds

_embedded = embedded.data_paths(env.CONSOLE_DATA)

DEBUG = env.DEBUG
SECRET_KEY = env.SECRET_KEY
ALLOWED_HOSTS = env.ALLOWED_HOSTS
CSRF_TRUSTED_ORIGINS = [env.PUBLIC_URL]
ROOT_URLCONF = "console.urls"
WSGI_APPLICATION = "console.wsgi.application"
ASGI_APPLICATION = "console.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

#: The apps of this project that have models.
LOCAL_APPS = [
    *("classes", "documents", "accounts"),
    *("console.inbox", "console.mirror", "console.webhooks", "console.outbox", "console.lists"),
    "console.audit",
    *("console.jobs", "console.notifications", "console.sheets", "console.policy", "console.vault"),
]
INSTALLED_APPS = [
    "console.apps.ConsoleConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    *LOCAL_APPS,
    "console.apps.ConsoleAdminConfig",
    *("django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"),
    *("django.contrib.messages", "django.contrib.postgres", "django.contrib.staticfiles", "django.forms"),
    "rest_framework",
    "drf_spectacular",
    "django_filters",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "console.audit.middleware.RequestContextMiddleware",
    "console.logs.RequestLogMiddleware",
    "console.http.middleware.CallLimitMiddleware",
    "console.inbox.middleware.CallbackFastPath",
    # Above all middleware that may refuse a request, so that error pages have these headers too.
    "csp.middleware.CSPMiddleware",
    "console.http.headers.SecurityHeadersMiddleware",
    "console.http.middleware.HttpsOnlyApiMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "console.http.compression.CompressionMiddleware",
    "console.http.static_files.VersionedStaticFilesMiddleware",
    "console.inputs.middleware.RequestNormalizationMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "console.error_views.ErrorPageMiddleware",
    "console.http.middleware.RejectedBodyMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.sign_in.middleware.SessionLifetimeMiddleware",
    "accounts.sign_in.middleware.SecondFactorRequiredMiddleware",
    "accounts.school.operator_visits.OperatorVisitMiddleware",
    "console.policy.middleware.SchoolScopeMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "console.http.live_polls.LivePollMiddleware",
    "console.policy.middleware.SchoolTimeZoneMiddleware",
    "console.error_views.ConflictPageMiddleware",
    "console.inputs.middleware.NullCharacterMiddleware",
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
                "console.navigation.page_context",
            ],
            "libraries": {
                "ui": "console.ui.template_tags",
                "people": "accounts.people.template_tags",
                "school": "accounts.school.template_tags",
            },
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"environment": "console.ui.jinja_environment.environment"},
    },
]
FORM_RENDERER = "console.ui.form_renderer.FormRenderer"
DATABASES = {"default": env.database(env.DATABASE_URL or _embedded.database_url)}
# A standby that pages may read (console/postgresql/replica.py).
REPLICA_MOST_LAG_S = seconds("REPLICA_MOST_LAG_S", 10)
if env.DATABASE_REPLICA_URL:
    DATABASES["replica"] = env.database(env.DATABASE_REPLICA_URL)
    DATABASE_ROUTERS = ["console.postgresql.replica.ReplicaRouter"]
    MIDDLEWARE.append("console.postgresql.replica.LogPositionMiddleware")
# Requests of signed-in users run as this role (console/policy/database_scope.py). Roles are cluster-wide.
_user = DATABASES["default"].get("USER") or "console"
DATABASE_WEB_ROLE = env.env.str("DATABASE_WEB_ROLE", default=f"{_user}_web")

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.sign_in.adapters.SchoolUserBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": name}
    for name in (
        "accounts.sign_in.password_validators.PlainSimilarityValidator",
        "accounts.sign_in.password_validators.TranslatedMinimumLengthValidator",
        "accounts.sign_in.password_validators.SchoolWordsValidator",
        "accounts.sign_in.password_validators.PlainCommonValidator",
        "accounts.sign_in.password_validators.PlainNumericValidator",
    )
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "classes:home"
LOGOUT_REDIRECT_URL = "accounts:sign_in"

# Sessions end after SESSION_ABSOLUTE_S, or SESSION_IDLE_S without a request; there is no "remember me".
SESSION_ABSOLUTE_S = seconds("SESSION_ABSOLUTE_S", 12 * 3600)
# Duration of an operator's visit to a school.
OPERATOR_VISIT_S = seconds("OPERATOR_VISIT_S", 30 * 60)
SESSION_IDLE_S = seconds("SESSION_IDLE_S", 30 * 60)
SESSION_COOKIE_AGE = int(SESSION_ABSOLUTE_S)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# How long after a password or code sensitive actions are allowed; whether some roles need a second factor.
REAUTHENTICATION_S = seconds("REAUTHENTICATION_S", 10 * 60)
REQUIRE_TWO_FACTOR = env.REQUIRE_TWO_FACTOR
# Days: REST tokens by default and at most, password links. REST requests a minute per person and process.
REST_TOKEN_DAYS = env.env.int("REST_TOKEN_DAYS", default=90)
REST_TOKEN_MAX_DAYS = env.env.int("REST_TOKEN_MAX_DAYS", default=365)
PASSWORD_LINK_AGE_D = env.env.int("PASSWORD_LINK_AGE_D", default=7)
REST_REQUESTS_A_MINUTE = env.env.int("REST_REQUESTS_A_MINUTE", default=600)
# Failed sign-ins per account and per address in a window; beyond these a lock that doubles, up to a cap.
SIGN_IN_ACCOUNT_ATTEMPTS = env.env.int("SIGN_IN_ACCOUNT_ATTEMPTS", default=5)
SIGN_IN_ADDRESS_ATTEMPTS = env.env.int("SIGN_IN_ADDRESS_ATTEMPTS", default=30)
SIGN_IN_WINDOW_S = seconds("SIGN_IN_WINDOW_S", 15 * 60)
SIGN_IN_LOCK_S = seconds("SIGN_IN_LOCK_S", 15 * 60)
SIGN_IN_LOCK_MAX_S = seconds("SIGN_IN_LOCK_MAX_S", 4 * 3600)
TRUSTED_PROXIES = env.TRUSTED_PROXIES

# allauth: its sign-in flow, second factors, sessions and OpenID Connect, with our own pages.
ACCOUNT_ADAPTER = "accounts.sign_in.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False  # its counters have races and need a cache; ours are rows
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_ADAPTER = "accounts.sign_in.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "iclass console"
SOCIALACCOUNT_ADAPTER = "accounts.school.identity.adapter.SingleSignOnAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # our content policy forbids forms that redirect to other sites

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "console" / "locale"]
FORMAT_MODULE_PATH = "console.formats"
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
STATIC_ROOT = env.CONSOLE_DATA / "static"
with suppress(OSError):  # whitenoise warns if the folder is missing before `collectstatic`
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "console.ui.assets.NodeModulesFinder",
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_ROOT = env.CONSOLE_DATA / "media"
# Courseware and copies of recordings: local folders, or an S3 bucket.
S3 = storage.bucket_from_env(env.env)
STORAGES = storage.storages_setting(env.CONSOLE_DATA, S3)
# Seconds for which a signed URL lets a browser download a file from the bucket.
S3_URL_S = int(seconds("S3_URL_S", 60))
# Chunk size of uploads from browsers; S3 requires 5 MiB or more.
COURSEWARE_CHUNK_BYTES = 8 * 1024 * 1024
# Hours for which an incomplete upload can be resumed.
COURSEWARE_RESUME_HOURS = env.env.int("COURSEWARE_RESUME_HOURS", default=24)
COURSEWARE_MAX_BYTES = env.env.int("COURSEWARE_MAX_MB", default=1100) * 1_000_000
COURSEWARE_QUOTA_BYTES = env.env.int("COURSEWARE_QUOTA_MB", default=50_000) * 1_000_000
# Lifetime of the URL from which iclass, and anybody else who has it, can fetch a file.
COURSEWARE_URL_S = int(seconds("COURSEWARE_URL_S", 7 * 86400))
# Hosts of H5 courseware that may be framed by our pages; an asterisk matches one label of a name.
H5_HOSTS = env.env.list("H5_HOSTS", default=[env.ICLASS_BASE_URL])
# Hosts from which recordings are copied and whose URLs are checked: the vendor's, and the local service.
RECORDING_HOSTS = env.env.list(
    "RECORDING_HOSTS", default=["*.vod2.myqcloud.com", "*.vod-qcloud.com", env.ICLASS_BASE_URL]
)
CLASSROOM_HOSTS = env.CLASSROOM_HOSTS
COPYING_DIR = env.CONSOLE_DATA / "copying"
# Address of a clamd that scans every file before it is stored (`unix:/path`, `tcp://host:port`); timeout.
VIRUS_SCANNER = env.env.str("VIRUS_SCANNER", default="")
VIRUS_SCANNER_TIMEOUT_S = seconds("VIRUS_SCANNER_TIMEOUT_S", 60)
# On the file system of MEDIA_ROOT, so that a finished upload is moved, not copied.
FILE_UPLOAD_TEMP_DIR = env.CONSOLE_DATA / "uploads"
with suppress(OSError):
    FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)
# Forms of groups and lessons have a field for each of their people.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# Cookies and redirects require HTTPS if PUBLIC_URL is HTTPS.
_https = env.PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _https
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = env.cookie_name("sessionid")
CSRF_COOKIE_NAME = env.cookie_name("csrftoken")
LANGUAGE_COOKIE_NAME = env.cookie_name("django_language")
REMEMBERED_SCHOOL_COOKIE_NAME = env.cookie_name("school")
MESSAGE_STORAGE = "console.http.headers.MessageStorage"
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
        "form-action": [SELF, *env.CLASSROOM_ORIGINS],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

REST_FRAMEWORK = {
    "ALLOWED_VERSIONS": ["v1"],  # else drf-spectacular puts any into the name of its file, a header
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "console.policy.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PAGINATION_CLASS": "console.policy.pagination.NewestFirstPagination",
    "DEFAULT_FILTER_BACKENDS": ["console.policy.filters.BoundedFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "console.policy.schema.ScopedSchema",
    "DEFAULT_PARSER_CLASSES": inputs.PARSERS,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "console.policy.api.handle_exception",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "iclass console",
    "VERSION": "v1",
    "OAS_VERSION": "3.1.0",  # the first with webhooks
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "console.webhooks.schema.add_webhooks",
    ],
    "SERVE_INCLUDE_SCHEMA": False,
    "DEFAULT_GENERATOR_CLASS": "console.policy.schema.ConsoleSchemaGenerator",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PATH_CONVERTER_OVERRIDES": {"id": int, "text": str},
    "COMPONENT_SPLIT_REQUEST": True,  # only responses may be masked or null
    "ENUM_NAME_OVERRIDES": {
        "RoleEnum": "accounts.models.roles.Role",
        "GivenRoleEnum": "accounts.models.roles.GIVEN",
        "SyncStateEnum": "console.outbox.states.SyncState",
        "OperationStateEnum": "console.outbox.states.OperationState",
        "KindEnum": "classes.models.Leave.Kind",
        "ExportKindEnum": "classes.models.export_schedule.ExportKind",
    },
}

# Celery only wakes the workers: rows are the queue, and the schedule finds what a lost message left.
CELERY_BROKER_URL = env.CELERY_BROKER_URL or _embedded.broker_url
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# Beat sends through console/beat.py and requests wake the worker through console/wakeup.py; both try once.
CELERY_TASK_PUBLISH_RETRY = False
# Nobody sends orders to workers; with that channel a restart of Valkey can end a worker (kombu 5.7).
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 2}
CELERY_TIMEZONE = TIME_ZONE
# Any number of beats may run: they claim each run of a task in the database.
CELERY_BEAT_SCHEDULER = "console.beat:ClaimingScheduler"
CELERY_TASK_ROUTES = schedule.CELERY_TASK_ROUTES
SWEEP_EVERY_S, CELERY_BEAT_SCHEDULE = schedule.SWEEP_EVERY_S, schedule.CELERY_BEAT_SCHEDULE

# E-mail is sent through EMAIL_URL; without it notifications stay in the console.
EMAIL_IS_SET_UP = bool(env.env.str("EMAIL_URL", default=""))
vars().update(env.env.email_url("EMAIL_URL", default="dummymail://"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.env.str("MAIL_FROM", default="iclass console <console@localhost>")

# The iclass service, and limits of our requests to it.
ICLASS_BASE_URL = env.ICLASS_BASE_URL
# Address of the classrooms, until a response to `/class/create` has shown it.
ICLASS_ROOM_URL = env.ICLASS_ROOM_URL
# Proxy on the way to the service, and a file with the certificate authorities of service or proxy.
ICLASS_PROXY = env.iclass_proxy()
ICLASS_CA_BUNDLE = env.env.str("ICLASS_CA_BUNDLE", default="")
ICLASS_TIMEOUT_S = seconds("ICLASS_TIMEOUT_S", 15)
ICLASS_SIGNATURE_LIFE_S = int(seconds("ICLASS_SIGNATURE_LIFE_S", 120))
ICLASS_ADMIN_ID = env.env.str("ICLASS_ADMIN_ID", default="administrator")
# Days for which messages signed with a school's previous key are accepted.
PREVIOUS_KEY_DAYS = env.env.int("PREVIOUS_KEY_DAYS", default=7)
PUBLIC_URL = env.PUBLIC_URL
FIELD_KEYS = env.FIELD_KEYS
CALLBACK_MAX_AGE_S = int(seconds("CALLBACK_MAX_AGE_S", 15 * 60))
# Timeout of the database for a callback, after which it is written to the spool.
CALLBACK_DATABASE_TIMEOUT_S = seconds("CALLBACK_DATABASE_TIMEOUT_S", 3)
CALLBACK_MAX_AHEAD_S = int(seconds("CALLBACK_MAX_AHEAD_S", 24 * 3600))
# Folder outside of the database for the length and last hash of each audit chain.
AUDIT_CHECKPOINT_DIR = env.AUDIT_CHECKPOINT_DIR or env.CONSOLE_DATA / "checkpoints"
# Callbacks are spooled here while the database is unavailable, up to the cap.
SPOOL_DIR = env.CONSOLE_DATA / "spool"
SPOOL_MAX_BYTES = env.env.int("SPOOL_MAX_MB", default=256) * 1024 * 1024
# The longest statement of a request, of a worker, and of tasks and jobs that work through whole tables.
STATEMENT_TIMEOUT_S = seconds("STATEMENT_TIMEOUT_S", 20)
WORKER_STATEMENT_TIMEOUT_S = seconds("WORKER_STATEMENT_TIMEOUT_S", 60)
LONG_STATEMENT_TIMEOUT_S = seconds("LONG_STATEMENT_TIMEOUT_S", 900)
LEASE_S = seconds("LEASE_S", 60)
PROBE_DELAY_S = seconds("PROBE_DELAY_S", 5)
# How long an act in the console can be taken back. What it sends is due after that; 0: at once, nothing can.
UNDO_S = seconds("UNDO_S", 10)
OUTBOX_BACKOFF_S = seconds("OUTBOX_BACKOFF_S", 2)
OUTBOX_BACKOFF_MAX_S = seconds("OUTBOX_BACKOFF_MAX_S", 300)
VISITOR_PASS_S = seconds("VISITOR_PASS_S", 600)
ENTRY_PASSWORD_S = seconds("ENTRY_PASSWORD_S", 3600)
# Token bucket per school: calls a second, and the size of a burst.
OUTBOX_RATE = env.env.float("OUTBOX_RATE", default=100)
OUTBOX_BURST = env.env.float("OUTBOX_BURST", default=200)
# Circuit breaker per school: it opens after consecutive failures, for longer after each failed trial.
OUTBOX_BREAKER_FAILURES = env.env.int("OUTBOX_BREAKER_FAILURES", default=5)
OUTBOX_BREAKER_S = seconds("OUTBOX_BREAKER_S", 1)
OUTBOX_BREAKER_MAX_S = seconds("OUTBOX_BREAKER_MAX_S", 10)
# An operation needs a person once it has had this many attempts and is this old.
OUTBOX_MAX_ATTEMPTS = env.env.int("OUTBOX_MAX_ATTEMPTS", default=20)
OUTBOX_MAX_AGE_S = seconds("OUTBOX_MAX_AGE_S", 3 * 86400)
# Webhooks: longest call, longest delay between two attempts and longest break of an endpoint that fails.
# After so long without success it is paused.
WEBHOOK_TIMEOUT_S = 15.0
WEBHOOK_BACKOFF_MAX_S = 3600.0
WEBHOOK_BREAKER_MAX_S = 300.0
WEBHOOK_MAX_AGE_S = 3 * 86400.0
# Days after which final marks can no longer be appealed.
APPEAL_DAYS = env.env.int("APPEAL_DAYS", default=7)
LIVE_POLL_S = seconds("LIVE_POLL_S", 20)
# Delay before a missing teacher, or a lesson without students, raises an alarm.
ALARM_TEACHER_S = seconds("ALARM_TEACHER_S", 300)
# Networks that may be called although they are not public.
ALLOWED_PRIVATE_NETWORKS = env.env.list("ALLOWED_PRIVATE_NETWORKS", default=[])
HISTORY_POLL_S = seconds("HISTORY_POLL_S", 20)
POLL_BEFORE_START_S = seconds("POLL_BEFORE_START_S", 15 * 60)
RECONCILE_MAX_LESSONS = env.env.int("RECONCILE_MAX_LESSONS", default=2000)
TRANSCODE_POLL_S = seconds("TRANSCODE_POLL_S", 20)
# Imports: maximum size, rows processed within the request, and days for which rows are kept.
IMPORT_MAX_BYTES = env.env.int("IMPORT_MAX_MB", default=20) * 1_000_000
IMPORT_MAX_ROWS = env.env.int("IMPORT_MAX_ROWS", default=100_000)
IMPORT_INLINE_ROWS = env.env.int("IMPORT_INLINE_ROWS", default=20_000)
IMPORT_PROGRESS_S = seconds("IMPORT_PROGRESS_S", 2)
EXPORT_INLINE_ROWS = env.env.int("EXPORT_INLINE_ROWS", default=5_000)
EXPORT_KEEP_HOURS = env.env.int("EXPORT_KEEP_HOURS", default=24)
IMPORT_KEEP_DAYS = env.env.int("IMPORT_KEEP_DAYS", default=90)

LOG_FORMAT, LOG_LEVEL = env.LOG_FORMAT, env.LOG_LEVEL
# Used for error mails, if ADMINS is set.
DEFAULT_EXCEPTION_REPORTER_FILTER = "console.error_views.HidePostValuesFilter"
LOGGING = logs.logging_config(LOG_FORMAT, LOG_LEVEL)
