"""Base classes of REST resources: the policy table, the school scope, cursor pagination, error messages.

    class LessonViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
        resource = "lesson"; queryset = Lesson.objects.all(); serializer_class = LessonSerializer

An `@action` method is checked by the policy action of the same name; `policy_actions` maps those that differ.
Another school's row is 404, a refused row of the own school 403.
"""

from inspect import getmembers_static
from typing import Any, ClassVar

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as ModelError
from django.db import models
from django.db.models import Model, ProtectedError, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers, status, viewsets
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.fields import get_error_detail
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from console.concurrency import Conflict, DatabaseBusy, EditConflict, conflict_sqlstate, etag
from console.inputs.api import ApiDateField, ApiDateTimeField
from console.policy.masking import mask
from console.policy.models import ApiToken
from console.policy.rules import (
    current_school,
    field_visibility,
    in_school,
    may,
    refusal_message,
    role_of,
    scoped,
)
from console.policy.table import FieldVisibility
from console.policy.throttling import PersonRateThrottle
from console.policy.token_scopes import covers, required_scope

NON_FIELD: str = api_settings.NON_FIELD_ERRORS_KEY
POLICY_ACTIONS = {
    "list": "list",
    "retrieve": "view",
    "create": "add",
    "update": "change",
    "partial_update": "change",
    "destroy": "delete",
}


class PolicyPermission(BasePermission):
    """Checks the policy table; the response to a refusal names the roles that may."""

    message: str = ""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(role_of(request.user)) and self._judge(request, view, None)

    def has_object_permission(self, request: Request, view: Any, obj: Model) -> bool:
        return self._judge(request, view, obj)

    def _judge(self, request: Request, view: Any, obj: Model | None) -> bool:
        if view.action is None:  # an unsupported method: the view responds with 405
            return True
        if view.action == "metadata":  # OPTIONS: allowed with any of the rights at this address
            return any(
                may(request.user, view.policy_action_of(action), view.resource, obj)
                for action in view.action_map.values()
            )
        if self._exceeds_token(request, view):
            return False
        allowed = may(request.user, view.policy_action, view.resource, obj)
        if not allowed:
            self.message = refusal_message(request.user, view.policy_action, view.resource)
        return allowed

    def _exceeds_token(self, request: Request, view: Any) -> bool:
        """Return whether the request's token lacks the scope of this action."""
        token = request.auth
        if not isinstance(token, ApiToken) or covers(token.scopes, view.resource, view.policy_action):
            return False
        self.message = _("The token does not have the required scope %(scope)s.") % {
            "scope": required_scope(view.resource, view.policy_action)
        }
        return True


class PreconditionFailed(APIException):
    """`If-Match` names a state that is no longer current."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "changed_meanwhile"
    default_detail = gettext_lazy(
        "Someone changed this after you read it. Your change was not saved. Read it again, "
        "then send your change."
    )


class SchoolViewSet(viewsets.GenericViewSet[Any]):
    """A resource of the reader's school.

    Where a view set returns the digests of a row's edited values (`seen_of`), responses about one row carry
    an `ETag`, and a request that changes the row may name one in `If-Match`.
    """

    resource: ClassVar[str]
    policy_actions: ClassVar[dict[str, str]] = {}
    permission_classes = (PolicyPermission,)
    throttle_classes = (PersonRateThrottle,)
    #: Digits only: the value is passed to the database.
    lookup_value_regex = "[0-9]{1,18}"

    @classmethod
    def get_extra_actions(cls) -> list[Any]:
        """As in DRF, but without evaluating attributes: the `schema` attribute imports drf-spectacular."""
        return [getattr(cls, name) for name, found in getmembers_static(cls) if hasattr(found, "mapping")]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Activate the school's time zone; a token's user is known only after authentication."""
        super().initial(request, *args, **kwargs)
        school = current_school(request)
        if school is not None:
            timezone.activate(school.zone)  # SchoolTimeZoneMiddleware restores the previous zone

    def seen_of(self, row: Any) -> dict[str, str]:
        """Return digests of the values that a client edits (`value_digests`); none means no `ETag`."""
        return {}

    def get_object(self) -> Any:
        """Return the row. PreconditionFailed if `If-Match` names another state."""
        row = super().get_object()
        expected = self.request.headers.get("If-Match", "").strip()
        if expected and expected != "*" and self.request.method not in SAFE_METHODS:
            seen = self.seen_of(row)
            if seen and etag(seen) not in [tag.strip() for tag in expected.split(",")]:
                raise PreconditionFailed
        return row

    def with_etag(self, response: Response, row: Any) -> Response:
        """Set the `ETag` of the row's current state on the response."""
        if seen := self.seen_of(row):
            response["ETag"] = etag(seen)
        return response

    @property
    def by(self) -> Any:
        """The signed-in user; the permission admits no anonymous request."""
        return self.request.user

    @property
    def policy_action(self) -> str:
        return self.policy_action_of(self.action)

    def policy_action_of(self, action: str) -> str:
        return {**POLICY_ACTIONS, **self.policy_actions}.get(action, action)

    def get_queryset(self) -> QuerySet[Any]:
        """Limit lists to rows that the reader may see. A single row is found in the school, then checked."""
        rows = super().get_queryset()
        if self.detail:
            return in_school(rows, self.request.user, self.resource)
        return scoped(rows, self.request.user, self.resource, "list")


class ETagMixin:
    """Return one row, or the changed row, with its `ETag`. List this before the framework's mixins."""

    def retrieve(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        response: Response = self.with_etag(Response(self.get_serializer(row).data), row)
        return response

    def partial_update(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = self.get_serializer(self.get_object(), data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        self.perform_update(serializer)
        response: Response = self.with_etag(Response(serializer.data), serializer.instance)
        return response


class SchoolSerializer(serializers.ModelSerializer[Any]):
    """Fields of the policy table are masked, or null if the reader may not see them."""

    serializer_field_mapping: ClassVar = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: ApiDateTimeField,
        models.DateField: ApiDateField,
    }

    def to_representation(self, instance: Any) -> Any:
        data = super().to_representation(instance)
        for name, visibility in self._visibilities.items():
            if name in data and visibility != FieldVisibility.CLEAR:
                data[name] = mask(data[name]) if visibility == FieldVisibility.MASKED and data[name] else None
        return data

    @cached_property
    def _visibilities(self) -> dict[str, FieldVisibility]:
        """Computed once per serializer, not per row; `many=True` shares one child serializer."""
        view = self.context["view"]
        return field_visibility(self.context["request"].user, view.policy_action, view.resource)


def handle_exception(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Extend DRF's handler by the exceptions of services: an invalid value is 400, a row in use or changed
    concurrently 409."""
    if conflict_sqlstate(exc):
        exc = DatabaseBusy()
    if isinstance(exc, Conflict):
        return Response(_conflict_body(exc), status=status.HTTP_409_CONFLICT)
    if isinstance(exc, ModelError):
        exc = ValidationError(_errors_by_field(exc))
    if isinstance(exc, ProtectedError):
        detail = _("This is still in use and cannot be deleted. Delete the items that use it first.")
        return Response({"detail": detail}, status=status.HTTP_409_CONFLICT)
    return exception_handler(exc, context)


def _conflict_body(error: Conflict) -> dict[str, Any]:
    """Return the messages of a conflict, and the fields that somebody else changed."""
    body: dict[str, Any] = {"detail": " ".join(error.messages), "code": "conflict"}
    if isinstance(error, EditConflict):
        body |= {"code": "changed_meanwhile", "fields": _errors_by_field(error)}
    return body


def _errors_by_field(error: ModelError) -> dict[str, Any]:
    """Return messages by field; those of no field under DRF's key for such errors."""
    details = get_error_detail(error)
    by_field: dict[str, Any] = details if isinstance(details, dict) else {NON_FIELD_ERRORS: details}
    return {NON_FIELD if name == NON_FIELD_ERRORS else name: errors for name, errors in by_field.items()}
