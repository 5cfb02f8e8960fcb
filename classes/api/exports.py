"""Exports on a schedule in REST: the schedules of the school, their runs, and the files of these."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.reverse import reverse

from classes.api.filters import ExportRunFilter
from classes.attendance.reports.exports.files import download_file
from classes.attendance.reports.exports.tables import EXPORT_TYPES
from classes.models import ExportRun, ExportSchedule
from classes.models.export_schedule import RefusalReason
from console.policy.api import SchoolSerializer, SchoolViewSet
from console.policy.lazy_schema import extend_schema
from console.policy.tokens import scope_refusal

FILE_URL = "exportrun-file"


class ExportScheduleSerializer(SchoolSerializer):
    """An export that is made every day, week or month at an hour of the school's time zone, with the rights
    of `owner`.

    `period` is relative to the day on which it is made. `weekday` counts from Monday (0); it and `month_day`
    matter where `every` is "week" and "month". `due_at` is when it is made next, unless `is_on` is false.
    """

    owner = serializers.CharField(source="owner.user_id", read_only=True)
    recipients = serializers.SlugRelatedField[Any]("user_id", many=True, read_only=True)

    class Meta:
        model = ExportSchedule
        fields = (
            *("id", "kind", "role", "group", "course", "period", "file_type"),
            *("every", "weekday", "month_day", "hour", "due_at", "is_on"),
            *("owner", "recipients", "attach", "created_at"),
        )
        read_only_fields = fields


class ExportRunSerializer(SchoolSerializer):
    """A run of an export, and the address of its `file`: null while there is none, and after it expired.

    A run waits while its `job` does. `reason` says why it was refused, in the reader's language. `recipients`
    were told of the file; `left_out` were not, because they may not export it. `requested_by` is null for a
    run on the schedule.
    """

    reason = serializers.SerializerMethodField()
    requested_by = serializers.CharField(source="requested_by.user_id", allow_null=True, read_only=True)
    file = serializers.SerializerMethodField()

    class Meta:
        model = ExportRun
        fields = (
            *("id", "schedule", "kind", "file_type", "planned_for", "requested_by", "job", "state", "reason"),
            *("first_day", "last_day", "rows", "bytes", "file"),
            *("recipients", "left_out", "attached", "created_at", "finished_at"),
        )
        read_only_fields = fields

    def get_reason(self, run: ExportRun) -> str:
        return str(RefusalReason(run.reason).label) if run.reason else ""

    def get_file(self, run: ExportRun) -> str | None:
        return reverse(FILE_URL, args=[run.pk], request=self.context["request"]) if run.file else None


class ExportScheduleViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
    """Exports that the school has made on a schedule. They are set up on the page."""

    resource = "export_schedule"
    policy_actions = {"retrieve": "list"}
    queryset = ExportSchedule.objects.select_related("owner").prefetch_related("recipients")
    serializer_class = ExportScheduleSerializer
    filterset_fields = ("kind", "is_on")


class ExportRunViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
    """Runs of exports on a schedule, newest first."""

    resource = "export_schedule"
    policy_actions = {"retrieve": "list", "file": "export"}
    queryset = ExportRun.objects.select_related("enterprise", "requested_by")
    serializer_class = ExportRunSerializer
    filterset_class = ExportRunFilter

    @extend_schema(responses={(200, "application/octet-stream"): {"type": "string", "format": "binary"}})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        """Download the file; each download is recorded.

        The token needs the right to read what the file holds, too: `people:read`, `lessons:read` or
        `attendance:read`.
        """
        run = self.get_object()
        if refusal := scope_refusal(request, EXPORT_TYPES[run.kind].resource, "export"):
            raise PermissionDenied(refusal)
        return download_file(run, by=self.by)
