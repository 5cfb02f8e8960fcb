"""Files in a bucket that speaks S3, as Tencent COS does: private objects, addresses signed for a short while.

It is named in STORAGES as text and imported by nobody, so that a console with folders never loads boto3.
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

#: For how many seconds a piece may be sent to its address.
PIECE_S = 900
#: What nobody's browser runs, whatever the sender called it.
KIND = "application/octet-stream"
GONE = ("NoSuchUpload", "NoSuchKey", "404")


def _manners(style: str) -> Config:
    """How we speak. Sums in a trailer, which boto3 sends unasked, are unknown to others who speak S3."""
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
    """One for all threads and both storages: each costs ten megabytes, and S3Storage makes one a thread."""
    session = boto3.session.Session(aws_access_key_id=key, aws_secret_access_key=secret)
    return session.client("s3", endpoint_url=endpoint, region_name=region, config=_manners(style))


@deconstructible(path="console.storing.bucket.PrivateBucket")
class PrivateBucket(S3Storage):
    """One folder of a bucket that nobody may read without a signature of ours."""

    direct = True

    def __init__(self, **options: Any) -> None:
        config = _manners(options["addressing_style"])
        fixed = {
            "file_overwrite": False,
            "default_acl": None,
            "querystring_auth": True,
            "custom_domain": None,
        }
        # A file that is read whole lies on the disk meanwhile, not in memory.
        super().__init__(client_config=config, max_memory_size=1 << 20, **fixed, **options)

    @property
    def client(self) -> Any:
        style = self.addressing_style
        return _client(self.endpoint_url, self.region_name, self.access_key, self.secret_key, style)

    @cached_property
    def origin(self) -> str:
        parts = urlsplit(self.address("x", shown="x", life=1))
        return f"{parts.scheme}://{parts.netloc}"

    def address(self, name: str, *, shown: str, life: int, kind: str = KIND, watch: bool = False) -> str:
        """Where the file is got for `life` seconds, under the name `shown`: to be kept, or to be watched."""
        told = content_disposition_header(not watch, shown)
        return self._signed(
            "get_object", name, life, ResponseContentDisposition=told, ResponseContentType=kind
        )

    def exists(self, name: str) -> bool:
        try:
            self._ask("head_object", name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        return int(self._ask("head_object", name)["ContentLength"])

    def delete(self, name: str) -> None:
        self._ask("delete_object", name)

    def stream(self, name: str) -> Any:
        """The object, read once and piece by piece, as a context manager."""
        return self._ask("get_object", name)["Body"]

    def begin(self, name: str) -> str:
        """Open an upload in pieces; the ticket belongs to every later word about it."""
        return str(self._ask("create_multipart_upload", name, ContentType=KIND)["UploadId"])

    def piece_address(self, name: str, ticket: str, number: int, length: int) -> str:
        """Where a browser sends one piece: its number, its length and the whole file's kind are signed."""
        what = {"UploadId": ticket, "PartNumber": number, "ContentLength": length}
        return self._signed("upload_part", name, PIECE_S, **what)

    def received(self, name: str, ticket: str) -> int:
        """How many bytes have come, up to the first piece that is missing. FileNotFoundError as in `join`."""
        total = 0
        for number, part in enumerate(self._parts(name, ticket), 1):
            if part["PartNumber"] != number:
                break
            total += part["Size"]
        return total

    def join(self, name: str, ticket: str) -> None:
        """Make one object of the pieces; from then on no address of a piece works any more.

        FileNotFoundError where the upload was abandoned, or joined before.
        """
        parts = [{key: part[key] for key in ("PartNumber", "ETag")} for part in self._parts(name, ticket)]
        self._ask("complete_multipart_upload", name, UploadId=ticket, MultipartUpload={"Parts": parts})

    def abandon(self, name: str, ticket: str) -> None:
        """Forget the pieces, or the object that was made of them."""
        try:
            self._ask("abort_multipart_upload", name, UploadId=ticket)
        except FileNotFoundError:
            self.delete(name)

    def _parts(self, name: str, ticket: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        marker, more = 0, True
        while more:
            page = self._ask("list_parts", name, UploadId=ticket, PartNumberMarker=marker)
            found += page.get("Parts", [])
            marker, more = page.get("NextPartNumberMarker", 0), page.get("IsTruncated", False)
        return found

    def _signed(self, what: str, name: str, life: int, **more: Any) -> str:
        told = {"Bucket": self.bucket_name, "Key": self._key(name), **more}
        return str(self.client.generate_presigned_url(what, Params=told, ExpiresIn=life))

    def _ask(self, what: str, name: str, **more: Any) -> Any:
        try:
            return getattr(self.client, what)(Bucket=self.bucket_name, Key=self._key(name), **more)
        except ClientError as error:
            if error.response["Error"]["Code"] in GONE:
                raise FileNotFoundError(name) from None
            raise

    def _key(self, name: str) -> str:
        return str(self._normalize_name(name))
