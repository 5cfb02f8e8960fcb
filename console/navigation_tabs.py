"""The tabs of each entry of the menu, as data."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class MenuTab:
    """A page, shown to users who may do `action` on `resource` (console.policy).

    `pages` are the URL names of the pages below it; `count` names what waits there (console.ui.menu_counts).
    Tabs with the same `group` stand together under that label. `about_reader`: the address has the reader's
    key.
    """

    label: str | Promise
    url_name: str
    action: str
    resource: str
    pages: tuple[str, ...] = ()
    count: str = ""
    group: str | Promise = ""
    about_reader: bool = False


TIMETABLE = (
    MenuTab(
        _("Timetable"),
        "classes:timetable",
        "list",
        "lesson",
        pages=(
            "classes:lesson_move",
            "classes:conflicts",
            "classes:feeds",
            "classes:feed_add",
            "classes:timetable_many",
            "classes:timetable_imports",
            "classes:timetable_import_add",
            "classes:timetable_import",
            "classes:timetable_import_columns",
        ),
    ),
    MenuTab(
        _("Lessons"),
        "classes:lessons",
        "list",
        "lesson",
        pages=(
            "classes:lesson",
            "classes:lesson_add",
            "classes:lesson_edit",
            "classes:lesson_enter",
            "classes:lesson_token",
            "classes:lesson_members",
            "classes:lesson_start",
            "classes:lesson_stop",
            "classes:lesson_cancel",
            "classes:lesson_pull",
            "classes:lesson_push",
            "classes:lesson_password",
            "classes:lessons_many",
            "classes:lessons_many_cancel",
            "classes:lessons_changed",
            "classes:lesson_live",
            "classes:lesson_decks",
            "classes:lesson_enter_for",
            "classes:lesson_take_out",
            "classes:lesson_visitor_pass",
            "classes:call",
            "classes:room_access",
            "classes:pass",
            "classes:attendance",
            "classes:marks_correct",
            "classes:member_phone",
            "classes:attendance_row",
            "classes:mark_correct",
            "classes:guest_credit",
            "classes:credit_undo",
            "classes:differences_keep",
            "classes:register_close",
            "classes:register_reopen",
            "classes:drop_excuse",
            "classes:lesson_rules",
        ),
    ),
    MenuTab(
        _("Courses"),
        "classes:courses",
        "list",
        "course",
        pages=(
            "classes:course",
            "classes:course_add",
            "classes:course_edit",
            "classes:course_cancel",
            "classes:course_lessons",
            "classes:course_decks",
            "classes:course_rules",
        ),
    ),
    MenuTab(
        _("Cover"),
        "classes:absences",
        "view",
        "cover",
        pages=(
            "classes:absence_add",
            "classes:absence",
            "classes:absence_withdraw",
            "classes:cover_undo",
        ),
    ),
    MenuTab(_("My covers"), "classes:covers", "list", "cover"),
    MenuTab(
        _("Terms and holidays"),
        "classes:year",
        "list",
        "term",
        pages=(
            "classes:term_add",
            "classes:term_edit",
            "classes:term_delete",
            "classes:holiday_add",
            "classes:holiday_edit",
            "classes:holiday_lessons",
            "classes:holiday_delete",
        ),
    ),
)
LIVE = (
    MenuTab(_("Live wall"), "classes:wall", "list", "wall"),
    MenuTab(_("Alarms"), "classes:alarms", "list", "alarm", count="alarms"),
)
ATTENDANCE = (
    # Only students may appeal, because only they have marks.
    MenuTab(_("My attendance"), "classes:report_student", "add", "appeal", about_reader=True),
    MenuTab(_("Registers to close"), "classes:report_registers", "list", "register", count="registers"),
    MenuTab(
        _("Attendance matrix"),
        "classes:report_matrix",
        "list",
        "attendance_matrix",
        pages=("classes:report_matrix_student",),
    ),
    MenuTab(
        _("Leave"),
        "classes:leaves",
        "list",
        "leave",
        pages=(
            "classes:leave",
            "classes:leave_add",
            "classes:leave_answer",
            "classes:leave_approve",
            "classes:leave_withdraw",
            "classes:leave_calendar",
        ),
        count="leave",
    ),
    MenuTab(
        _("Appeals"),
        "classes:appeals",
        "list",
        "appeal",
        pages=("classes:appeal", "classes:appeal_add", "classes:appeal_answer"),
        count="appeals",
    ),
    MenuTab(
        _("Warnings"),
        "classes:warnings",
        "list",
        "warning",
        pages=(
            "classes:warning",
            "classes:thresholds",
            "classes:threshold_add",
            "classes:threshold_edit",
            "classes:threshold_remove",
        ),
        count="warnings",
    ),
    MenuTab(
        _("Reports"),
        "classes:report_school",
        "list",
        "report",
        pages=(
            "classes:report_course",
            "classes:report_group",
            "classes:report_absences",
            "classes:report_teachers",
            "classes:report_usage",
            "classes:report_schedules",
            "classes:report_schedule_add",
        ),
    ),
)
RESOURCES = (
    MenuTab(
        _("Courseware"),
        "documents:courseware",
        "list",
        "document",
        pages=("documents:add", "documents:anew", "documents:delete", "classes:document"),
    ),
    MenuTab(
        _("Recordings"),
        "classes:recordings",
        "list",
        "recording",
        pages=(
            "classes:recording",
            "classes:recording_edit",
            "classes:recording_bin",
            "classes:recording_copy",
            "classes:play",
        ),
    ),
)
PEOPLE = (
    MenuTab(
        _("People"),
        "accounts:people",
        "list",
        "person",
        pages=(
            "classes:person",
            "classes:report_student",
            "accounts:person_add",
            *(f"accounts:people_bulk_{name}" for name in ("group", "token", "cards", "export", "deactivate")),
            "accounts:people_bulk_password",
            "accounts:people_bulk_result",
            "accounts:people_export",
            "accounts:export",
            "accounts:imports",
            "accounts:import_add",
            "accounts:import",
            "accounts:import_columns",
            "accounts:person_edit",
            "accounts:person_card",
            "accounts:person_contacts",
            "accounts:person_token",
            "accounts:person_pull",
            "accounts:person_push",
            "accounts:person_unlock",
            "accounts:person_deactivate",
            "accounts:person_reactivate",
            "accounts:person_erase",
            "accounts:person_factor",
            "accounts:person_password",
            "accounts:person_password_revoke",
        ),
    ),
    MenuTab(
        _("Groups"),
        "accounts:groups",
        "list",
        "group",
        pages=(
            "accounts:group_add",
            "accounts:group_cards",
            "accounts:groups_export",
            "classes:group_edit",
            "classes:group_archive",
            "classes:group_restore",
            "classes:group_pushed",
        ),
    ),
)
SETTINGS = (
    MenuTab(
        _("School settings"),
        "accounts:school",
        "view",
        "school",
        pages=("accounts:school_edit", "accounts:visits"),
    ),
    MenuTab(_("Roles and permissions"), "policy:rights", "view", "policy"),
    MenuTab(_("REST tokens"), "accounts:tokens", "oversee", "token", pages=("accounts:tokens_withdraw",)),
    MenuTab(
        _("Audit trail"),
        "audit:entries",
        "list",
        "audit",
        pages=("audit:entry", "audit:looks", "audit:evidence"),
    ),
    MenuTab(_("Background jobs"), "jobs:jobs", "list", "job", pages=("jobs:job",)),
    MenuTab(
        _("Sent to iclass"),
        "outbox:operations",
        "list",
        "operation",
        pages=(
            "outbox:operation",
            "outbox:send_again",
            "outbox:mark_done",
            "outbox:park",
            "outbox:many_send_again",
            "outbox:many_mark_done",
            "outbox:many_park",
        ),
        count="operations",
        group=_("iclass connection"),
    ),
    MenuTab(
        _("Incoming events"),
        "inbox:callbacks",
        "list",
        "callback",
        pages=("inbox:callback", "inbox:replay", "inbox:replay_many"),
        count="callbacks",
        group=_("iclass connection"),
    ),
    MenuTab(
        _("Differences"),
        "mirror:differences",
        "list",
        "drift",
        pages=(
            "mirror:difference",
            "mirror:many_push",
            "mirror:many_take",
            "mirror:many_ignore",
            "mirror:many_restore",
        ),
        count="differences",
        group=_("iclass connection"),
    ),
)
