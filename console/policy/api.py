"""Base classes of REST resources: the policy table, the school scope, cursor pagination, error messages.

    class LessonViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
        resource = "lesson"; queryset = Lesson.objects.all(); serializer_class = LessonSerializer

An `@action` method is checked by the policy action of the same name; `policy_actions` maps those that differ.
Another school's row is 404, a refused row of the own school 403.
"""

from collections.abc import MutableMapping, Sequence
from functools import partial
from inspect import getmembers_static
from typing import Any, ClassVar

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as ModelError
from django.db import models
from django.db.models import Model, ProtectedError, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.fields import get_error_detail
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from console.concurrency import Conflict, DatabaseBusy, EditConflict, conflict_sqlstate, etag
from console.inputs.api import ApiDateField, ApiDateTimeField
from console.policy import idempotency, row_changes
from console.policy.change_table import UPDATED_SINCE
from console.policy.field_choice import chosen_fields, only_fields
from console.policy.field_table import FieldVisibility
from console.policy.masking import mask
from console.policy.preconditions import require_match
from console.policy.problems import CONTENT_TYPE as PROBLEM_TYPE
from console.policy.problems import problem_body, request_id_of
from console.policy.rules import (
    current_school,
    field_action,
    field_visibility,
    in_school,
    may,
    refusal_message,
    role_of,
    scoped,
)
from console.policy.throttling import PersonRateThrottle
from console.policy.tokens import scope_refusal

NON_FIELD: str = api_settings.NON_FIELD_ERRORS_KEY
POLICY_ACTIONS = {
    "list": "list",
    "retrieve": "view",
    "create": "add",
    "update": "change",
    "partial_update": "change",
    "destroy": "delete",
    "bulk_create": "add",
    "bulk_update": "change",
}


class PolicyPermission(BasePermission):
    """Checks the policy table; the response to a refusal says whose right it is."""

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
        if refusal := scope_refusal(request, view.resource, view.policy_action):
            self.message = refusal
            return False
        allowed = may(request.user, view.policy_action, view.resource, obj)
        if not allowed:
            self.message = refusal_message(request.user, view.policy_action, view.resource, obj)
        return allowed


class SchoolViewSet(viewsets.GenericViewSet[Any]):
    """A resource of the reader's school.

    Where a view set returns the digests of a row's edited values (`seen_of`), responses about one row carry
    an `ETag`, and a request that changes the row may name one in `If-Match`.
    """

    resource: ClassVar[str]
    policy_actions: ClassVar[dict[str, str]] = {}
    #: Serializers of the answers of actions, where they are not that of the view; a repeated POST needs them.
    action_serializers: ClassVar[dict[str, type[serializers.BaseSerializer[Any]]]] = {}
    #: Actions that send messages or store files, so that no transaction of an `Idempotency-Key` may be open.
    sends_at_once: ClassVar[frozenset[str]] = frozenset()
    #: Actions that answer a repetition as the first time without an `Idempotency-Key`.
    harmless_repeats: ClassVar[frozenset[str]] = frozenset()
    #: Names of `seen_of` that are neither those of fields in REST nor of their sources.
    seen_names: ClassVar[dict[str, str]] = {}
    throttles: Sequence[Any] = ()
    position: row_changes.Position | None = None
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
        if UPDATED_SINCE in request.query_params and not self.lists_changes:
            message = _("This address does not list changes. Leave this parameter out.")
            raise ValidationError({UPDATED_SINCE: [message]})
        if request.method == "POST" and idempotency.HEADER in request.headers:
            view: Any = self
            if self.action and self.action not in self.harmless_repeats:
                view.post = partial(idempotency.run_once, self, view.post)

    def get_throttles(self) -> list[Any]:
        """Keep the throttles: `finalize_response` returns what they have counted."""
        self.throttles = super().get_throttles()
        return self.throttles

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep the fields that the reader wants, make errors problem details, and add headers."""
        if isinstance(response, Response) and response.status_code == 200:
            response = self._with_chosen_fields(request, response)
        if isinstance(response, Response) and response.status_code >= 400:
            response.data = problem_body(
                response.status_code, response.data, request_id_of(request), non_field=NON_FIELD
            )
            response.content_type = PROBLEM_TYPE
        response = super().finalize_response(request, response, *args, **kwargs)
        for throttle in self.throttles:
            for name, value in throttle.headers().items():
                response[name] = value
        if self.position is not None and response.status_code == 200:
            response[row_changes.HEADER] = str(self.position)
        return response

    def _with_chosen_fields(self, request: Request, response: Response) -> Response:
        try:
            names = chosen_fields(request)
            response.data = only_fields(response.data, names) if names else response.data
        except ValidationError as error:
            return self.handle_exception(error)
        return response

    @property
    def lists_changes(self) -> bool:
        """Return whether this is a list that `updated_since` can limit."""
        view: Any = self
        return self.action == "list" and bool(self.paginator) and row_changes.is_known(view.queryset.model)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Limit a list to what changed `updated_since`; its first page returns where the next one starts."""
        text = self.request.query_params.get(UPDATED_SINCE)
        if text is not None and self.lists_changes:
            now = row_changes.current_position()  # before the rows are read
            if "cursor" not in self.request.query_params:
                self.position = now
            queryset = row_changes.changed_since(queryset, text, self.by.enterprise_id, now)
        return super().filter_queryset(queryset)

    def replay_serializer_class(self) -> Any:
        """Return the serializer of the answer of this action."""
        return self.action_serializers.get(self.action) or self.get_serializer_class()

    def prepare_rows(self, rows: Sequence[Any]) -> None:
        """Read what the serializer needs besides the rows; for view sets that have such."""

    def seen_of(self, row: Any) -> dict[str, str]:
        """Return digests of the values that a client edits (`value_digests`); none means no `ETag`."""
        return {}

    def get_object(self) -> Any:
        """Return the row. PreconditionFailed if `If-Match` names another state."""
        row = super().get_object()
        self.require_match(row)
        return row

    def require_match(self, row: Any) -> None:
        """Raise PreconditionFailed if the request changes the row and `If-Match` names another state."""
        if self.request.method not in SAFE_METHODS and (seen := self.seen_of(row)):
            require_match(self.request, seen, lambda names: self.values_of(row, names))

    def serializer_of(self, row: Any) -> serializers.BaseSerializer[Any]:
        """Return the serializer of an answer about one row."""
        return self.get_serializer(row)

    def values_of(self, row: Any, names: Sequence[str]) -> dict[str, Any]:
        """Return fields of `seen_of` as the reader sees them in REST; None where they are not shown."""
        serializer: Any = self.serializer_of(row)
        shown = {field.source: name for name, field in serializer.fields.items()} | self.seen_names
        return {shown.get(name, name): serializer.data.get(shown.get(name, name)) for name in names}

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


class EditableViewSet(
    ETagMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    SchoolViewSet,
):
    """Base of resources whose rows are listed, added, changed and deleted. PUT is not offered."""

    http_method_names = ("get", "post", "patch", "delete", "head", "options")


class SchoolSerializer(serializers.ModelSerializer[Any]):
    """Fields of the policy table are masked, or null if the reader may not see them."""

    serializer_field_mapping: ClassVar = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: ApiDateTimeField,
        models.DateField: ApiDateField,
    }

    def include_extra_kwargs(
        self, kwargs: MutableMapping[str, Any], extra_kwargs: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Keep what REST framework drops of a read-only choice: its answers may be empty, as described."""
        may_be_blank = "choices" in kwargs and kwargs.get("allow_blank", False)
        included: MutableMapping[str, Any] = super().include_extra_kwargs(kwargs, extra_kwargs)
        if may_be_blank:
            included["allow_blank"] = True
        return included

    def to_representation(self, instance: Any) -> Any:
        data = super().to_representation(instance)
        for name, visibility in self._visibilities_of(instance).items():
            if name in data and visibility != FieldVisibility.CLEAR:
                data[name] = mask(data[name]) if visibility == FieldVisibility.MASKED and data[name] else None
        return data

    def _visibilities_of(self, instance: Any) -> dict[str, FieldVisibility]:
        view, user = self.context["view"], self.context["request"].user
        if not self._visibilities or view.policy_action != "view":
            return self._visibilities
        return field_visibility(user, field_action(user, "view", view.resource, instance), view.resource)

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
