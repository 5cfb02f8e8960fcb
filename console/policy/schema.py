"""The OpenAPI description: its generator, the token scope that an operation requires, and error responses."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import append_meta, build_choice_field
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from console.policy.api import SchoolSerializer, SchoolViewSet
from console.policy.field_table import FIELDS
from console.policy.lazy_schema import apply_pending_schemas
from console.policy.token_scopes import FAMILY_LABELS, required_scope

SCHEME = (
    "`Token`, a space, and a token: of the page *REST tokens* or of `manage.py apitoken LOGIN`. Each token "
    "has scopes, `FAMILY:read` or `FAMILY:write`, where `write` reads too, and does what both they and the "
    f"role of its person allow. Families: {', '.join(f'`{family}`' for family in FAMILY_LABELS)}. "
    "The scope that an address requires is given as `x-token-scope`; without it the answer is 403."
)

#: The errors, in the reader's language: by field, or under `detail`.
ERROR_BODY = {"type": "object", "additionalProperties": {}}
BODY_METHODS = ("POST", "PUT", "PATCH")
WRITE_METHODS = ("POST", "PUT", "PATCH", "DELETE")
IF_MATCH = (
    "The `ETag` of the state that this change starts from, as returned when the row is read. If somebody "
    "changed the row since, nothing is saved and the answer is 412."
)


class ConsoleSchemaGenerator(SchemaGenerator):
    """drf-spectacular's generator, with the annotations of our views applied first."""

    def get_schema(self, *args: Any, **kwargs: Any) -> Any:
        self._initialise_endpoints()  # imports the views, which register their annotations
        apply_pending_schemas()
        return super().get_schema(*args, **kwargs)


class RefusalSerializer(serializers.Serializer[Any]):
    """What happened and what to do next, in the reader's language."""

    detail = serializers.CharField(read_only=True)


class ScopedSchema(AutoSchema):
    """Documents the required token scope and the error responses of each operation."""

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        if not isinstance(self.view, SchoolViewSet):
            return bodies
        refusals = ["401", "403", "404", "406", "429", *(["415"] if self.method in BODY_METHODS else [])]
        refusals += ["409"] if self.method in WRITE_METHODS else []
        refusals += ["412"] if self.has_etag() and self.method in WRITE_METHODS else []
        for shape, statuses in ((ERROR_BODY, ["400"]), (RefusalSerializer, refusals)):
            for status in statuses:
                body = self._get_response_for_code(shape, status, ["application/json"], direction)
                bodies.setdefault(status, body)
        return dict(sorted(bodies.items()))

    def _map_serializer(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        """Fields that the policy table masks or hides are documented as any text, or null."""
        shape: Any = super()._map_serializer(serializer, direction, bypass_extensions)
        if direction == "response" and isinstance(serializer, SchoolSerializer):
            for name in FIELDS.get(getattr(self.view, "resource", ""), {}):
                if field := shape.get("properties", {}).get(name):
                    kept = {key: field[key] for key in ("title", "description", "readOnly") if key in field}
                    shape["properties"][name] = {"type": "string", "nullable": True, **kept}
        return shape

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        """A field with `response_choices` shows more values than it accepts."""
        if direction == "response" and (choices := getattr(field, "response_choices", None)):
            shape = build_choice_field(serializers.ChoiceField(choices))
            return append_meta(shape, self._get_serializer_field_meta(field, direction))
        return super()._map_serializer_field(field, direction, bypass_extensions)

    def has_etag(self) -> bool:
        """Return whether responses about one row carry an `ETag` that `If-Match` may name."""
        view: Any = self.view
        own = isinstance(view, SchoolViewSet) and type(view).seen_of is not SchoolViewSet.seen_of
        return bool(own and view.detail)

    def get_override_parameters(self) -> list[Any]:
        more = [OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description=IF_MATCH)]
        return [
            *super().get_override_parameters(),
            *(more if self.has_etag() and self.method in WRITE_METHODS else []),
        ]

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
