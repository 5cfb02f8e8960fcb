"""Admin of lessons, through their services; evidence, marks and recordings are read-only."""

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.people.queries import active_people
from classes.admin_forms import LessonAdminForm
from classes.choices import Status
from classes.lessons import services
from classes.lessons.fields import SETTING_NAMES
from classes.lessons.validation import TEACHING_ROLES
from classes.models import (
    Alarm,
    Appeal,
    Attendance,
    CallbackDifference,
    Correction,
    Course,
    Entry,
    GuestCredit,
    Holiday,
    Leave,
    Lesson,
    Member,
    Observation,
    Recording,
    Register,
    Stay,
    Subject,
    Term,
)
from console.outbox.mirrored_admin import REMOTE_FIELDS, MirroredAdmin
from console.policy.admin import ReadOnlyAdmin, ScopedRelatedFilter


class TeacherFilter(ScopedRelatedFilter):
    """Filter that offers only people who may teach."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        enterprise = getattr(request.user, "enterprise_id", None) or 0
        return [(str(one.pk), str(one)) for one in active_people(enterprise, *TEACHING_ROLES)]


@admin.register(Lesson)
class LessonAdmin(MirroredAdmin):
    """Admin of lessons. Deleting a lesson cancels it: the row stays, the class is deleted from the API."""

    resource = "lesson"
    form = LessonAdminForm
    list_display = ("topic", "teacher", "starts_at", "ends_at", "status", "cancelled_at", "sync_state")
    list_filter = ("starts_at", "status", "sync_state", ("teacher", TeacherFilter))
    list_select_related = ("teacher", "enterprise")
    search_fields = ("topic",)
    acts = {
        "start": (_("Start"), services.start_lesson),
        "stop": (_("End"), services.stop_lesson),
        "pull": (_("Pull from iclass"), services.pull_lesson),
        "push": (_("Send to iclass"), services.push_lesson),
    }
    status_fields = ("status", "real_started_at", "real_ended_at", "cancelled_at", "final_at")
    readonly_fields = (*status_fields, *REMOTE_FIELDS)
    fieldsets = (
        (None, {"fields": ("topic", "teacher", "starts_at", "ends_at", "class_type")}),
        (_("People"), {"fields": ("students", "staff", "reason")}),
        (_("More"), {"fields": SETTING_NAMES}),
        (_("Compare with iclass"), {"fields": readonly_fields}),
    )

    @admin.display(description=_("students"))
    def students(self, lesson: Lesson) -> str:
        """Shown for a locked lesson, which has no form."""
        return _names(lesson, Member.Role.STUDENT)

    @admin.display(description=_("assistants and supervisors"))
    def staff(self, lesson: Lesson) -> str:
        return _names(lesson, Member.Role.ASSISTANT, Member.Role.SUPERVISOR)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Running and finished lessons are read-only, as in the API."""
        return super().has_change_permission(request, obj) and not (obj and obj.locked)

    def deletion_refusal(self, obj: Lesson) -> str:
        if obj.cancelled_at:
            return gettext("This lesson is already cancelled.")
        if obj.status == Status.ING:
            return gettext("This lesson is running. End it first, then cancel it.")
        if obj.status == Status.END:
            return gettext("This lesson has ended. Its register and recordings are kept.")
        return ""

    def service_save(self, request: HttpRequest, obj: Lesson, form: "ModelForm[Any]", change: bool) -> None:
        by: Any = request.user
        fields = dict(form.cleaned_data)
        fields["conflict_reason"] = fields.pop("reason")
        if change:
            stored = Lesson.objects.get(pk=obj.pk)
            services.edit_lesson(lesson=stored, by=by, seen=getattr(form, "seen", None), **fields)
            return
        obj.pk = services.schedule_lesson(by=by, **fields).pk

    def service_delete(self, request: HttpRequest, obj: Lesson) -> None:
        by: Any = request.user
        services.cancel_lesson(lesson=obj, by=by)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        """Report a cancellation; the default message says that the object was deleted."""
        self.message_user(request, gettext("“%(lesson)s” has been cancelled.") % {"lesson": obj_display})
        return redirect("admin:classes_lesson_changelist")


def _names(lesson: Lesson, *roles: str) -> str:
    members = lesson.members.filter(role__in=roles).select_related("user")
    return ", ".join(str(one.user) for one in members)


@admin.register(Course)
class CourseAdmin(ReadOnlyAdmin):
    resource = "course"
    list_display = ("title", "teacher", "starts_local", "rrule")
    list_select_related = ("teacher",)
    list_filter = ("class_type", "term", "subject", ("teacher", TeacherFilter))
    search_fields = ("title",)


@admin.register(Term)
class TermAdmin(ReadOnlyAdmin):
    resource = "term"
    list_display = ("name", "starts_on", "ends_on")
    list_filter = ("starts_on",)
    date_hierarchy = "starts_on"


@admin.register(Subject)
class SubjectAdmin(ReadOnlyAdmin):
    resource = "subject"
    list_display = ("name", "colour")
    list_filter = ("colour",)
    search_fields = ("name",)


@admin.register(Holiday)
class HolidayAdmin(ReadOnlyAdmin):
    resource = "term"
    list_display = ("name", "term", "starts_on", "ends_on")
    list_filter = ("term",)
    date_hierarchy = "starts_on"


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
    list_filter = ("evidence", "entered_at")


@admin.register(Observation)
class ObservationAdmin(ReadOnlyAdmin):
    resource = "evidence"
    list_display = ("id", "lesson", "source", "user_id", "present", "entered_at", "left_at", "seen_at")
    list_select_related = ("lesson",)
    list_filter = ("source", "seen_at")


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyAdmin):
    """All corrections, superseded ones included."""

    resource = "attendance"
    list_display = ("id", "lesson", "user_id", "instead_of", "mark", "kind", "by", "created_at")
    list_select_related = ("lesson", "by")
    list_filter = ("kind", "mark")
    date_hierarchy = "created_at"


@admin.register(CallbackDifference)
class CallbackDifferenceAdmin(ReadOnlyAdmin):
    resource = "attendance"
    list_display = ("id", "lesson", "user_id", "entered", "told_at", "received_at", "decided_by")
    list_select_related = ("lesson", "decided_by")
    list_filter = ("entered", "received_at", "decided_at")


@admin.register(GuestCredit)
class CreditAdmin(ReadOnlyAdmin):
    resource = "attendance"
    list_display = ("id", "lesson", "guest_id", "person", "by", "created_at", "undone_at")
    list_select_related = ("lesson", "person", "by")
    list_filter = ("undone_at",)
    date_hierarchy = "created_at"


@admin.register(Appeal)
class AppealAdmin(ReadOnlyAdmin):
    resource = "appeal"
    list_display = ("id", "lesson", "person", "mark", "state", "created_at", "answered_by", "answered_at")
    list_select_related = ("lesson", "person", "answered_by")
    list_filter = ("state",)
    date_hierarchy = "created_at"


@admin.register(Leave)
class LeaveAdmin(ReadOnlyAdmin):
    resource = "leave"
    list_display = (
        "id",
        "person",
        "begins_at",
        "ends_at",
        "kind",
        "state",
        "by",
        "created_at",
        "answered_by",
    )
    list_select_related = ("person", "by", "answered_by")
    list_filter = ("state", "kind")
    date_hierarchy = "begins_at"


@admin.register(Register)
class RegisterAdmin(ReadOnlyAdmin):
    """Closed registers, one row per revision."""

    resource = "attendance"
    list_display = ("id", "lesson", "number", "digest", "closed_by", "closed_at", "reopened_at")
    list_select_related = ("lesson", "closed_by")
    list_filter = ("closed_at", "reopened_at")


@admin.register(Alarm)
class AlarmAdmin(ReadOnlyAdmin):
    resource = "alarm"
    list_display = ("id", "kind", "lesson", "raised_at", "resolved_at", "acknowledged_by")
    list_select_related = ("lesson", "acknowledged_by")
    list_filter = ("kind", "raised_at", "resolved_at")


@admin.register(Recording)
class RecordingAdmin(ReadOnlyAdmin):
    resource = "recording"
    list_display = ("video_id", "lesson", "video_type", "user_id", "seconds", "bytes", "received_at")
    list_select_related = ("lesson",)
    list_filter = ("video_type", "received_at")
    exclude = ("url", "raw")


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    resource = "entry"
    list_display = ("id", "lesson", "act", "person", "nickname", "sync_state", "created_at")
    list_select_related = ("lesson", "person")
    list_filter = ("act", "sync_state", "created_at")
    exclude = ("password", "user_token", "user_sig", "seal_id")
