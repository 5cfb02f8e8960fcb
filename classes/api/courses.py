"""Courses in REST: planned with all their lessons, looked at before by `?dry_run=1`, changed by scope."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Role, StudentGroup
from accounts.roles import STAFF
from accounts.userids import UserIdField, UserIdsField
from classes.api.cancelling import CancelSerializer
from classes.api.conflicts import AnswersConflicts, conflict_data
from classes.api.rooms import RoomFields, settings_of
from classes.courses.changing import Scope, cancel_course, change_course, preview_change
from classes.courses.dates import Occurrence, kept
from classes.courses.planning import plan_course, preview_course
from classes.models import Course, Term
from console.policy.described import extend_schema
from console.policy.rest import SchoolSerializer, SchoolViewSet

DRY_RUN = OpenApiParameter("dry_run", bool, description="Answer dates and conflicts, save nothing.")


@extend_schema_field({"type": "string", "example": "2027-03-02T19:00:00"})  # without an offset: no date-time
class WallClock(serializers.DateTimeField):
    """A moment on the clock of the school's wall, as 2027-03-02T19:00:00; an offset is counted in."""

    def enforce_timezone(self, value: Any) -> Any:
        return timezone.make_naive(value) if timezone.is_aware(value) else value

    def to_representation(self, value: Any) -> str:
        return str(value.isoformat())


class GroupsField(serializers.PrimaryKeyRelatedField[StudentGroup]):
    """Groups by id; one of another school does not exist, and one that is archived cannot be chosen."""

    def get_queryset(self) -> Any:
        mine = StudentGroup.objects.filter(enterprise=self.context["request"].user.enterprise_id)
        return mine.filter(archived_at=None)


class TermField(serializers.SlugRelatedField[Term]):
    """A term of the reader's school by its name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="name", queryset=Term.objects.none(), **kwargs)

    def get_queryset(self) -> Any:
        return Term.objects.filter(enterprise=self.context["request"].user.enterprise_id)


class CourseSerializer(RoomFields, SchoolSerializer):
    """A series of lessons. `dtstart` is the clock of the school's wall, `lessons` are their ids.

    `conflict_reason` allows conflicts. For a change, `scope` says of which lessons: `all`, or `following` and
    `this`, which begin with `lesson`. How the rooms are set up and the `password` of the
    lessons (empty for none) are taken and not told; so is `term` (a name), whose holidays are left out
    besides those of the school.
    """

    teacher = UserIdField()
    assistants = UserIdsField(roles=STAFF, required=False)
    members = UserIdsField(roles=(Role.STUDENT,), required=False)
    groups = GroupsField(many=True, required=False, queryset=StudentGroup.objects.none())
    dtstart = WallClock(source="starts_local")
    rrule = serializers.CharField(max_length=300, required=False, allow_blank=True)
    term = TermField(required=False, allow_null=True, write_only=True)
    lessons: Any = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    conflict_reason = serializers.CharField(write_only=True, required=False, max_length=300, allow_blank=True)
    scope = serializers.ChoiceField(choices=Scope.values, write_only=True, required=False)
    lesson = serializers.IntegerField(write_only=True, required=False)

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
            "term",
            "lessons",
            "conflict_reason",
            "scope",
            "lesson",
            *RoomFields().fields,
        )


class LookSerializer(serializers.Serializer[Any]):
    """What a dry run answers: days that get a lesson, those left out with the reason, what is in the way."""

    dates = serializers.ListField(child=serializers.DateField())
    starts_at = serializers.ListField(child=serializers.DateTimeField())
    left_out = serializers.ListField(child=serializers.DictField())
    conflicts = serializers.ListField(child=serializers.DictField())


class CourseCancelSerializer(CancelSerializer):
    lesson = serializers.IntegerField(required=False)


EITHER = PolymorphicProxySerializer(
    component_name="CourseOrLook",
    serializers=[CourseSerializer, LookSerializer],
    resource_type_field_name=None,
)


class CourseViewSet(
    AnswersConflicts,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    SchoolViewSet,
):
    """Series of lessons. Each lesson is sent to the service by itself and shows its own state."""

    resource = "course"
    queryset = Course.objects.select_related("teacher", "enterprise").prefetch_related(
        "assistants", "members", "groups", "lessons"
    )
    serializer_class = CourseSerializer
    http_method_names = ("get", "post", "patch", "head", "options")
    filterset_fields = ("teacher__user_id",)
    policy_actions = {"cancel": "delete"}  # noqa: RUF012

    @extend_schema(parameters=[DRY_RUN], responses={201: CourseSerializer, 200: LookSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Plan a course; 409 with `conflicts` where there are some and no `conflict_reason` is given."""
        fields, reason = self._fields(None)
        fields.pop("scope", None), fields.pop("lesson", None)
        if self._dry:
            plan = preview_course(**fields)
            return Response(_looked(plan.dates, plan.conflicts))
        course = plan_course(by=self.by, conflict_reason=reason, **fields)
        return Response(self._told(course), status=status.HTTP_201_CREATED)

    @extend_schema(parameters=[DRY_RUN], responses=EITHER)
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change a course and the lessons of the scope that have not begun."""
        course = self.get_object()
        fields, reason = self._fields(course)
        fields["lesson"] = self._lesson(course, fields.pop("lesson", None))
        if self._dry:
            change = preview_change(course, **fields)
            return Response(_looked(change.dates, change.conflicts))
        changed = change_course(course=course, by=self.by, conflict_reason=reason, **fields)
        return Response(self._told(changed))

    @extend_schema(request=CourseCancelSerializer, responses=CourseSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel the lessons that have not begun, from `lesson` on where it is given."""
        course = self.get_object()
        asked = CourseCancelSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = dict(asked.validated_data)
        first = self._lesson(course, data.pop("lesson", None))
        cancel_course(course=course, by=self.by, lesson=first, **data)
        return Response(self._told(course))

    @property
    def _dry(self) -> bool:
        return self.request.query_params.get("dry_run", "") in ("1", "true", "yes")

    def _fields(self, course: Course | None) -> tuple[dict[str, Any], str]:
        asked = self.get_serializer(course, data=self.request.data, partial=course is not None)
        asked.is_valid(raise_exception=True)
        fields = dict(asked.validated_data)
        if settings := settings_of(fields):
            fields["settings"] = settings
        return fields, fields.pop("conflict_reason", "")

    def _lesson(self, course: Course, pk: int | None) -> Any:
        if pk is None:
            return None
        try:
            return course.lessons.select_related("teacher", "enterprise").get(pk=pk)
        except ObjectDoesNotExist:
            told = _("There is no such lesson in this course.")
            raise serializers.ValidationError({"lesson": told}) from None

    def _told(self, course: Course) -> Any:
        return self.get_serializer(self.queryset.get(pk=course.pk)).data


def _looked(dates: list[Occurrence], conflicts: Any) -> dict[str, Any]:
    """The days that get a lesson, those left out with the reason, and what is in the way."""
    return {
        "dates": [one.day.isoformat() for one in kept(dates)],
        "starts_at": [timezone.localtime(one.starts_at).isoformat() for one in kept(dates)],
        "left_out": [{"date": one.day.isoformat(), "reason": one.left_out} for one in dates if one.left_out],
        "conflicts": conflict_data(conflicts),
    }
