"""Every variable with its kind. `.env.example` says what each is for; the defaults are in the settings."""

from environ import Env

from console.variables.kinds import (
    CertificateFile,
    Choice,
    Folder,
    Hosts,
    Kind,
    Number,
    Secret,
    Switch,
    Text,
    Url,
)

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_TEN_YEARS_S = 315_360_000
_DURATION = Number(0.01, _TEN_YEARS_S)
_DELAY = Number(0, _TEN_YEARS_S)
#: Below a second the schedule would do nothing but start this task.
_INTERVAL = Number(1, _TEN_YEARS_S)
_DAYS = Number(1, 36_500, whole=True)
_HOURS = Number(1, 876_000, whole=True)
_COUNT = Number(1, 1_000_000_000, whole=True)
_PORT = Number(1, 65_535, whole=True, may_be_empty=True)
_WEB = ("http", "https")

VARIABLES: dict[str, Kind] = {
    # This installation
    "CONSOLE_DATA": Folder(),
    "DATABASE_URL": Url("postgresql://console:PASSWORD@127.0.0.1:5432/console", needs_host=False),
    "DATABASE_REPLICA_URL": Url("postgresql://console:PASSWORD@127.0.0.1:5433/console", needs_host=False),
    "REPLICA_MOST_LAG_S": _DURATION,
    "DATABASE_WEB_ROLE": Text(),
    "CELERY_BROKER_URL": Url("redis://127.0.0.1:6379/0", needs_host=False, several=True),
    "SECRET_KEY": Secret(),
    "FIELD_KEYS": Secret(),
    "DEBUG": Switch(),
    "ALLOWED_HOSTS": Hosts(origins=False),
    "PUBLIC_URL": Url("https://console.school.example", _WEB),
    "SECURE_SSL_REDIRECT": Switch(),
    "LOG_FORMAT": Choice("E022", ("plain", "json")),
    "LOG_LEVEL": Choice("E023", LEVELS),
    # The iclass service
    "ICLASS_BASE_URL": Url("https://iclass.api.qcloud.com", _WEB),
    "ICLASS_ROOM_URL": Url("https://class.example.com", _WEB),
    "ICLASS_ADMIN_ID": Text(),
    "ICLASS_CA_BUNDLE": CertificateFile(),
    "HTTPS_PROXY": Url("http://proxy.example:3128", _WEB, scheme="http"),
    "NO_PROXY": Text(),
    "ICLASS_TIMEOUT_S": _DURATION,
    "ICLASS_SIGNATURE_LIFE_S": _DURATION,
    "PREVIOUS_KEY_DAYS": Number(0, 36_500, whole=True),
    # Signing in
    "REQUIRE_TWO_FACTOR": Switch(),
    "TRUSTED_PROXIES": Number(-100, 100, whole=True),
    "SIGN_IN_ACCOUNT_ATTEMPTS": Number(0, 1_000_000, whole=True),
    "SIGN_IN_ADDRESS_ATTEMPTS": Number(0, 1_000_000, whole=True),
    "SIGN_IN_WINDOW_S": _DURATION,
    "SIGN_IN_LOCK_S": _DURATION,
    "SIGN_IN_LOCK_MAX_S": _DURATION,
    "REST_REQUESTS_A_MINUTE": Number(-1_000_000_000, 1_000_000_000, whole=True),
    "SESSION_ABSOLUTE_S": _DURATION,
    "SESSION_IDLE_S": _DURATION,
    "OPERATOR_VISIT_S": _DURATION,
    "REAUTHENTICATION_S": _DELAY,
    "REST_TOKEN_DAYS": _DAYS,
    "REST_TOKEN_MAX_DAYS": _DAYS,
    "PASSWORD_LINK_AGE_D": _DAYS,
    # Mail
    "EMAIL_URL": Url(
        "smtp+tls://user:password@mail.example.org:587", tuple(Env.EMAIL_SCHEMES), needs_host=False
    ),
    "MAIL_FROM": Text(),
    # Intervals and limits
    "SWEEP_EVERY_S": Number(0.1, _TEN_YEARS_S),
    "RECONCILE_EVERY_S": _INTERVAL,
    "RECONCILE_MAX_LESSONS": _COUNT,
    "APPEAL_DAYS": Number(0, 36_500, whole=True),
    "LIVE_POLL_S": Number(0.1, _TEN_YEARS_S),
    "ALARM_TEACHER_S": _DELAY,
    "ALARM_EVERY_S": _INTERVAL,
    "ALLOWED_PRIVATE_NETWORKS": Text(),
    "HISTORY_POLL_S": Number(0.1, _TEN_YEARS_S),
    "TRANSCODE_POLL_S": Number(0.1, _TEN_YEARS_S),
    "IMPORT_MAX_MB": Number(1, 100_000, whole=True),
    "IMPORT_MAX_ROWS": _COUNT,
    "IMPORT_INLINE_ROWS": Number(0, 1_000_000_000, whole=True),
    "IMPORT_PROGRESS_S": _DURATION,
    "IMPORT_KEEP_DAYS": _DAYS,
    "EXPORT_INLINE_ROWS": Number(0, 1_000_000_000, whole=True),
    "EXPORT_KEEP_HOURS": _HOURS,
    "POLL_BEFORE_START_S": _DELAY,
    "LEASE_S": _DURATION,
    "PROBE_DELAY_S": _DELAY,
    "VISITOR_PASS_S": _DURATION,
    "ENTRY_PASSWORD_S": _DURATION,
    "UNDO_S": _DELAY,
    "OUTBOX_BACKOFF_S": _DELAY,
    "OUTBOX_BACKOFF_MAX_S": _DELAY,
    "OUTBOX_RATE": Number(0, 1_000_000_000),
    "OUTBOX_BURST": Number(0, 1_000_000_000),
    "OUTBOX_BREAKER_FAILURES": _COUNT,
    "OUTBOX_BREAKER_S": _DELAY,
    "OUTBOX_BREAKER_MAX_S": _DELAY,
    "OUTBOX_MAX_ATTEMPTS": _COUNT,
    "OUTBOX_MAX_AGE_S": _DELAY,
    "CALLBACK_MAX_AGE_S": Number(-_TEN_YEARS_S, _TEN_YEARS_S),
    "CALLBACK_MAX_AHEAD_S": _DELAY,
    "CALLBACK_DATABASE_TIMEOUT_S": _DURATION,
    "STATEMENT_TIMEOUT_S": _DURATION,
    "WORKER_STATEMENT_TIMEOUT_S": _DURATION,
    "LONG_STATEMENT_TIMEOUT_S": _DURATION,
    "SPOOL_MAX_MB": Number(0, 1_000_000_000, whole=True),
    "AUDIT_CHAIN_EVERY_S": _INTERVAL,
    "AUDIT_CHECKPOINT_EVERY_S": _INTERVAL,
    "AUDIT_CHECKPOINT_DIR": Folder(),
    # Courseware
    "COURSEWARE_MAX_MB": Number(1, 1_000_000, whole=True),
    "COURSEWARE_QUOTA_MB": Number(1, 1_000_000_000, whole=True),
    "COURSEWARE_RESUME_HOURS": _HOURS,
    "COURSEWARE_URL_S": Number(1, _TEN_YEARS_S),
    "S3_BUCKET": Text(),
    "S3_ENDPOINT_URL": Url("https://cos.ap-guangzhou.myqcloud.com", _WEB),
    "S3_REGION": Text(),
    "S3_ACCESS_KEY_ID": Secret(),
    "S3_SECRET_ACCESS_KEY": Secret(),
    "S3_PATH_STYLE": Switch(),
    "S3_URL_S": Number(1, 604_800),
    "VIRUS_SCANNER": Url("tcp://127.0.0.1:3310", ("unix", "tcp"), needs_host=False),
    "VIRUS_SCANNER_TIMEOUT_S": _DURATION,
    "H5_HOSTS": Hosts(),
    "RECORDING_HOSTS": Hosts(),
    "CLASSROOM_HOSTS": Hosts(),
    # Only for `make run`, the local service, and tests
    "HOST": Text(),
    "PORT": _PORT,
    "SANDBOX_PORT": _PORT,
    "ICLASS_CALLBACK_RETRY_S": _DURATION,
    "CONSOLE_EMBEDDED_FAST": Switch(),
}
