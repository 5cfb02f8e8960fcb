"""Settings of the local iclass service: a Django project of its own, started by `python -m console.sandbox`.

Only `SANDBOX_DATA` (folder of the state, set by the command) is read here; everything else that may be turned
is a knob (`knobs.py`) or an option of the command.
"""

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("SANDBOX_DATA", "var/sandbox"))

# Sessions and signed cookies are not used, but Django requires a key.
SECRET_KEY = "the sandbox signs nothing with this"
DEBUG = False
# With --allow-beyond-loopback other computers can reach the classroom under any name;
# the control interface checks its Host itself (control/request_checks.py).
ALLOWED_HOSTS = ["*"]
APPEND_SLASH = False

INSTALLED_APPS = ["console.sandbox.store", "console.sandbox.startup"]
MIDDLEWARE = [
    "console.sandbox.room.headers.strict_headers",
    "console.sandbox.room.language.chosen_language",
]
ROOT_URLCONF = "console.sandbox.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "room" / "templates", HERE / "control" / "templates"],
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n"],
            "context_processors": ["django.template.context_processors.request"],
        },
    }
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "iclass.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # Writers lock at BEGIN, so that they can wait; a lock upgraded later would fail at once.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            # FULL: the ledger is on the disk before the response is sent.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [HERE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Views read at most this much of a body and respond with the service's own error (10005).
DATA_UPLOAD_MAX_MEMORY_SIZE = None
LOGGING_CONFIG = None
