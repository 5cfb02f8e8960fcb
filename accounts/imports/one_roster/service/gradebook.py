"""Grades out: records of the gradebook of a OneRoster service, written by PUT.

PUT names the record by its sourcedId, so that a request that is sent twice leaves one record (OneRoster 1.1
and 1.2, putLineItem and putResult). In 1.2 the gradebook is a service beside that of the roster.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from accounts.imports.one_roster.service.client import (
    MAX_TOKEN_BYTES,
    ServiceFailed,
    read_content,
    request_token,
    send_to_service,
)
from accounts.models import RosterConnection

V12 = RosterConnection.Version.V12
MAX_ANSWER_BYTES = MAX_TOKEN_BYTES
SCOPES = {
    version: f"https://purl.imsglobal.org/spec/or/{path}/scope/gradebook.createput"
    f" https://purl.imsglobal.org/spec/or/{path}/scope/roster.readonly"
    for version, path in (("1.1", "v1p1"), ("1.2", "v1p2"))
}
#: Collection in the address → property of the body.
KINDS = {"categories": "category", "lineItems": "lineItem", "results": "result"}
TOO_MANY, SERVER_ERROR = 429, 500


class RecordRefused(Exception):
    """The service refuses this record and would again; `status` is that of its answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def is_passing(failure: ServiceFailed) -> bool:
    """Return whether the same request may succeed later."""
    return failure.code == "silent" or failure.status == TOO_MANY or failure.status >= SERVER_ERROR


def gradebook_address(connection: RosterConnection) -> str:
    """Return the root of the gradebook. Raise ServiceFailed if it cannot be told from that of the roster."""
    address = connection.url.rstrip("/")
    if connection.version != V12:
        return address
    before, found, after = address.rpartition("/rostering/")
    if not found:
        raise ServiceFailed("root")
    return f"{before}/gradebook/{after}"


def request_gradebook_token(connection: RosterConnection) -> str:
    """Return a token that writes grades and reads classes."""
    try:
        return request_token(connection, SCOPES[connection.version])
    except ServiceFailed as failure:
        if failure.status == 400:  # invalid_scope (RFC 6749, 5.2); a wrong secret is 401
            raise ServiceFailed("gradebook", failure.status) from None
        raise


def read_class(connection: RosterConnection, token: str, sourced_id: str) -> dict[str, Any]:
    """Return a class as the service has it. Raise RecordRefused if there is none."""
    response = send_to_service(
        f"{connection.url.rstrip('/')}/classes/{quote(sourced_id, safe='')}",
        "GET",
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        max_bytes=MAX_ANSWER_BYTES,
    )
    if response.status == 404:
        raise RecordRefused(response.status)
    if response.status in (401, 403):
        raise ServiceFailed("forbidden", response.status)
    found = read_content(response).get("class")
    if not isinstance(found, dict):
        raise ServiceFailed("content")
    return found


def put_record(connection: RosterConnection, token: str, kind: str, record: Mapping[str, Any]) -> None:
    """Create or replace a record of KINDS by its sourcedId. Raise RecordRefused or ServiceFailed."""
    response = send_to_service(
        f"{gradebook_address(connection)}/{kind}/{quote(record['sourcedId'], safe='')}",
        "PUT",
        body=json.dumps({KINDS[kind]: record}).encode(),
        headers={
            "Authorization": f"Bearer {token}",
            "Accept": "application/json",
            "Content-Type": "application/json",
        },
        max_bytes=MAX_ANSWER_BYTES,
    )
    if response.status in (401, 403):
        raise ServiceFailed("gradebook", response.status)
    if response.status == TOO_MANY or response.status >= SERVER_ERROR:
        raise ServiceFailed("status", response.status)
    if response.status >= 400:
        raise RecordRefused(response.status)
    if not 200 <= response.status < 300:
        raise ServiceFailed("status", response.status)
