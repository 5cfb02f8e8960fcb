"""Lessons in the Django admin through their services; evidence, marks and recordings to be read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.queries import active
from classes import services
from classes.kinds import RecordType
from classes.models import Attendance, Course, Lesson, Member, Observation, Recording, Stay
from console.outbox.mirroredadmin import AT_THE_SERVICE, MirroredAdmin
from console.policy.admin import ReadOnlyAdmin
from console.policy.adminforms import ServiceForm


class LessonForm(ServiceForm):
    """A lesson with its people, who stand in a table of their own."""

    record_types = forms.MultipleChoiceField(
        label=_("recording"),
        choices=RecordType.choices,
        initial=[RecordType.LOCAL],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    students = forms.ModelMultipleChoiceField(
        User.objects.none(),
        required=False,
        label=_("students"),
        widget=FilteredSelectMultiple(_("students"), is_stacked=False),
    )
    staff = forms.ModelMultipleChoiceField(
        User.objects.none(), required=False, label=_("assistants and supervisors")
    )

    class Meta:
        model = Lesson
        fields = services.FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.school is None or "students" not in self.fields:
            return
        pk = self.school.pk
        if "teacher" in self.fields:
            self.fields["teacher"].queryset = active(pk, *services.TEACHERS)
        self.fields["students"].queryset = active(pk, Role.STUDENT)
        self.fields["staff"].queryset = active(pk, Role.ASSISTANT, Role.SUPERVISOR, Role.TEACHER)
        if self.instance.pk:
            members = list(self.instance.members.select_related("user"))
            students = [one.user for one in members if one.role == Member.Role.STUDENT]
            self.initial["students"] = students
            self.initial["staff"] = [one.user for one in members if one.user not in students]

    def examine(self) -> None:
        services.check_lesson(self.instance)


@admin.register(Lesson)
class LessonAdmin(MirroredAdmin):
    resource = "lesson"
    form = LessonForm
    list_display = ("topic", "teacher", "starts_at", "ends_at", "status", "cancelled_at", "sync_state")
    list_filter = ("status", "sync_state", "teacher")
    list_select_related = ("teacher", "enterprise")
    search_fields = ("topic",)
    actions = ("start", "stop", "pull", "push")
    told = ("status", "real_started_at", "real_ended_at", "cancelled_at", "final_at")
    readonly_fields = (*told, *AT_THE_SERVICE)
    fieldsets = (
        (None, {"fields": ("topic", "teacher", "starts_at", "ends_at", "class_type")}),
        (_("People"), {"fields": ("students", "staff")}),
        (
            _("More"),
            {"fields": ("record_types", "auto_open_mic", "auto_open_camera", "bitrate", "max_on_mic")},
        ),
        (_("At the service"), {"fields": readonly_fields}),
    )

    def has_change_permission(self, request: HttpRequest, obj: Lesson | None = None) -> bool:
        """Running and finished lessons are shown but locked, as they are at the service."""
        return super().has_change_permission(request, obj) and not (obj and obj.locked)

    def has_start_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "start")

    def has_stop_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "stop")

    def has_pull_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "pull")

    def has_push_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "push")

    @admin.action(description=_("Start"), permissions=["start"])
    def start(self, request: HttpRequest, queryset: QuerySet[Lesson]) -> None:
        self.act(request, queryset, "start", lambda row, by: services.start_lesson(lesson=row, by=by))

    @admin.action(description=_("End"), permissions=["stop"])
    def stop(self, request: HttpRequest, queryset: QuerySet[Lesson]) -> None:
        self.act(request, queryset, "stop", lambda row, by: services.stop_lesson(lesson=row, by=by))

    @admin.action(description=_("Pull from the service"), permissions=["pull"])
    def pull(self, request: HttpRequest, queryset: QuerySet[Lesson]) -> None:
        self.act(request, queryset, "pull", lambda row, by: services.pull_lesson(lesson=row, by=by))

    @admin.action(description=_("Send to the service"), permissions=["push"])
    def push(self, request: HttpRequest, queryset: QuerySet[Lesson]) -> None:
        self.act(request, queryset, "push", lambda row, by: services.push_lesson(lesson=row, by=by))

    def service_save(self, request: HttpRequest, obj: Lesson, form: ModelForm, change: bool) -> None:
        fields = dict(form.cleaned_data)
        if change:
            services.edit_lesson(lesson=Lesson.objects.get(pk=obj.pk), by=request.user, **fields)
            return
        obj.pk = services.schedule_lesson(by=request.user, **fields).pk

    def service_delete(self, request: HttpRequest, obj: Lesson) -> None:
        """The row stays, marked as cancelled; the service's class is deleted."""
        services.cancel_lesson(lesson=obj, by=request.user)


@admin.register(Course)
class CourseAdmin(ReadOnlyAdmin):
    resource = "course"
    list_display = ("title", "teacher", "starts_local", "rrule")
    search_fields = ("title",)


@admin.register(Member)
class MemberAdmin(ReadOnlyAdmin):
    resource = "member"
    list_display = ("user", "role", "lesson")
    list_select_related = ("user", "lesson")
    list_filter = ("role",)


@admin.register(Attendance)
class AttendanceAdmin(ReadOnlyAdmin):
    resource = "attendance"
    list_display = (
        "nickname",
        "user_id",
        "lesson",
        "mark",
        "present_seconds",
        "share",
        "evidence",
        "provisional",
    )
    list_select_related = ("lesson",)
    list_filter = ("mark", "provisional")
    search_fields = ("nickname", "user_id")


@admin.register(Stay)
class StayAdmin(ReadOnlyAdmin):
    resource = "evidence"
    list_display = ("user_id", "lesson", "entered_at", "left_at", "evidence")
    list_select_related = ("lesson",)


@admin.register(Observation)
class ObservationAdmin(ReadOnlyAdmin):
    resource = "evidence"
    list_display = ("id", "lesson", "source", "user_id", "present", "entered_at", "left_at", "seen_at")
    list_select_related = ("lesson",)
    list_filter = ("source",)


@admin.register(Recording)
class RecordingAdmin(ReadOnlyAdmin):
    resource = "recording"
    list_display = ("video_id", "lesson", "video_type", "user_id", "seconds", "bytes", "received_at")
    list_select_related = ("lesson",)
    list_filter = ("video_type",)
    exclude = ("url", "raw")
