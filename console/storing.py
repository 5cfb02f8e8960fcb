"""Where files lie, in the words of Django's STORAGES: folders of ours under CONSOLE_DATA.

Names of files are made by us; nothing here is served but by a view.
"""

from pathlib import Path
from typing import Any

ALIASES = ("courseware", "recordings")


def places(data: Path) -> dict[str, dict[str, Any]]:
    """The storages of courseware and of copies of recordings, beside those that Django wants."""
    return {
        "default": _in_a_folder(data, "files"),
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        **{alias: _in_a_folder(data, alias) for alias in ALIASES},
    }


def _in_a_folder(data: Path, alias: str) -> dict[str, Any]:
    options = {"location": data / "media" / alias, "file_permissions_mode": 0o600}
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
