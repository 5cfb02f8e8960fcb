"""Where files lie, in the words of Django's STORAGES: folders of ours under CONSOLE_DATA, or a bucket.

Names of files are made by us; nothing here is served but by a view, or under an address that the bucket's
key signed for one file and a short while. Both kinds speak the same few words more than Django's storages do:

direct                             whether a browser sends its pieces straight there
origin                             scheme and host of the addresses; empty for a folder
address(name, …)                   a short-lived address to get a file at; empty for a folder
stream(name)                       the file, to be read once and piece by piece
begin · received · join · abandon  a file that comes in pieces (documents/pieces.py)
"""

from pathlib import Path
from typing import Any, NamedTuple

ALIASES = ("courseware", "recordings")


class Bucket(NamedTuple):
    """A bucket that speaks S3; where `name` is empty there is none."""

    name: str
    endpoint: str
    region: str
    key: str
    secret: str
    path_style: bool

    def __repr__(self) -> str:
        return f"Bucket({self.name!r})"


def bucket_of(env: Any) -> Bucket:
    """The bucket that the environment names."""
    return Bucket(
        name=env.str("S3_BUCKET", default=""),
        endpoint=env.str("S3_ENDPOINT_URL", default="").rstrip("/"),
        region=env.str("S3_REGION", default=""),
        key=env.str("S3_ACCESS_KEY_ID", default=""),
        secret=env.str("S3_SECRET_ACCESS_KEY", default=""),
        path_style=env.bool("S3_PATH_STYLE", default=False),
    )


def places(data: Path, bucket: Bucket) -> dict[str, dict[str, Any]]:
    """The storages of courseware and of copies of recordings, beside those that Django wants."""
    kept = {
        alias: _in_the_bucket(bucket, alias) if bucket.name else _in_a_folder(data, alias)
        for alias in ALIASES
    }
    return {
        "default": _in_a_folder(data, "files"),
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        **kept,
    }


def _in_a_folder(data: Path, alias: str) -> dict[str, Any]:
    options = {"location": data / "media" / alias, "file_permissions_mode": 0o600}
    return {"BACKEND": "console.storing.folder.Folder", "OPTIONS": options}


def _in_the_bucket(bucket: Bucket, alias: str) -> dict[str, Any]:
    """Named as text: whoever keeps files in folders never loads boto3."""
    options = {
        "bucket_name": bucket.name,
        "endpoint_url": bucket.endpoint,
        "region_name": bucket.region or None,
        "access_key": bucket.key,
        "secret_key": bucket.secret,
        "addressing_style": "path" if bucket.path_style else "virtual",
        "location": alias,
    }
    return {"BACKEND": "console.storing.bucket.PrivateBucket", "OPTIONS": options}
