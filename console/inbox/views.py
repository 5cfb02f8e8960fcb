"""The door for the service's callbacks."""

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

from console.bell import ring
from console.iclass import NotSigned, verify
from console.inbox import spool, unspool
from console.inbox.events import BODY_CAP
from console.inbox.points import OWN_KEY, VERIFIED
from console.inbox.receive import AWAY, NoSuchSchool, NotKept, Sender, keep, sender_of
from console.inbox.refusals import count
from console.policy.described import extend_schema

log = logging.getLogger(__name__)
REFUSED_SIGN = 10217
UNREADABLE = 10005
NO_DATABASE = 10202


class RawParser(BaseParser):
    """The body as bytes, whatever its content type, and no more than the cap."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> bytes:
        body: bytes = stream.read(BODY_CAP + 1)
        if len(body) > BODY_CAP:
            raise ParseError("the body is larger than 1 MiB")
        return body


class OneForm(BaseContentNegotiation):
    """JSON, whatever is asked for."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class SignedByTheService(BasePermission):
    """The signature is the permission: the school's own key, in time, over this address."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        sender = sender_of(view.kwargs["path_token"])
        if sender is None:
            count(None, "unknown_address")
            return False
        view.sender = sender  # type: ignore[attr-defined]
        if not OWN_KEY.up:
            return True
        try:
            signed = verify(
                request.META.get("QUERY_STRING", "").encode("latin-1", "replace"),
                sender.keys,
                now=timezone.now().timestamp(),
                past=settings.CALLBACK_PAST_S,
                ahead=settings.CALLBACK_AHEAD_S,
            )
        except NotSigned as refusal:
            log.info("callback of school %s refused: %s", sender.sdkappid, refusal.reason)
            count(sender.enterprise_id, refusal.reason)
            return False
        if signed.sdkappid != sender.sdkappid:
            count(sender.enterprise_id, "other_school")
            return False
        return True


_number = {"required": True, "location": OpenApiParameter.QUERY}
_parameters = [
    OpenApiParameter("sdkappid", int, **_number),
    OpenApiParameter("random", str, **_number),
    OpenApiParameter("expire_time", int, **_number),
    OpenApiParameter("sign", str, **_number),
]
_answer = inline_serializer("CallbackAnswer", {"error_code": serializers.IntegerField()})


class CallbackView(APIView):
    """Receives 事件回调: answers `{"error_code": 0}` once the event is stored.

    Anything from the right sender is stored, even what nobody understands, for a repeat could not
    help. Any other answer than 0 makes the sender repeat, ten times, a minute apart.
    """

    sender: Sender
    authentication_classes: list[Any] = []
    permission_classes = [SignedByTheService]
    parser_classes = [RawParser]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = OneForm

    @extend_schema(
        operation_id="receive_callback",
        parameters=_parameters,
        request={"application/json": {"type": "object"}},
        responses=dict.fromkeys((200, 400, 403, 413, 503), _answer),
    )
    def post(self, request: Request, path_token: str) -> Response:
        # Without a body no parser runs.
        raw = request.data if isinstance(request.data, bytes) else b""
        VERIFIED.hit()
        if keep(self.sender, raw) and spool.pending:
            # A worker elsewhere does not see this machine's disk. One file, for the sender waits.
            unspool.drain(most_files=1)
        ring("console.inbox.tasks.process")
        return Response({"error_code": 0})

    def handle_exception(self, exc: Exception) -> Response:
        """Refusals in the service's own form. What was not kept is not acknowledged: it is sent again."""
        if isinstance(exc, ParseError):
            count(self.sender.enterprise_id, "too_large")
            return Response({"error_code": UNREADABLE}, status=413)
        if isinstance(exc, (NotKept, *AWAY)):
            return Response({"error_code": NO_DATABASE}, status=503)
        if isinstance(exc, NoSuchSchool):
            return Response({"error_code": REFUSED_SIGN}, status=403)
        if isinstance(exc, APIException):
            return Response({"error_code": REFUSED_SIGN}, status=exc.status_code)
        raise exc
