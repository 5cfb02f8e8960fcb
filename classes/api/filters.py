"""Filters of REST lists. A lesson is compared by number, without a lookup: another school's matches none."""

from django_filters.filters import CharFilter

from classes.models import Appeal, Attendance, GuestCredit, Leave, Recording
from console.policy.filters import BoundedFilterSet, BoundedIdFilter


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
