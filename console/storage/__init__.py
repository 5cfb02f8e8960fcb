"""The STORAGES setting: private folders under CONSOLE_DATA, or a bucket with the S3 API.

File names are generated. Files are served only by views, or by URLs signed for one file and a short time.
Both storage classes extend Django's storage API:

direct            whether browsers upload chunks to the storage directly
origin            scheme and host of signed URLs; empty for a folder
signed_url        a short-lived URL of a file; empty for a folder
stream            a file, to be read once in pieces
begin_upload, received_bytes, complete_upload, abort_upload
                  an upload in chunks (documents/resumable_uploads.py)
write_chunk       write a chunk (folders only)
chunk_url         a signed URL to which a browser sends a chunk (buckets only)
"""

from pathlib import Path
from typing import Any, NamedTuple, Protocol

STORAGE_ALIASES = ("courseware", "recordings", "leave", "exports")


class ReadableBody(Protocol):
    """What `write_chunk` reads from: a file or a request."""

    def read(self, size: int, /) -> bytes: ...


class BucketConfig(NamedTuple):
    """A bucket with the S3 API; an empty `name` means that there is none."""

    name: str
    endpoint: str
    region: str
    key: str
    secret: str
    path_style: bool

    def __repr__(self) -> str:
        return f"Bucket({self.name!r})"


def bucket_from_env(env: Any) -> BucketConfig:
    """Return the bucket configured by environment variables."""
    return BucketConfig(
        name=env.str("S3_BUCKET", default=""),
        endpoint=env.str("S3_ENDPOINT_URL", default="").rstrip("/"),
        region=env.str("S3_REGION", default=""),
        key=env.str("S3_ACCESS_KEY_ID", default=""),
        secret=env.str("S3_SECRET_ACCESS_KEY", default=""),
        path_style=env.bool("S3_PATH_STYLE", default=False),
    )


def storages_setting(data: Path, bucket: BucketConfig) -> dict[str, dict[str, Any]]:
    """Return the STORAGES setting: a place for each of STORAGE_ALIASES, and Django's own."""
    storages = {
        alias: _s3_backend(bucket, alias) if bucket.name else _filesystem_backend(data, alias)
        for alias in STORAGE_ALIASES
    }
    return {
        "default": _filesystem_backend(data, "files"),
        "staticfiles": {"BACKEND": "console.ui.static_storage.VersionedStaticFilesStorage"},
        **storages,
    }


def _filesystem_backend(data: Path, alias: str) -> dict[str, Any]:
    options = {"location": data / "media" / alias, "file_permissions_mode": 0o600}
    return {"BACKEND": "console.storage.filesystem.PrivateFileSystemStorage", "OPTIONS": options}


def _s3_backend(bucket: BucketConfig, alias: str) -> dict[str, Any]:
    """Return the bucket's backend by dotted path, so that boto3 is not imported where folders are used."""
    options = {
        "bucket_name": bucket.name,
        "endpoint_url": bucket.endpoint,
        "region_name": bucket.region or None,
        "access_key": bucket.key,
        "secret_key": bucket.secret,
        "addressing_style": "path" if bucket.path_style else "virtual",
        "location": alias,
    }
    return {"BACKEND": "console.storage.s3.PrivateS3Storage", "OPTIONS": options}
