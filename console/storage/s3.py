"""Private files in a bucket with the S3 API, such as Tencent COS, with short-lived signed URLs.

STORAGES refers to it by dotted path and no module imports it, so that boto3 is loaded only with a bucket.
"""

from functools import cache, cached_property
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from django.utils.deconstruct import deconstructible
from django.utils.http import content_disposition_header
from storages.backends.s3 import S3Storage

#: Seconds for which a chunk may be sent to its URL.
CHUNK_URL_LIFETIME_S = 900
#: A type that browsers do not execute, whatever type the sender declared.
CONTENT_TYPE = "application/octet-stream"
NOT_FOUND_CODES = ("NoSuchUpload", "NoSuchKey", "404")


def _client_config(style: str) -> Config:
    """Return the client's configuration. Other S3 implementations lack boto3's default trailing checksums."""
    return Config(
        signature_version="s3v4",
        s3={"addressing_style": style},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        connect_timeout=5,
        read_timeout=60,
    )


@cache
def _client(endpoint: str, region: str | None, key: str, secret: str, style: str) -> Any:
    """Return one client for all threads and storages: each takes 10 MB, and S3Storage has one per thread."""
    session = boto3.session.Session(aws_access_key_id=key, aws_secret_access_key=secret)
    return session.client("s3", endpoint_url=endpoint, region_name=region, config=_client_config(style))


@deconstructible(path="console.storage.s3.PrivateS3Storage")
class PrivateS3Storage(S3Storage):
    """One folder of a private bucket, readable only with URLs that the console signs."""

    direct = True

    def __init__(self, **options: Any) -> None:
        config = _client_config(options["addressing_style"])
        fixed = {
            "file_overwrite": False,
            "default_acl": None,
            "querystring_auth": True,
            "custom_domain": None,
        }
        # Files larger than this are buffered on disk, not in memory.
        super().__init__(client_config=config, max_memory_size=1 << 20, **fixed, **options)

    @property
    def client(self) -> Any:
        style = self.addressing_style
        return _client(self.endpoint_url, self.region_name, self.access_key, self.secret_key, style)

    @cached_property
    def origin(self) -> str:
        parts = urlsplit(self.signed_url("x", filename="x", lifetime_s=1))
        return f"{parts.scheme}://{parts.netloc}"

    def signed_url(
        self,
        name: str,
        *,
        filename: str,
        lifetime_s: int,
        content_type: str = CONTENT_TYPE,
        inline: bool = False,
    ) -> str:
        """Return a URL of the file that is valid for `lifetime_s` seconds, as an attachment or inline."""
        disposition = content_disposition_header(not inline, filename)
        return self._presigned_url(
            "get_object",
            name,
            lifetime_s,
            ResponseContentDisposition=disposition,
            ResponseContentType=content_type,
        )

    def exists(self, name: str) -> bool:
        try:
            self._call("head_object", name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        return int(self._call("head_object", name)["ContentLength"])

    def delete(self, name: str) -> None:
        self._call("delete_object", name)

    def stream(self, name: str) -> Any:
        """Return the object as a context manager, to be read once in pieces."""
        return self._call("get_object", name)["Body"]

    def begin_upload(self, name: str) -> str:
        """Start a multipart upload; return its ID, which later calls need as `ticket`."""
        return str(self._call("create_multipart_upload", name, ContentType=CONTENT_TYPE)["UploadId"])

    def chunk_url(self, name: str, ticket: str, number: int, length: int) -> str:
        """Return the URL to which a browser sends one chunk, signed with its number and length."""
        parameters = {"UploadId": ticket, "PartNumber": number, "ContentLength": length}
        return self._presigned_url("upload_part", name, CHUNK_URL_LIFETIME_S, **parameters)

    def received_bytes(self, name: str, ticket: str) -> int:
        """Return the number of bytes received before the first missing chunk.

        Raise FileNotFoundError if the upload was aborted or completed.
        """
        total = 0
        for number, part in enumerate(self._parts(name, ticket), 1):
            if part["PartNumber"] != number:
                break
            total += part["Size"]
        return total

    def complete_upload(self, name: str, ticket: str) -> None:
        """Combine the chunks into one object; URLs of chunks are invalid after that.

        Raise FileNotFoundError if the upload was aborted or completed.
        """
        parts = [{key: part[key] for key in ("PartNumber", "ETag")} for part in self._parts(name, ticket)]
        self._call("complete_multipart_upload", name, UploadId=ticket, MultipartUpload={"Parts": parts})

    def abort_upload(self, name: str, ticket: str) -> None:
        """Delete the chunks, or the object if the upload was completed."""
        try:
            self._call("abort_multipart_upload", name, UploadId=ticket)
        except FileNotFoundError:
            self.delete(name)

    def _parts(self, name: str, ticket: str) -> list[dict[str, Any]]:
        parts: list[dict[str, Any]] = []
        marker, has_more = 0, True
        while has_more:
            page = self._call("list_parts", name, UploadId=ticket, PartNumberMarker=marker)
            parts += page.get("Parts", [])
            marker, has_more = page.get("NextPartNumberMarker", 0), page.get("IsTruncated", False)
        return parts

    def _presigned_url(self, method: str, name: str, lifetime_s: int, **parameters: Any) -> str:
        parameters = {"Bucket": self.bucket_name, "Key": self._key(name), **parameters}
        return str(self.client.generate_presigned_url(method, Params=parameters, ExpiresIn=lifetime_s))

    def _call(self, method: str, name: str, **parameters: Any) -> Any:
        try:
            return getattr(self.client, method)(Bucket=self.bucket_name, Key=self._key(name), **parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] in NOT_FOUND_CODES:
                raise FileNotFoundError(name) from None
            raise

    def _key(self, name: str) -> str:
        return str(self._normalize_name(name))
