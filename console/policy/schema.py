"""The OpenAPI description of an address, with the scope that a REST token needs there."""

from typing import Any

from drf_spectacular.openapi import AutoSchema

from console.policy.tokenscopes import scope_for


class ScopedSchema(AutoSchema):
    """Says for each act which scope it wants."""

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
