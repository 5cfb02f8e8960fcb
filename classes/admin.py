"""Lessons in the Django admin through their services; evidence, marks and recordings to be read."""

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.queries import active
from classes import services
from classes.adminforms import LessonForm
from classes.kinds import Status
from classes.models import (
    Alarm,
    Appeal,
    Attendance,
    Correction,
    Course,
    Credit,
    Entry,
    Holiday,
    Leave,
    Lesson,
    Member,
    Observation,
    Recording,
    Register,
    Stay,
    Term,
)
from classes.rules import TEACHERS
from console.outbox.mirroredadmin import AT_THE_SERVICE, MirroredAdmin
from console.policy.admin import ReadOnlyAdmin, ScopedRelatedFilter


class TeacherFilter(ScopedRelatedFilter):
    """Those who may teach, not the whole school."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        enterprise = getattr(request.user, "enterprise_id", None) or 0
        return [(str(one.pk), str(one)) for one in active(enterprise, *TEACHERS)]


@admin.register(Lesson)
class LessonAdmin(MirroredAdmin):
    """Lessons. Deleting one cancels it: the row stays, the service's class is deleted."""

    resource = "lesson"
    form = LessonForm
    list_display = ("topic", "teacher", "starts_at", "ends_at", "status", "cancelled_at", "sync_state")
    list_filter = ("status", "sync_state", ("teacher", TeacherFilter))
    list_select_related = ("teacher", "enterprise")
    search_fields = ("topic",)
    acts = {
        "start": (_("Start"), services.start_lesson),
        "stop": (_("End"), services.stop_lesson),
        "pull": (_("Pull from the service"), services.pull_lesson),
        "push": (_("Send to the service"), services.push_lesson),
    }
    told = ("status", "real_started_at", "real_ended_at", "cancelled_at", "final_at")
    readonly_fields = (*told, *AT_THE_SERVICE)
    more = ("record_types", "auto_open_mic", "auto_open_camera", "bitrate", "max_on_mic", "capacity")
    fieldsets = (
        (None, {"fields": ("topic", "teacher", "starts_at", "ends_at", "class_type")}),
        (_("People"), {"fields": ("students", "staff", "reason")}),
        (_("More"), {"fields": more}),
        (_("At the service"), {"fields": readonly_fields}),
    )

    @admin.display(description=_("students"))
    def students(self, lesson: Lesson) -> str:
        """For a locked lesson, which has no form."""
        return _names(lesson, Member.Role.STUDENT)

    @admin.display(description=_("assistants and supervisors"))
    def staff(self, lesson: Lesson) -> str:
        return _names(lesson, Member.Role.ASSISTANT, Member.Role.SUPERVISOR)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Running and finished lessons are shown but locked, as they are at the service."""
        return super().has_change_permission(request, obj) and not (obj and obj.locked)

    def kept_because(self, obj: Lesson) -> str:
        if obj.cancelled_at:
            return gettext("It is cancelled already.")
        if obj.status == Status.ING:
            return gettext("The lesson is running. End it first, then cancel it.")
        if obj.status == Status.END:
            return gettext("The lesson is over. Its register and recordings are kept.")
        return ""

    def service_save(self, request: HttpRequest, obj: Lesson, form: "ModelForm[Any]", change: bool) -> None:
        by: Any = request.user
        fields = dict(form.cleaned_data)
        fields["conflict_reason"] = fields.pop("reason")
        if change:
            services.edit_lesson(lesson=Lesson.objects.get(pk=obj.pk), by=by, **fields)
            return
        obj.pk = services.schedule_lesson(by=by, **fields).pk

    def service_delete(self, request: HttpRequest, obj: Lesson) -> None:
        by: Any = request.user
        services.cancel_lesson(lesson=obj, by=by)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        """Django would say that it is deleted."""
        self.message_user(request, gettext("“%(lesson)s” is cancelled.") % {"lesson": obj_display})
        return redirect("admin:classes_lesson_changelist")


def _names(lesson: Lesson, *roles: str) -> str:
    members = lesson.members.filter(role__in=roles).select_related("user")
    return ", ".join(str(one.user) for one in members)


@admin.register(Course)
class CourseAdmin(ReadOnlyAdmin):
    resource = "course"
    list_display = ("title", "teacher", "starts_local", "rrule")
    search_fields = ("title",)


@admin.register(Term)
class TermAdmin(ReadOnlyAdmin):
    resource = "term"
    list_display = ("name", "starts_on", "ends_on")


@admin.register(Holiday)
class HolidayAdmin(ReadOnlyAdmin):
    resource = "term"
    list_display = ("name", "term", "starts_on", "ends_on")


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


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyAdmin):
    """All versions of the marks that people set by hand."""

    resource = "attendance"
    list_display = ("id", "lesson", "user_id", "instead_of", "mark", "kind", "by", "created_at")
    list_select_related = ("lesson", "by")
    list_filter = ("kind", "mark")


@admin.register(Credit)
class CreditAdmin(ReadOnlyAdmin):
    resource = "attendance"
    list_display = ("id", "lesson", "guest_id", "person", "by", "created_at", "undone_at")
    list_select_related = ("lesson", "person", "by")


@admin.register(Appeal)
class AppealAdmin(ReadOnlyAdmin):
    resource = "appeal"
    list_display = ("id", "lesson", "person", "mark", "state", "created_at", "answered_by", "answered_at")
    list_select_related = ("lesson", "person", "answered_by")
    list_filter = ("state",)


@admin.register(Leave)
class LeaveAdmin(ReadOnlyAdmin):
    resource = "leave"
    list_display = ("id", "person", "begins_at", "ends_at", "by", "created_at", "withdrawn_at")
    list_select_related = ("person", "by")


@admin.register(Register)
class RegisterAdmin(ReadOnlyAdmin):
    """Closed registers, a line a revision."""

    resource = "attendance"
    list_display = ("id", "lesson", "number", "digest", "closed_by", "closed_at", "reopened_at")
    list_select_related = ("lesson", "closed_by")


@admin.register(Alarm)
class AlarmAdmin(ReadOnlyAdmin):
    resource = "alarm"
    list_display = ("id", "kind", "lesson", "raised_at", "resolved_at", "acknowledged_by", "hook")
    list_select_related = ("lesson", "acknowledged_by")
    list_filter = ("kind",)


@admin.register(Recording)
class RecordingAdmin(ReadOnlyAdmin):
    resource = "recording"
    list_display = ("video_id", "lesson", "video_type", "user_id", "seconds", "bytes", "received_at")
    list_select_related = ("lesson",)
    list_filter = ("video_type",)
    exclude = ("url", "raw")


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    resource = "entry"
    list_display = ("id", "lesson", "act", "person", "nickname", "sync_state", "created_at")
    list_select_related = ("lesson", "person")
    list_filter = ("act",)
    exclude = ("password", "user_token", "user_sig", "seal_id")
