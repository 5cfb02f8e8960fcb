"""How the fields of people are described; loaded when somebody asks for the description of REST."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.plumbing import build_choice_field
from rest_framework import serializers

from accounts.roles import Role


class RoleFieldShape(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.api.RoleField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        field = serializers.ChoiceField(Role.choices) if direction == "response" else self.target
        shape: dict[str, Any] = build_choice_field(field)  # type: ignore[no-untyped-call]
        return shape
