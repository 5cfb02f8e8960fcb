"""`Idempotency-Key`: a POST that is repeated with the same key takes effect once.

The record of a key is written in the transaction of the effect, so that both are there or neither. It holds
digests, the status and the IDs of the rows of the answer, never the answer; a repetition shows these rows as
they are now. Who sends a key again while the first request runs waits for it, for WAIT_S at most.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import OperationalError, connection, transaction
from django.db.models import Model
from django.http import QueryDict
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from console.concurrency import run_with_retry
from console.policy.models import IdempotentRequest
from console.policy.rules import scoped

HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotency-Replayed"
MAX_KEY_LENGTH = 255
#: How long a key is remembered.
KEPT = timedelta(hours=24)
#: Seconds that a repetition waits for the first request with its key.
WAIT_S = 5
#: Records deleted per statement.
BATCH = 5000
TRUE_TEXTS = ("1", "true", "yes")
Outcome = IdempotentRequest.Outcome
Act = Callable[[], Response]
INSERT = (
    "INSERT INTO policy_idempotentrequest"
    " (enterprise_id, user_id, key_digest, request_digest, outcome, object_ids, created_at)"
    " VALUES (%s, %s, %s, %s, '', '[]', %s) ON CONFLICT (user_id, key_digest) DO NOTHING"
)


class KeyReused(APIException):
    """The key belongs to a request with another address or body."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "key_reused"
    default_detail = gettext_lazy(
        "This Idempotency-Key belongs to another request. Nothing was changed. "
        "Use a new key for each request."
    )


class KeyInUse(APIException):
    """The first request with the key has not ended, or nobody knows how it ended."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "key_in_use"
    default_detail = gettext_lazy(
        "A request with this Idempotency-Key has not been answered yet. Send it again in a few seconds."
    )


class AlreadyDone(APIException):
    """The request took effect, and its answer cannot be given again."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "already_done"
    default_detail = gettext_lazy(
        "This request was carried out already and is not repeated. Its answer is not kept, or what it was "
        "about is gone."
    )


def run_once(view: Any, handler: Callable[..., Response], request: Request, **kwargs: Any) -> Response:
    """Return the answer of `handler`, or that of the first request with the same key.

    A refused request leaves no record, so that its key may be sent again. KeyReused, KeyInUse, AlreadyDone.
    """
    act = partial(handler, request, **kwargs)
    key = _key_digest(request)
    if _is_dry_run(request):
        return act()
    digest = _request_digest(request)
    if view.action in view.sends_at_once:
        return _send_once(view, key, digest, act)
    attempt = partial(_act_in_transaction, view, key, digest, act)
    if request._request.FILES:  # read to their end by an attempt
        with transaction.atomic():
            return attempt()
    return run_with_retry(attempt)


def delete_expired_requests() -> int:
    """Delete the records whose time is over, of all schools, and return their number."""
    expired = IdempotentRequest.objects.filter(created_at__lt=timezone.now() - KEPT).order_by("pk")
    total = 0
    while batch := list(expired.values_list("pk", flat=True)[:BATCH]):
        total += IdempotentRequest.objects.filter(pk__in=batch).delete()[0]
    return total


def _act_in_transaction(view: Any, key: str, digest: str, act: Act) -> Response:
    if not _claim(view.by, key, digest):
        return _replay(view, key, digest)
    response = act()
    if response.status_code >= 400:
        transaction.set_rollback(True)
    else:
        _keep_outcome(view, key, response)
    return response


def _send_once(view: Any, key: str, digest: str, act: Act) -> Response:
    """As above for an action that sends a message or stores a file, which no transaction may wait for."""
    with transaction.atomic():
        if not _claim(view.by, key, digest):
            return _replay(view, key, digest)
    try:
        response = act()
    except Exception:
        IdempotentRequest.objects.filter(user=view.by, key_digest=key).delete()  # it was refused
        raise
    _keep_outcome(view, key, response)
    return response


def _claim(user: Any, key: str, digest: str) -> bool:
    """Insert the record of a key and return whether it is new. KeyInUse if the first request takes long."""
    now = timezone.now()
    records = IdempotentRequest.objects.filter(user=user, key_digest=key)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{WAIT_S}s"])
            records.filter(created_at__lt=now - KEPT).delete()
            cursor.execute(INSERT, [user.enterprise_id, user.pk, key, digest, now])
            is_new: bool = cursor.rowcount == 1
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != "55P03":  # lock not available
            raise
        raise KeyInUse from None
    return is_new


def _keep_outcome(view: Any, key: str, response: Response) -> None:
    outcome, ids = _outcome_of(view, response)
    IdempotentRequest.objects.filter(user=view.by, key_digest=key).update(
        status=response.status_code, outcome=outcome, object_ids=ids
    )


def _outcome_of(view: Any, response: Response) -> tuple[str, list[Any]]:
    """Return what the answer is about, and the IDs of its rows."""
    if response.data is None:
        return Outcome.EMPTY, []
    answered = getattr(response.data, "serializer", None)
    is_list = isinstance(answered, serializers.ListSerializer)
    one: Any = answered.child if isinstance(answered, serializers.ListSerializer) else answered
    rows: Any = [] if answered is None else answered.instance if is_list else [answered.instance]
    if type(one) is not view.replay_serializer_class() or not all(isinstance(row, Model) for row in rows):
        return Outcome.OTHER, []
    return (Outcome.LIST if is_list else Outcome.OBJECT), [row.pk for row in rows]


def _replay(view: Any, key: str, digest: str) -> Response:
    """Return the answer of the request that had this key, with its rows as they are now."""
    record = IdempotentRequest.objects.filter(user=view.by, key_digest=key).first()
    if record is None or (record.status is None and record.request_digest == digest):
        raise KeyInUse
    if record.request_digest != digest:
        raise KeyReused
    headers = {REPLAYED_HEADER: "true"}
    if record.outcome == Outcome.EMPTY:
        return Response(status=record.status, headers=headers)
    rows = _rows_again(view, record.object_ids) if record.outcome != Outcome.OTHER else None
    if rows is None:
        raise AlreadyDone
    is_list = record.outcome == Outcome.LIST
    serializer = view.replay_serializer_class()(
        rows if is_list else rows[0], many=is_list, context=view.get_serializer_context()
    )
    response = Response(serializer.data, status=record.status, headers=headers)
    has_etag = not is_list and isinstance(rows[0], view.queryset.model)
    return view.with_etag(response, rows[0]) if has_etag else response


def _rows_again(view: Any, ids: list[Any]) -> list[Any] | None:
    """Return the rows of an answer in its order; None unless the reader may still see all of them."""
    model = getattr(getattr(view.replay_serializer_class(), "Meta", None), "model", view.queryset.model)
    if model is view.queryset.model:
        rows = scoped(view.get_queryset(), view.by, view.resource, view.policy_action_of("retrieve"))
    else:
        rows = model._base_manager.all()
    found = {row.pk: row for row in rows.filter(pk__in=ids)}
    if not found.keys() >= set(ids):
        return None
    ordered = [found[pk] for pk in ids]
    view.prepare_rows(ordered)
    return ordered


def _key_digest(request: Request) -> str:
    """Return the digest of the key. ValidationError if it is empty, too long or not of visible ASCII."""
    key = request.headers[HEADER].strip()
    if not 0 < len(key) <= MAX_KEY_LENGTH or not all("!" <= letter <= "~" for letter in key):
        message = _("Send 1 to %(count)d letters, digits or signs, without spaces, such as a UUID.")
        raise ValidationError({HEADER: [message % {"count": MAX_KEY_LENGTH}]})
    return hashlib.sha256(key.encode()).hexdigest()


def _request_digest(request: Request) -> str:
    """Return a keyed digest of address and body: a body may contain a password."""
    data: Any = request.data
    body = dict(data.lists()) if isinstance(data, QueryDict) else data
    files = {name: [_file_digest(one) for one in found] for name, found in request._request.FILES.lists()}
    plain = json.dumps(
        [request.get_full_path(), {**body, **files} if files else body],
        cls=DjangoJSONEncoder,
        sort_keys=True,
        default=str,
    )
    return salted_hmac("console.policy.idempotency", plain, algorithm="sha256").hexdigest()


def _file_digest(file: Any) -> str:
    chunks: Iterable[bytes] = file.chunks()
    digest = hashlib.sha256(file.name.encode())
    for chunk in chunks:
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _is_dry_run(request: Request) -> bool:
    """Return whether the request changes nothing, so that its key means nothing."""
    body: Any = request.data if isinstance(request.data, dict) else {}
    told = request.query_params.get("dry_run", body.get("dry_run", ""))
    return str(told).lower() in TRUE_TEXTS
