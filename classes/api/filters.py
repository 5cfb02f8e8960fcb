"""Filters of REST lists. A lesson is compared by number, without a lookup: another school's matches none."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django_filters.filters import CharFilter, ChoiceFilter

from classes.attendance.thresholds.queries import in_state
from classes.models import (
    Appeal,
    Attendance,
    AttendanceWarning,
    Course,
    ExportRun,
    GuestCredit,
    Leave,
    Lesson,
    Recording,
)
from console.policy.filters import BoundedFilterSet, BoundedIdFilter


class LessonFilter(BoundedFilterSet):
    makes_up_for = BoundedIdFilter(field_name="makes_up_for_id")

    class Meta:
        model = Lesson
        fields: ClassVar[Any] = {
            "status": ["exact"],
            "sync_state": ["exact"],
            "starts_at": ["gte", "lt"],
            "teacher__user_id": ["exact"],
            "made_up": ["exact"],
        }


class CourseFilter(BoundedFilterSet):
    subject = BoundedIdFilter(field_name="subject_id")

    class Meta:
        model = Course
        fields: ClassVar[Any] = {"teacher__user_id": ["exact"]}


class AttendanceFilter(BoundedFilterSet):
    lesson = BoundedIdFilter(field_name="lesson_id")

    class Meta:
        model = Attendance
        fields = ("lesson", "user_id", "mark", "provisional")


class AppealFilter(BoundedFilterSet):
    lesson = BoundedIdFilter(field_name="lesson_id")
    user_id = CharFilter(field_name="person__user_id")

    class Meta:
        model = Appeal
        fields = ("lesson", "user_id", "state")


class CreditFilter(BoundedFilterSet):
    lesson = BoundedIdFilter(field_name="lesson_id")
    user_id = CharFilter(field_name="person__user_id")

    class Meta:
        model = GuestCredit
        fields = ("lesson", "user_id", "guest_id")


class ExportRunFilter(BoundedFilterSet):
    schedule = BoundedIdFilter(field_name="schedule_id")

    class Meta:
        model = ExportRun
        fields = ("schedule", "kind", "state")


class RecordingFilter(BoundedFilterSet):
    lesson = BoundedIdFilter(field_name="lesson_id")

    class Meta:
        model = Recording
        fields = ("lesson", "video_type")


class LeaveFilter(BoundedFilterSet):
    user_id = CharFilter(field_name="person__user_id")

    class Meta:
        model = Leave
        fields = ("user_id", "state", "kind")


class WarningRestFilter(BoundedFilterSet):
    rule = BoundedIdFilter(field_name="rule_id")
    user_id = CharFilter(field_name="person__user_id")
    state = ChoiceFilter(choices=AttendanceWarning.State.choices, method="with_state")

    class Meta:
        model = AttendanceWarning
        fields = ("rule", "user_id", "state")

    def with_state(
        self, warnings: QuerySet[AttendanceWarning], _name: str, state: str
    ) -> QuerySet[AttendanceWarning]:
        """Keep those in the state, as the list on the page: an "open" one is new while it holds."""
        return in_state(warnings, state)
