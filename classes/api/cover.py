"""Absences of teachers and cover in REST: enter and revoke absences, their lessons, assign, undo."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.people.queries import active_people
from accounts.people.serializer_fields import UserIdField
from classes.api.fields import validated
from classes.lessons.validation import TEACHING_ROLES
from classes.models import Cover, TeacherAbsence
from classes.timetable.cover.plan import Option, build_plan
from classes.timetable.cover.queries import cover_period, in_force, touched_lessons
from classes.timetable.cover.services import assign_covers, enter_absence, undo_cover, withdraw_absence
from console.concurrency import value_digests
from console.inputs.api import ApiDateTimeField
from console.inputs.bounds import parse_datetime
from console.policy import scoped
from console.policy.api import SchoolSerializer, SchoolViewSet
from console.policy.bulk_writes import BulkWriteMixin
from console.policy.lazy_schema import extend_schema
from console.policy.pagination import NewestFirstPagination

#: Lessons that are planned or assigned at once.
MOST_LESSONS = 30


class AbsenceSerializer(SchoolSerializer):
    """A teacher is away from `begins_at` until before `ends_at`. A revoked absence stays as a record."""

    teacher = UserIdField()
    reason = serializers.ChoiceField(TeacherAbsence.Kind.choices, source="kind", default="sick")
    begins_at = ApiDateTimeField()
    ends_at = ApiDateTimeField()
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)
    by = serializers.CharField(source="by.user_id", allow_null=True, read_only=True)

    class Meta:
        model = TeacherAbsence
        fields = (
            *("id", "teacher", "begins_at", "ends_at", "reason", "note"),
            *("by", "created_at", "withdrawn_at"),
        )
        read_only_fields = ("created_at", "withdrawn_at")
        validators: tuple[Any, ...] = ()  # the service refuses absences that overlap


class CoverSerializer(SchoolSerializer):
    """Somebody teaches a lesson of an absent teacher."""

    absent = serializers.CharField(source="absent.user_id")
    covering = serializers.CharField(source="covering.user_id")
    by = serializers.CharField(source="by.user_id", allow_null=True)
    topic = serializers.CharField(source="lesson.topic")
    starts_at = ApiDateTimeField(source="lesson.starts_at")

    class Meta:
        model = Cover
        fields = ("id", "absence", "lesson", "topic", "starts_at", "absent", "covering", "by", "created_at")


class CandidateSerializer(serializers.Serializer[Option]):
    """A person for a lesson: how many lessons they cover this term, how they are related to it, and why they
    are not free."""

    user_id = serializers.CharField(source="candidate.user_id")
    name = serializers.CharField(source="candidate.name")
    covers = serializers.IntegerField(source="candidate.covers")
    relation = serializers.CharField()
    reason = serializers.CharField()


class AbsenceLessonSerializer(serializers.Serializer[Any]):
    """A lesson of an absence. It needs cover if it has none and is not `locked`.

    `proposal` is who should cover it, the fair share considered; `free` and `busy` are the best others.
    """

    lesson = serializers.IntegerField(source="lesson.pk")
    topic = serializers.CharField(source="lesson.topic")
    starts_at = ApiDateTimeField(source="lesson.starts_at")
    ends_at = ApiDateTimeField(source="lesson.ends_at")
    teacher = serializers.CharField(source="lesson.teacher.user_id")
    locked = serializers.CharField()
    cover = serializers.IntegerField(source="cover.pk", allow_null=True, default=None)
    needs_cover = serializers.BooleanField(source="is_open")
    proposal = serializers.CharField()
    free = CandidateSerializer(many=True)
    busy = CandidateSerializer(many=True)


class AssignmentSerializer(serializers.Serializer[Any]):
    """Give a lesson to a teacher; `instead_of` is who has it, as far as the client knows."""

    lesson = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    teacher = UserIdField()
    instead_of = serializers.CharField(max_length=64, required=False, allow_blank=True, default="")


class AssignSerializer(serializers.Serializer[Any]):
    """Lessons of an absence with their new teachers, all or none."""

    lessons = serializers.ListField(child=AssignmentSerializer(), allow_empty=False, max_length=MOST_LESSONS)

    def validate_lessons(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({one["lesson"] for one in rows}) < len(rows):
            raise serializers.ValidationError(_("Name each lesson once."))
        return rows


class LessonsOfAbsence(NewestFirstPagination):
    """The lessons of an absence by start: those of one page are planned together."""

    ordering = ("starts_at", "id")
    page_size = max_page_size = MOST_LESSONS

    def is_position(self, text: Any) -> bool:
        return parse_datetime(text) is not None


class AbsenceViewSet(
    BulkWriteMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.DestroyModelMixin,
    SchoolViewSet,
):
    """Absences of teachers. Deleting one revokes it: covered lessons that have not begun go back."""

    resource = "cover"
    queryset = TeacherAbsence.objects.select_related("teacher", "by", "enterprise")
    serializer_class = AbsenceSerializer
    filterset_fields = {"teacher__user_id": ["exact"], "withdrawn_at": ["isnull"]}
    policy_actions = {"list": "view", "destroy": "change", "lessons": "view", "assign": "change"}
    action_serializers = {"assign": CoverSerializer}

    def get_queryset(self) -> QuerySet[TeacherAbsence]:
        rows = super().get_queryset() if self.detail else self.queryset.all()
        return rows if self.detail else scoped(rows, self.by, self.resource, "view")

    def seen_of(self, row: TeacherAbsence) -> dict[str, str]:
        return value_digests(row, ("begins_at", "ends_at", "kind", "note", "withdrawn_at"))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        absence = self.get_object()
        return self.with_etag(Response(self.get_serializer(absence).data), absence)

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = enter_absence(by=self.by, **serializer.validated_data)

    def perform_destroy(self, absence: TeacherAbsence) -> None:
        withdraw_absence(absence=absence, by=self.by)

    @extend_schema(responses=AbsenceLessonSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=LessonsOfAbsence, filterset_fields=())
    def lessons(self, request: Request, pk: str) -> Response:
        """Return the lessons of the absence with their cover, or with who should and who may cover them."""
        absence = self.get_object()
        rows = touched_lessons(absence).select_related("teacher", "course").prefetch_related("groups")
        page = self.paginate_queryset(rows)
        period = cover_period(absence.enterprise, absence.begins_at.astimezone(absence.enterprise.tz).date())
        plan = build_plan(absence, page or [], period)
        return self.get_paginated_response(AbsenceLessonSerializer(plan, many=True).data)

    @extend_schema(request=AssignSerializer, responses={201: CoverSerializer(many=True)})
    @lessons.mapping.post
    def assign(self, request: Request, pk: str) -> Response:
        """Give lessons of the absence to others, all or none; each change is sent to iclass.

        409 if somebody else changed a lesson or revoked the absence in the meantime.
        """
        absence = self.get_object()
        rows = validated(AssignSerializer, request)["lessons"]
        covers = assign_covers(
            absence=absence,
            choices={one["lesson"]: self._teacher(one["teacher"]) for one in rows},
            seen={one["lesson"]: one["instead_of"] for one in rows},
            by=self.by,
        )
        return Response(CoverSerializer(covers, many=True, context=self.get_serializer_context()).data, 201)

    def _teacher(self, person: User) -> User:
        """Return a person who may teach. ValidationError for anybody else."""
        if not active_people(person.enterprise_id or 0, *TEACHING_ROLES).filter(pk=person.pk).exists():
            raise serializers.ValidationError({"lessons": [_("Choose a teacher of your school.")]})
        return person


class CoverViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.DestroyModelMixin, SchoolViewSet):
    """Lessons that the reader covers; administrators also find those of others. Deleting one undoes it."""

    resource = "cover"
    queryset = Cover.objects.filter(undone_at=None).select_related(
        "lesson", "absent", "covering", "by", "enterprise"
    )
    serializer_class = CoverSerializer
    policy_actions = {"destroy": "change"}

    def get_queryset(self) -> QuerySet[Cover]:
        rows: QuerySet[Cover] = super().get_queryset()
        return rows if self.detail else rows.filter(in_force())

    def seen_of(self, row: Cover) -> dict[str, str]:
        return value_digests(row, ("covering", "undone_at"))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        cover = self.get_object()
        return self.with_etag(Response(self.get_serializer(cover).data), cover)

    def perform_destroy(self, cover: Cover) -> None:
        undo_cover(cover=cover, by=self.by)
