"""The endpoint that receives callbacks of the service."""

import logging
from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import APIException, ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from console.failpoints import point
from console.iclass import InvalidSignature, verify
from console.inbox import spool, spool_recovery
from console.inbox.events import MAX_BODY_BYTES
from console.inbox.ingestion import (
    DATABASE_UNAVAILABLE,
    CallbackSender,
    EventNotStored,
    UnknownSchool,
    find_sender,
    store_or_spool,
)
from console.inbox.refusals import count_refusal
from console.policy.lazy_schema import extend_schema
from console.wakeup import wake_worker

VERIFIED = point("inbox.verified", "the signature is good, nothing is stored")

log = logging.getLogger(__name__)
ERROR_SIGNATURE = 10217
ERROR_UNREADABLE = 10005
ERROR_DATABASE = 10202


class RawBodyParser(BaseParser):
    """Return the body as bytes for any content type. Raise ParseError if it exceeds MAX_BODY_BYTES."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        body: bytes = stream.read(MAX_BODY_BYTES + 1)
        if len(body) > MAX_BODY_BYTES:
            raise ParseError("the body is larger than 1 MiB")
        return body


class JSONOnlyNegotiation(BaseContentNegotiation):
    """Answer in JSON, regardless of the Accept header."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class HasServiceSignature(BasePermission):
    """Allow requests that are signed with a key of the school at this address, within the time window."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        sender = find_sender(view.kwargs["path_token"])
        if sender is None:
            count_refusal(None, "unknown_address")
            return False
        callback_view: Any = view
        callback_view.sender = sender
        try:
            signed = verify(
                request.META.get("QUERY_STRING", "").encode("latin-1", "replace"),
                sender.keys,
                now=timezone.now().timestamp(),
                past=settings.CALLBACK_MAX_AGE_S,
                ahead=settings.CALLBACK_MAX_AHEAD_S,
            )
        except InvalidSignature as refusal:
            log.info("callback of school %s refused: %s", sender.sdkappid, refusal.reason)
            count_refusal(sender.enterprise_id, refusal.reason)
            return False
        if signed.sdkappid != sender.sdkappid:
            count_refusal(sender.enterprise_id, "other_school")
            return False
        return True


_required_query: dict[str, Any] = {"required": True, "location": OpenApiParameter.QUERY}
_parameters = [
    OpenApiParameter("sdkappid", int, **_required_query),
    OpenApiParameter("random", str, **_required_query),
    OpenApiParameter("expire_time", int, **_required_query),
    OpenApiParameter("sign", str, **_required_query),
]
_response_schema = inline_serializer("CallbackAnswer", {"error_code": serializers.IntegerField()})


class CallbackView(APIView):
    """Receive callbacks (事件回调). The answer is `{"error_code": 0}` once the event is stored.

    Every body with a valid signature is stored, even if it cannot be read, because a repeat would not help.
    Any other answer makes the sender repeat the callback, ten times at intervals of a minute.
    """

    sender: CallbackSender
    authentication_classes: list[Any] = []
    permission_classes = [HasServiceSignature]
    parser_classes = [RawBodyParser]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = JSONOnlyNegotiation

    @extend_schema(
        operation_id="receive_callback",
        parameters=_parameters,
        request={"application/json": {"type": "object"}},
        responses=dict.fromkeys((200, 400, 403, 413, 503), _response_schema),
    )
    def post(self, request: Request, path_token: str) -> Response:
        # Without a body no parser runs.
        raw = request.data if isinstance(request.data, bytes) else b""
        VERIFIED.hit()
        if store_or_spool(self.sender, raw) and spool.pending:
            # Workers on other hosts cannot read this disk. Store one file only, because the sender waits.
            spool_recovery.store_spooled_events(max_files=1)
        wake_worker("console.inbox.tasks.process")
        return Response({"error_code": 0})

    def handle_exception(self, exc: Exception) -> Response:
        """Answer errors in the format of the service. An event that was not stored is not acknowledged."""
        if isinstance(exc, ParseError):
            count_refusal(self.sender.enterprise_id, "too_large")
            return Response({"error_code": ERROR_UNREADABLE}, status=413)
        if isinstance(exc, (EventNotStored, *DATABASE_UNAVAILABLE)):
            return Response({"error_code": ERROR_DATABASE}, status=503)
        if isinstance(exc, UnknownSchool):
            return Response({"error_code": ERROR_SIGNATURE}, status=403)
        if isinstance(exc, APIException):
            return Response({"error_code": ERROR_SIGNATURE}, status=exc.status_code)
        raise exc
