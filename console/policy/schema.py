"""The OpenAPI description: its generator, the token scope that an operation requires, and error responses."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import append_meta, build_choice_field
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from console.policy import field_choice, idempotency, row_changes
from console.policy.api import SchoolSerializer, SchoolViewSet
from console.policy.bulk_writes import BULK_METHODS
from console.policy.change_table import UPDATED_SINCE
from console.policy.field_table import FIELDS
from console.policy.lazy_schema import apply_pending_schemas
from console.policy.problems import CONTENT_TYPE
from console.policy.token_scopes import FAMILY_LABELS, required_scope

SCHEME = (
    "`Token`, a space, and a token: of the page *REST tokens* or of `manage.py apitoken LOGIN`. Each token "
    "has scopes, `FAMILY:read` or `FAMILY:write`, where `write` reads too, and does what both they and the "
    f"role of its person allow. Families: {', '.join(f'`{family}`' for family in FAMILY_LABELS)}. "
    "The scope that an address requires is given as `x-token-scope`; without it the answer is 403."
)

CLOCK_TIME = "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
BODY_METHODS = ("POST", "PUT", "PATCH")
WRITE_METHODS = ("POST", "PUT", "PATCH", "DELETE")
IF_MATCH = (
    "The `ETag` of the state that this change starts from, as returned when the row is read. If somebody "
    "changed the row since, nothing is saved and the answer is 412."
)
KEY = OpenApiParameter(
    idempotency.HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description=(
        "1 to 255 visible ASCII characters, such as a UUID. A repetition with the same key and body within "
        "24 hours changes nothing and gets the same answer, with `Idempotency-Replayed: true`; with another "
        "body it is 422. A refused request does not use up its key. 409 with the code `already_done`: it was "
        "carried out, but its answer is not kept; with `key_in_use`: the first request is not answered yet."
    ),
)
FIELD_CHOICE = OpenApiParameter(
    field_choice.PARAMETER,
    OpenApiTypes.STR,
    description="Names of the fields to return, with commas between them; without it, all.",
)
SINCE = OpenApiParameter(
    UPDATED_SINCE,
    OpenApiTypes.STR,
    description=(
        f"The `{row_changes.HEADER}` of an earlier answer: only what changed since, also what another "
        "transaction committed late. Empty: everything, and the header. Rows are ordered by ID. 410 after 30 "
        "days, or if the console moved to another database: read everything again. A row that is deleted or "
        "that the reader may no longer see is not reported."
    ),
)
UNTIL = OpenApiParameter(
    row_changes.HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description=f"On the first page of an answer with `{UPDATED_SINCE}`: its value for the next time.",
    response=[200],
)


class ConsoleSchemaGenerator(SchemaGenerator):
    """drf-spectacular's generator, with the annotations of our views applied first."""

    def get_schema(self, *args: Any, **kwargs: Any) -> Any:
        self._initialise_endpoints()  # imports the views, which register their annotations
        apply_pending_schemas()
        return super().get_schema(*args, **kwargs)


class ProblemSerializer(serializers.Serializer[Any]):
    """Problem details (RFC 9457): what happened and what to do next, in the reader's language.

    `code`, and `type` with it, name the kind of error. `errors` has the messages by field, which are also
    members of their own, except for fields called as a member of RFC 9457. `request_id` finds the log lines.
    """

    type = serializers.CharField(read_only=True)
    title = serializers.CharField(read_only=True)
    status = serializers.IntegerField(read_only=True)
    detail = serializers.CharField(read_only=True)
    code = serializers.CharField(read_only=True)
    request_id = serializers.CharField(read_only=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add `errors`, which as an attribute would hide the errors of the serializer."""
        return super().get_fields() | {"errors": serializers.JSONField(required=False)}


class ScopedSchema(AutoSchema):
    """Documents the required token scope and the error responses of each operation."""

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        if not isinstance(self.view, SchoolViewSet):
            return bodies
        refusals = ["401", "403", "404", "406", "429", *(["415"] if self.method in BODY_METHODS else [])]
        refusals += ["409"] if self.method in WRITE_METHODS else []
        refusals += ["412"] if self.has_etag() and self.method in WRITE_METHODS else []
        view: Any = self.view
        refusals += ["410"] if view.lists_changes else []
        refusals += ["422"] if self.method == "POST" else []
        for status in ("400", *refusals):
            body = self._get_response_for_code(ProblemSerializer, status, [CONTENT_TYPE], direction)
            bodies.setdefault(status, body)
        return dict(sorted(bodies.items()))

    def _map_serializer(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        """Fields that the policy table masks or hides are documented as any text, or null."""
        shape: Any = super()._map_serializer(serializer, direction, bypass_extensions)
        if direction == "response" and isinstance(serializer, SchoolSerializer):
            for name in FIELDS.get(getattr(self.view, "resource", ""), {}):
                if field := shape.get("properties", {}).get(name):
                    kept = {key: field[key] for key in ("title", "description", "readOnly") if key in field}
                    shape["properties"][name] = {"type": ["string", "null"], **kept}
        return shape

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        """A field with `response_choices` shows more values than it accepts; a time of day has no zone."""
        if isinstance(field, serializers.TimeField):  # the format "time" would require a zone
            meta = self._get_serializer_field_meta(field, direction)
            return append_meta({"type": "string", "pattern": CLOCK_TIME}, meta)
        if direction == "response" and (choices := getattr(field, "response_choices", None)):
            shape = build_choice_field(serializers.ChoiceField(choices))
            return append_meta(shape, self._get_serializer_field_meta(field, direction))
        return super()._map_serializer_field(field, direction, bypass_extensions)

    def is_bulk(self) -> bool:
        """Return whether the operation writes many rows."""
        return getattr(self.view, "action", "") in BULK_METHODS.values()

    def get_filter_backends(self) -> list[Any]:
        """Bulk operations return a list that is neither filtered nor paged."""
        return [] if self.is_bulk() else super().get_filter_backends()

    def _get_paginator(self) -> Any:
        return None if self.is_bulk() else super()._get_paginator()

    def get_request_serializer(self) -> Any:
        view: Any = self.view
        if self.is_bulk():
            own = view.add_serializer_class or view.get_serializer_class()
            return own(many=True, partial=view.action == "bulk_update", context={"view": view})
        return super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        view: Any = self.view
        if self.is_bulk():
            code = 201 if view.action == "bulk_create" else 200
            return {code: view.get_serializer_class()(many=True)}
        return super().get_response_serializers()

    def has_etag(self) -> bool:
        """Return whether responses about one row carry an `ETag` that `If-Match` may name."""
        view: Any = self.view
        own = isinstance(view, SchoolViewSet) and type(view).seen_of is not SchoolViewSet.seen_of
        return bool(own and view.detail and not self.is_bulk())

    def get_override_parameters(self) -> list[Any]:
        more = [OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description=IF_MATCH)]
        return [
            *super().get_override_parameters(),
            *(more if self.has_etag() and self.method in WRITE_METHODS else []),
            *([KEY] if self.method == "POST" and isinstance(self.view, SchoolViewSet) else []),
            *self._reading_parameters(),
        ]

    def _reading_parameters(self) -> list[OpenApiParameter]:
        view: Any = self.view
        if self.method != "GET" or not isinstance(view, SchoolViewSet):
            return []
        return [FIELD_CHOICE, *([SINCE, UNTIL] if view.lists_changes else [])]

    def token_scope(self) -> str:
        """Return the required scope; empty if the view has no resource of the policy table."""
        resource, action = getattr(self.view, "resource", ""), getattr(self.view, "action", "")
        if not resource or not action:
            return ""
        view: Any = self.view
        return required_scope(resource, view.policy_action_of(action))

    def get_description(self, *args: Any) -> str:
        scope, described = self.token_scope(), super().get_description(*args) or ""
        return f"{described}\n\nToken scope: `{scope}`".strip() if scope else described

    def get_extensions(self) -> dict[str, Any]:
        scope = self.token_scope()
        more = {"x-token-scope": scope} if scope else {}
        return {**super().get_extensions(), **more}


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "console.policy.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": SCHEME,
        }
