"""`If-Match`: a change is refused if its row is no longer what the sender read, with what changed."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy
from rest_framework import status
from rest_framework.exceptions import APIException, ErrorDetail
from rest_framework.request import Request

from console.concurrency import changed_names, etag


class PreconditionFailed(APIException):
    """`If-Match` names a state that is no longer current. `changed` has the current values of the fields."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "changed_meanwhile"
    default_detail = gettext_lazy(
        "Someone changed this after you read it. Your change was not saved. Read it again, "
        "then send your change."
    )

    def __init__(self, changed: Mapping[str, Any]) -> None:
        super().__init__()
        message = ErrorDetail(str(self.default_detail), self.default_code)
        self.detail: Any = {"detail": message, "changed": dict(changed)}


def require_match(
    request: Request, seen: Mapping[str, str], values_of: Callable[[list[str]], Mapping[str, Any]]
) -> None:
    """Raise PreconditionFailed if the header names another state than `seen`, the digests of the row.

    Which fields changed since is known of one tag, as the row was answered with.
    """
    expected = request.headers.get("If-Match", "").strip()
    tags = [tag.strip() for tag in expected.split(",")]
    if not expected or expected == "*" or etag(seen) in tags:
        return
    names = changed_names(tags[0], seen)
    raise PreconditionFailed(values_of(names) if names else {})
