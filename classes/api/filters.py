"""Filters of REST lists. A lesson is compared by number and not looked up: one of another school is none."""

from django_filters import rest_framework as filters  # type: ignore[import-untyped]

from classes.models import Attendance, Recording


class AttendanceFilter(filters.FilterSet):  # type: ignore[misc]
    lesson = filters.NumberFilter(field_name="lesson_id")

    class Meta:
        model = Attendance
        fields = ("lesson", "user_id", "mark", "provisional")


class RecordingFilter(filters.FilterSet):  # type: ignore[misc]
    lesson = filters.NumberFilter(field_name="lesson_id")

    class Meta:
        model = Recording
        fields = ("lesson", "video_type")
