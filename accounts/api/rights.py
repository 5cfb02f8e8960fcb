"""The rights switches of the school in REST."""

from typing import Any

from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Enterprise
from accounts.school.services import edit_school
from console.concurrency import value_digests
from console.policy.api import SchoolSerializer, SchoolViewSet
from console.policy.lazy_schema import extend_schema
from console.policy.switches import SWITCH_COLUMNS


class RightsSerializer(SchoolSerializer):
    """What the school switched on or off for a role. `correct_within_days` is null for no limit."""

    class Meta:
        model = Enterprise
        fields = SWITCH_COLUMNS


class RightsViewSet(SchoolViewSet):
    """The switches of the reader's school. A change applies at once to everybody, and is recorded."""

    resource = "policy"
    queryset = Enterprise.objects.all()
    serializer_class = RightsSerializer

    @extend_schema(responses=RightsSerializer)
    def retrieve(self, request: Request) -> Response:
        """Return the switches."""
        return self._respond(self.get_object())

    @extend_schema(request=RightsSerializer(partial=True), responses=RightsSerializer)
    def partial_update(self, request: Request) -> Response:
        """Change switches; those that are not named stay."""
        school = self.get_object()
        serializer = self.get_serializer(school, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        values = serializer.validated_data
        return self._respond(edit_school(school=school, by=self.by, seen=self.seen_of(school), **values))

    def get_object(self) -> Any:
        school = get_object_or_404(self.queryset.all(), pk=self.by.enterprise_id or 0)
        self.require_match(school)
        return school

    def seen_of(self, row: Enterprise) -> dict[str, str]:
        return value_digests(row, SWITCH_COLUMNS)

    def _respond(self, school: Enterprise) -> Response:
        return self.with_etag(Response(self.get_serializer(school).data), school)
