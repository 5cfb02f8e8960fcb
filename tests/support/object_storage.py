"""A service that speaks S3, on loopback: moto in a process of its own, behind a gate as strict as a real one.

moto believes whoever asks. The gate reckons each signature itself, so that an address that was changed, is
over, or is used for another length is refused; and it hangs up within a piece where a test wants that.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
import requests
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from django.core.files.storage import storages

from classes.models import Recording
from console import storage as storing
from documents.models import Document
from tests.support.environment import data_folder
from tests.support.programs import find_port

NAME, KEY, SECRET, REGION = "school-1250000000", "AKIDTEST", "not-a-secret-of-anybody", "ap-guangzhou"
#: Headers that the hops between may add, so nobody signs them.
HOPS = {"connection", "accept-encoding", "user-agent", "expect", "origin", "referer"}


class ObjectStorage:
    """`url` is where the gate listens; `cut` hangs up so many times after a part of a piece was read."""

    def __init__(self, moto: int) -> None:
        self.moto, self.cut, self.asked = moto, 0, list[tuple[str, str]]()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def bucket(self) -> storing.BucketConfig:
        return storing.BucketConfig(NAME, self.url, REGION, KEY, SECRET, path_style=True)

    @property
    def variables(self) -> dict[str, str]:
        """The same in the environment of a program."""
        keys = {"S3_ACCESS_KEY_ID": KEY, "S3_SECRET_ACCESS_KEY": SECRET, "S3_REGION": REGION}
        return {"S3_BUCKET": NAME, "S3_ENDPOINT_URL": self.url, "S3_PATH_STYLE": "1", **keys}

    def names(self) -> list[str]:
        client = boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )
        return [one["Key"] for one in client.list_objects_v2(Bucket=NAME).get("Contents", [])]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def refusal_reason(method: str, path: str, headers: dict[str, str], now: datetime) -> str:
    """Why a request is turned away, as S3 would say; empty where its signature holds."""
    parts = urlsplit(path)
    asked = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    lower = {name.lower(): value for name, value in headers.items()}
    if "X-Amz-Signature" in asked:
        begun = datetime.strptime(asked["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if (now - begun).total_seconds() > int(asked["X-Amz-Expires"]):
            return "AccessDenied"
        named, told, stamp = asked["X-Amz-SignedHeaders"], asked.pop("X-Amz-Signature"), asked["X-Amz-Date"]
        auth: Any = S3SigV4QueryAuth(Credentials(KEY, SECRET), "s3", REGION)
        payload = "UNSIGNED-PAYLOAD"
    elif "Signature=" in lower.get("authorization", ""):
        words = dict(
            part.strip().split("=", 1) for part in lower["authorization"].split(" ", 1)[1].split(",")
        )
        named, told, stamp = words["SignedHeaders"], words["Signature"], lower["x-amz-date"]
        auth, payload = S3SigV4Auth(Credentials(KEY, SECRET), "s3", REGION), lower["x-amz-content-sha256"]
    else:
        return "AccessDenied"
    wanted = {name: lower.get(name, "") for name in named.split(";")}
    request = AWSRequest(method, f"http://{lower['host']}{parts.path}", wanted, params=asked)
    request.context["timestamp"] = stamp
    lines = [method, parts.path, auth.canonical_query_string(request)]
    lines += [*(f"{name}:{value.strip()}" for name, value in sorted(wanted.items())), "", named, payload]
    right = auth.signature(auth.string_to_sign(request, "\n".join(lines)), request)
    return "" if right == told else "SignatureDoesNotMatch"


def _handler(gate: ObjectStorage) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            if self.command == "PUT" and gate.cut and length > 1000:
                gate.cut -= 1
                self.rfile.read(length // 2)
                self.connection.close()
                self.close_connection = True
                return
            body = self.rfile.read(length)
            gate.asked.append((self.command, urlsplit(self.path).path))
            why = (
                ""
                if self.command == "OPTIONS"
                else refusal_reason(self.command, self.path, dict(self.headers), datetime.now(UTC))
            )
            if why:
                self._answer(403, [], f"<Error><Code>{why}</Code></Error>".encode())
                return
            line = HTTPConnection("127.0.0.1", gate.moto, timeout=20)
            line.request(self.command, self.path, body, dict(self.headers))
            got = line.getresponse()
            self._answer(got.status, got.getheaders(), got.read())
            line.close()

        def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response(status)
            length = str(len(body))
            for name, value in headers:
                if name.lower() == "content-length" and self.command == "HEAD":
                    length = value
                elif name.lower() not in (
                    "content-length",
                    "connection",
                    "transfer-encoding",
                    "date",
                    "server",
                ):
                    self.send_header(name, value)
            self.send_header("Content-Length", length)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_OPTIONS = _pass_on

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


@pytest.fixture(scope="session")
def moto_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a service that speaks S3, in a process of its own; of this worker, which starts it once."""
    port, log = find_port(), Path(tmp_path_factory.mktemp("moto")) / "log"
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with log.open("wb") as said:
        running = subprocess.Popen(command, stdout=said, stderr=said)
    try:
        until = time.monotonic() + 60
        while not _answers(port):
            assert running.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.05)
        yield port
    finally:
        running.kill()
        running.wait()


def _answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/moto-api/", timeout=5).ok
    except requests.RequestException:
        return False


@pytest.fixture(scope="module")
def moto(moto_process: int) -> int:
    """The port of a service that speaks S3, with one bucket, which is empty at the beginning of a module."""
    requests.post(f"http://127.0.0.1:{moto_process}/moto-api/reset", timeout=20).raise_for_status()
    place = f"<LocationConstraint>{REGION}</LocationConstraint>"
    place = f"<CreateBucketConfiguration>{place}</CreateBucketConfiguration>"
    address = f"http://127.0.0.1:{moto_process}/{NAME}"
    requests.put(address, place, timeout=20).raise_for_status()
    return moto_process


@pytest.fixture
def objects(moto: int, settings: Any) -> Iterator[ObjectStorage]:
    """Courseware and copies lie in the bucket while the test runs."""
    gate = ObjectStorage(moto)
    settings.STORAGES = storing.storages_setting(data_folder(), gate.bucket)
    with _storage_from_settings():
        yield gate
    gate.close()


@pytest.fixture
def own_folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """Courseware lies in this folder while the test runs; it is empty at the beginning, and nobody else's."""
    settings.STORAGES = storing.storages_setting(
        tmp_path, storing.BucketConfig("", "", "", "", "", path_style=False)
    )
    with _storage_from_settings():
        yield tmp_path / "media" / "courseware"


@contextmanager
def _storage_from_settings() -> Iterator[None]:
    """The fields keep their files where the settings say now."""
    fields = [
        (Document._meta.get_field("file"), "courseware"),
        (Recording._meta.get_field("copy"), "recordings"),
    ]
    before = [field.storage for field, _alias in fields]
    for field, alias in fields:
        field.storage = storages[alias]
    yield
    for (field, _alias), storage in zip(fields, before, strict=True):
        field.storage = storage
