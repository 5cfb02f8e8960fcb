"""Requests to a OneRoster service: a token by client credentials, and pages of records.

Every request goes through the guarded client: public addresses, no redirects, limits of size and time.
"""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import RosterConnection
from console.guarded_client import AddressRefused, HostUnreachable, Response, fetch
from console.vault.keyring import VaultError

PAGE_LENGTH = 1_000
MAX_PAGE_BYTES, MAX_TOKEN_BYTES = 30_000_000, 100_000
#: Longest request, and longest step of a job: from STEP_S on it sends no further request.
MAX_SECONDS, STEP_S = 60, 30
#: Longest that a step may last in all: a token, and the request that it sends last.
STEP_LIMIT_S = MAX_SECONDS + STEP_S + MAX_SECONDS
SCOPES = {
    "1.1": "https://purl.imsglobal.org/spec/or/v1p1/scope/roster.readonly",
    "1.2": "https://purl.imsglobal.org/spec/or/v1p2/scope/roster.readonly",
}
DEMOGRAPHICS_SCOPES = {
    "1.1": "https://purl.imsglobal.org/spec/or/v1p1/scope/roster-demographics.readonly",
    "1.2": "https://purl.imsglobal.org/spec/or/v1p2/scope/roster-demographics.readonly",
}
#: Why a run ended, in words; also the msgids of jobs.
FAILURES: dict[str, str | Promise] = {
    "address": _("The address of the service leads to no public server. Correct it."),
    "silent": _("The service does not answer. It is tried again with the next run."),
    "credentials": _("The service refuses the client ID or secret. Enter them again."),
    "forbidden": _(
        "The service does not allow reading people and classes. Ask its administrator for access."
    ),
    "status": _("The service answers with an error. Ask its administrator."),
    "content": _("The answer of the service is not OneRoster. Check the address and the version."),
    "size": _("The service has more records than can be read."),
    "pages": _("The service sends its records in too many small pages. Ask its administrator."),
    "secret": _("The client secret can no longer be decrypted. Enter it again."),
    "gradebook": _("The service does not allow writing grades. Ask its administrator for access."),
    "root": _("The address of the service does not contain “/rostering/”, which leads to its gradebook."),
    "line_item": _("The service refuses the line item of this course. Ask its administrator."),
}


class ServiceFailed(Exception):
    """The service cannot be read; the first argument is a key of FAILURES."""

    def __init__(self, code: str, status: int = 0) -> None:
        super().__init__(code)
        self.code, self.status = code, status


class Page(NamedTuple):
    """Records of a page, and how many there are in all if the service says so."""

    records: list[dict[str, Any]]
    total: int | None


def request_token(connection: RosterConnection, scope: str = "") -> str:
    """Return an access token, by default one that reads people and classes."""
    try:
        secret = connection.client_secret.reveal() if connection.client_secret else ""
    except VaultError:
        raise ServiceFailed("secret") from None
    pair = base64.b64encode(f"{connection.client_id}:{secret}".encode()).decode()
    scope = scope or f"{SCOPES[connection.version]} {DEMOGRAPHICS_SCOPES[connection.version]}"
    response = send_to_service(
        connection.token_url,
        "POST",
        body=urlencode({"grant_type": "client_credentials", "scope": scope}).encode(),
        headers={"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"},
        max_bytes=MAX_TOKEN_BYTES,
    )
    if response.status in (400, 401, 403):
        raise ServiceFailed("credentials", response.status)
    token = read_content(response).get("access_token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise ServiceFailed("content")
    return token


def read_page(
    connection: RosterConnection, token: str, resource: str, offset: int, since: datetime | None
) -> Page:
    """Return the records of a resource, such as "users", from an offset; those changed since a time."""
    query = {"limit": str(PAGE_LENGTH), "offset": str(offset)}
    if since is not None:
        query["filter"] = f"dateLastModified>'{since:%Y-%m-%dT%H:%M:%S.000Z}'"
    response = send_to_service(
        f"{connection.url.rstrip('/')}/{resource}?{urlencode(query)}",
        "GET",
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        max_bytes=MAX_PAGE_BYTES,
    )
    if response.status in (401, 403):
        raise ServiceFailed("forbidden", response.status)
    records = read_content(response).get(resource)
    if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
        raise ServiceFailed("content")
    total = str(response.headers.get("X-Total-Count", ""))
    return Page(records, int(total) if total.isascii() and total.isdigit() and len(total) < 10 else None)


def send_to_service(
    url: str, method: str, *, headers: Mapping[str, str], max_bytes: int, body: bytes | None = None
) -> Response:
    """Send a request and return the answer, whatever its status. Raise ServiceFailed without one."""
    try:
        return fetch(url, method, body=body, headers=headers, max_bytes=max_bytes, max_duration_s=MAX_SECONDS)
    except AddressRefused:
        raise ServiceFailed("address") from None
    except HostUnreachable:
        raise ServiceFailed("silent") from None


def read_content(response: Response) -> dict[str, Any]:
    """Return the JSON object of an answer. Raise ServiceFailed if it has another status than 200."""
    if response.status != 200:
        raise ServiceFailed("status", response.status)
    try:
        content = json.loads(response.content)
    except (ValueError, RecursionError):
        raise ServiceFailed("content") from None
    if not isinstance(content, dict):
        raise ServiceFailed("content")
    return content
