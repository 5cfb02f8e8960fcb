"""What every REST resource stands on: the policy table, the school scope, cursor pages, errors in sentences.

    class LessonViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
        resource = "lesson"; queryset = Lesson.objects.all(); serializer_class = LessonSerializer

An `@action` method is judged by the policy action of its own name; `policy_actions` says otherwise where the
two differ. Another school's row is 404, a refused one of the own school 403.
"""

from inspect import getmembers_static
from typing import Any, ClassVar

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as ModelError
from django.db.models import Model, ProtectedError, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from rest_framework import serializers, status, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.fields import get_error_detail
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from console.policy.masking import mask
from console.policy.models import ApiToken
from console.policy.pace import Pace
from console.policy.rules import current_school, fields, in_school, may, refusal, role_of, scoped
from console.policy.table import Sight
from console.policy.tokenscopes import reaches, scope_for

NON_FIELD: str = api_settings.NON_FIELD_ERRORS_KEY
VERBS = {
    "list": "list",
    "retrieve": "view",
    "create": "add",
    "update": "change",
    "partial_update": "change",
    "destroy": "delete",
}


class PolicyPermission(BasePermission):
    """Reads the policy table; the answer to a refusal names the roles that may."""

    message: str = ""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(role_of(request.user)) and self._judge(request, view, None)

    def has_object_permission(self, request: Request, view: Any, obj: Model) -> bool:
        return self._judge(request, view, obj)

    def _judge(self, request: Request, view: Any, obj: Model | None) -> bool:
        if view.action is None:  # a method that this address does not know: let it answer 405
            return True
        if view.action == "metadata":  # OPTIONS: for whoever may do something at this address
            return any(
                may(request.user, view.policy_action_of(one), view.resource, obj)
                for one in view.action_map.values()
            )
        if self._beyond_token(request, view):
            return False
        allowed = may(request.user, view.policy_action, view.resource, obj)
        if not allowed:
            self.message = refusal(view.policy_action, view.resource)
        return allowed

    def _beyond_token(self, request: Request, view: Any) -> bool:
        """Whether this came by a token that was made for less than this."""
        token = request.auth
        if not isinstance(token, ApiToken) or reaches(token.scopes, view.resource, view.policy_action):
            return False
        self.message = _("This token was made for less. It would need the scope %(scope)s.") % {
            "scope": scope_for(view.resource, view.policy_action)
        }
        return True


class SchoolViewSet(viewsets.GenericViewSet[Any]):
    """A resource of the reader's school."""

    resource: ClassVar[str]
    policy_actions: ClassVar[dict[str, str]] = {}
    permission_classes = (PolicyPermission,)
    throttle_classes = (Pace,)

    @classmethod
    def get_extra_actions(cls) -> list[Any]:
        """As the framework finds them, without asking attributes for values: that of `schema` loads a lot."""
        return [getattr(cls, name) for name, found in getmembers_static(cls) if hasattr(found, "mapping")]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Times are told in the zone of the school; who came by a token is only known here."""
        super().initial(request, *args, **kwargs)
        school = current_school(request)
        if school is not None:
            timezone.activate(school.zone)  # until the end of the middleware that set it before

    @property
    def by(self) -> Any:
        """Who asks: a person, for the permission lets no stranger come this far."""
        return self.request.user

    @property
    def policy_action(self) -> str:
        return self.policy_action_of(self.action)

    def policy_action_of(self, action: str) -> str:
        return {**VERBS, **self.policy_actions}.get(action, action)

    def get_queryset(self) -> QuerySet[Any]:
        """A list shows what its reader may see; one row is looked for in the whole school and then judged."""
        rows = super().get_queryset()
        if self.detail:
            return in_school(rows, self.request.user, self.resource)
        return scoped(rows, self.request.user, self.resource, "list")


class SchoolSerializer(serializers.ModelSerializer[Any]):
    """Fields that the policy table knows are masked, or null where the reader may not see them."""

    def to_representation(self, instance: Any) -> Any:
        data = super().to_representation(instance)
        for name, sight in self._sights.items():
            if name in data and sight != Sight.CLEAR:
                data[name] = mask(data[name]) if sight == Sight.MASKED and data[name] else None
        return data

    @cached_property
    def _sights(self) -> dict[str, Sight]:
        """Asked once a serializer, not once a row; `many=True` uses one for all rows."""
        view = self.context["view"]
        return fields(self.context["request"].user, view.policy_action, view.resource)


def explain(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's handler, which also knows what services raise: a wrong value is 400, a row still in use 409."""
    if isinstance(exc, ModelError):
        exc = ValidationError(_at_fields(exc))
    if isinstance(exc, ProtectedError):
        detail = _("Other things still refer to this, so it cannot be deleted. Delete those first.")
        return Response({"detail": detail}, status=status.HTTP_409_CONFLICT)
    return exception_handler(exc, context)


def _at_fields(error: ModelError) -> dict[str, Any]:
    """Sentences by field; what is about none of them stands where DRF puts such."""
    told = get_error_detail(error)
    by_field: dict[str, Any] = told if isinstance(told, dict) else {NON_FIELD_ERRORS: told}
    return {NON_FIELD if name == NON_FIELD_ERRORS else name: said for name, said in by_field.items()}
