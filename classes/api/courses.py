"""Courses in REST: planned with all their lessons, previewed with `?dry_run=1`, changed by scope."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Role, StudentGroup
from accounts.models.roles import STAFF
from accounts.people.serializer_fields import UserIdField, UserIdsField
from classes.api.conflicts import ConflictResponseMixin, serialize_conflicts
from classes.api.fields import CancelSerializer, GroupsField, SubjectField, TermField, WallClockTimeField
from classes.api.filters import CourseFilter
from classes.api.rooms import RoomSettingsMixin, pop_settings
from classes.lessons.visibility import may_see_members, visible_user_ids
from classes.models import Course
from classes.timetable.courses.cancellation import cancel_course
from classes.timetable.courses.changes import ChangeScope, change_course, preview_change
from classes.timetable.courses.dates import Occurrence, included_dates
from classes.timetable.courses.edit_merge import course_digests
from classes.timetable.courses.planning import plan_course, preview_course
from console.inputs.api import ApiIdField
from console.policy.api import SchoolSerializer, SchoolViewSet
from console.policy.bulk_writes import BulkWriteMixin
from console.policy.lazy_schema import extend_schema

DRY_RUN = OpenApiParameter("dry_run", bool, description="Answer dates and conflicts, save nothing.")


class CourseSerializer(RoomSettingsMixin, SchoolSerializer):
    """A series of lessons. `dtstart` is local time in the school's zone, `lessons` are ids.

    `conflict_reason` allows conflicts. For a change, `scope` selects the lessons: `all`, or `following` and
    `this`, which begin with `lesson`. The room settings, the `password` of the lessons (empty for none),
    `make_up_skipped`, `term` and `subject` are write-only. The holidays of the term (a name) are left out in
    addition to those of the school. `subject` is the id of a subject; the list is filtered by it.
    With `make_up_skipped`, the COUNT of `rrule` is a number of lessons: dates that are left out are made up.
    """

    teacher = UserIdField()
    assistants = UserIdsField(roles=STAFF, required=False)
    members = UserIdsField(roles=(Role.STUDENT,), required=False)
    groups = GroupsField(many=True, required=False, queryset=StudentGroup.objects.none())
    dtstart = WallClockTimeField(source="starts_local")
    rrule = serializers.CharField(max_length=300, required=False, allow_blank=True)
    make_up_skipped = serializers.BooleanField(required=False, write_only=True)
    term = TermField(required=False, allow_null=True, write_only=True)
    subject = SubjectField(required=False, allow_null=True, write_only=True)
    lessons: Any = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    conflict_reason = serializers.CharField(write_only=True, required=False, max_length=300, allow_blank=True)
    scope = serializers.ChoiceField(choices=ChangeScope.values, write_only=True, required=False)
    lesson = ApiIdField(write_only=True, required=False)

    class Meta:
        model = Course
        fields = (
            "id",
            "title",
            "teacher",
            "assistants",
            "members",
            "groups",
            "class_type",
            "dtstart",
            "rrule",
            "duration_minutes",
            "skip",
            "make_up_skipped",
            "term",
            "subject",
            "lessons",
            "conflict_reason",
            "scope",
            "lesson",
        )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Show people and groups only to readers who may see them; a student sees their own groups."""
        data: dict[str, Any] = super().to_representation(instance)
        reader = self.context["request"].user
        for name in ("members", "assistants"):
            data[name] = visible_user_ids(reader, data[name])
        if not may_see_members(reader):
            data["groups"] = [one for one in data["groups"] if one in self._own_groups]
        return data

    @cached_property
    def _own_groups(self) -> set[int]:
        """Queried once per serializer, not once per row."""
        return set(self.context["request"].user.group_entries.values_list("group_id", flat=True))


class LookSerializer(serializers.Serializer[Any]):
    """Result of a dry run: days that get a lesson, days left out with the reason, and conflicts."""

    dates = serializers.ListField(child=serializers.DateField())
    starts_at = serializers.ListField(child=serializers.DateTimeField())
    left_out = serializers.ListField(child=serializers.DictField())
    conflicts = serializers.ListField(child=serializers.DictField())


class CourseCancelSerializer(CancelSerializer):
    lesson = ApiIdField(required=False)


COURSE_OR_DRY_RUN = PolymorphicProxySerializer(
    component_name="CourseOrLook",
    serializers=[CourseSerializer, LookSerializer],
    resource_type_field_name=None,
)


class CourseViewSet(
    BulkWriteMixin,
    ConflictResponseMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    SchoolViewSet,
):
    """Series of lessons. Each lesson is sent to the service separately and has its own state.

    A response with one course carries an `ETag`; a change with `If-Match` is answered with 412 if the course
    was changed since. Without it, a field that another editor changes at the same time is answered with 409.
    """

    resource = "course"
    queryset = Course.objects.select_related("teacher", "enterprise").prefetch_related(
        "assistants", "members", "groups", "lessons"
    )
    serializer_class = CourseSerializer
    http_method_names = ("get", "post", "patch", "head", "options")
    filterset_class = CourseFilter
    policy_actions = {"cancel": "delete"}  # noqa: RUF012

    def seen_of(self, row: Course) -> dict[str, str]:
        return course_digests(row)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        course = self.get_object()
        return self.with_etag(Response(self.get_serializer(course).data), course)

    @extend_schema(parameters=[DRY_RUN], responses={201: CourseSerializer, 200: LookSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Plan a course; 409 with `conflicts` if there are any and no `conflict_reason` is given."""
        if self._is_dry_run:
            plan = preview_course(**self._new_fields(request.data)[0])
            return Response(_dry_run_data(plan.dates, plan.conflicts))
        return self._answer(self.create_one(request.data), status.HTTP_201_CREATED)

    def create_one(self, data: Any) -> Course:
        fields, reason = self._new_fields(data)
        return self.queryset.get(pk=plan_course(by=self.by, conflict_reason=reason, **fields).pk)

    def _new_fields(self, data: Any) -> tuple[dict[str, Any], str]:
        fields, reason = self._fields(None, data)
        fields.pop("scope", None), fields.pop("lesson", None)
        return fields, reason

    @extend_schema(parameters=[DRY_RUN], responses=COURSE_OR_DRY_RUN)
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change a course and those lessons of the scope that have not begun."""
        course = self.get_object()
        if self._is_dry_run:
            change = preview_change(course, **self._changed_fields(course, request.data)[0])
            return Response(_dry_run_data(change.dates, change.conflicts))
        return self._answer(self.change_one(course, request.data))

    def change_one(self, row: Course, data: Any) -> Course:
        fields, reason = self._changed_fields(row, data)
        seen = self.seen_of(row)
        changed = change_course(course=row, by=self.by, conflict_reason=reason, seen=seen, **fields)
        return self.queryset.get(pk=changed.pk)

    def _changed_fields(self, course: Course, data: Any) -> tuple[dict[str, Any], str]:
        fields, reason = self._fields(course, data)
        fields["lesson"] = self._lesson(course, fields.pop("lesson", None))
        return fields, reason

    @extend_schema(request=CourseCancelSerializer, responses=CourseSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel the lessons that have not begun, from `lesson` on if it is given."""
        course = self.get_object()
        serializer = CourseCancelSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = dict(serializer.validated_data)
        first = self._lesson(course, data.pop("lesson", None))
        cancel_course(course=course, by=self.by, lesson=first, **data)
        return self._answer(self.queryset.get(pk=course.pk))

    @property
    def _is_dry_run(self) -> bool:
        return self.request.query_params.get("dry_run", "") in ("1", "true", "yes")

    def _fields(self, course: Course | None, data: Any) -> tuple[dict[str, Any], str]:
        serializer = self.get_serializer(course, data=data, partial=course is not None)
        serializer.is_valid(raise_exception=True)
        fields = dict(serializer.validated_data)
        if settings := pop_settings(fields):
            fields["settings"] = settings
        return fields, fields.pop("conflict_reason", "")

    def _lesson(self, course: Course, pk: int | None) -> Any:
        if pk is None:
            return None
        try:
            return course.lessons.select_related("teacher", "enterprise").get(pk=pk)
        except ObjectDoesNotExist:
            message = _("This lesson does not exist in this course.")
            raise serializers.ValidationError({"lesson": message}) from None

    def _answer(self, row: Course, code: int = status.HTTP_200_OK) -> Response:
        return self.with_etag(Response(self.get_serializer(row).data, status=code), row)


def _dry_run_data(dates: list[Occurrence], conflicts: Any) -> dict[str, Any]:
    """Data of a dry run: days that get a lesson, days left out with the reason, and conflicts."""
    return {
        "dates": [one.day.isoformat() for one in included_dates(dates)],
        "starts_at": [timezone.localtime(one.starts_at).isoformat() for one in included_dates(dates)],
        "left_out": [{"date": one.day.isoformat(), "reason": one.left_out} for one in dates if one.left_out],
        "conflicts": serialize_conflicts(conflicts),
    }
