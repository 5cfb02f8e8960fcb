"""The OpenAPI description of an address: the scope that a REST token needs there, and its refusals."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from console.policy.rest import SchoolSerializer, SchoolViewSet
from console.policy.table import FIELDS
from console.policy.tokenscopes import WORDS, scope_for

SCHEME = (
    "`Token`, a space, and a token: of the page *REST tokens* or of `manage.py apitoken LOGIN`. Each token "
    "has scopes, `FAMILY:read` or `FAMILY:write`, where `write` reads too, and does what both they and the "
    f"role of its person allow. Families: {', '.join(f'`{family}`' for family in WORDS)}. Which scope an "
    "address wants stands there as `x-token-scope`; without it the answer is 403."
)

#: What is wrong, in the reader's language: at each field, or under `detail`.
WRONG = {"type": "object", "additionalProperties": {}}
BODIES = ("POST", "PUT", "PATCH")


class RefusalSerializer(serializers.Serializer[Any]):
    """What happened and what to do next, in the reader's language."""

    detail = serializers.CharField(read_only=True)


class ScopedSchema(AutoSchema):
    """Says for each act which scope it wants and how it is refused."""

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)  # type: ignore[no-untyped-call]
        if not isinstance(self.view, SchoolViewSet):
            return bodies
        refusals = ["401", "403", "404", "406", "429", *(["415"] if self.method in BODIES else [])]
        refusals += ["409"] if self.method == "DELETE" else []
        for shape, statuses in ((WRONG, ["400"]), (RefusalSerializer, refusals)):
            for status in statuses:
                body = self._get_response_for_code(shape, status, ["application/json"], direction)  # type: ignore[no-untyped-call]
                bodies.setdefault(status, body)
        return dict(sorted(bodies.items()))

    def _map_serializer(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        """What the policy table masks or hides is told as it may come: any text, or null."""
        shape: Any = super()._map_serializer(serializer, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        if direction == "response" and isinstance(serializer, SchoolSerializer):
            for name in FIELDS.get(getattr(self.view, "resource", ""), {}):
                if told := shape.get("properties", {}).get(name):
                    kept = {key: told[key] for key in ("title", "description", "readOnly") if key in told}
                    shape["properties"][name] = {"type": "string", "nullable": True, **kept}
        return shape

    def token_scope(self) -> str:
        """Empty where the address belongs to no resource of the policy table."""
        resource, action = getattr(self.view, "resource", ""), getattr(self.view, "action", "")
        if not resource or not action:
            return ""
        return scope_for(resource, self.view.policy_action_of(action))

    def get_description(self) -> str:
        scope, described = self.token_scope(), super().get_description() or ""
        return f"{described}\n\nToken scope: `{scope}`".strip() if scope else described

    def get_extensions(self) -> dict[str, Any]:
        scope = self.token_scope()
        more = {"x-token-scope": scope} if scope else {}
        return {**super().get_extensions(), **more}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "console.policy.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": SCHEME,
        }
