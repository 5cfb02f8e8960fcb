"""What every address is about: the resource and the action of the policy table, and the row in the address.

A new address gets a line here, or `test_matrix.py` fails. Lines are in the order of the apps; `about` is for
one row (named after the world's subject in `world.py`), `of` for pages that name none.
"""

from typing import NamedTuple

REPORTS = ("school", "course", "group", "absences", "registers", "teachers", "usage")
FILES = ("csv", "xlsx")
WARNING_ACTS = ("acknowledge", "close", "follow_up")


class Expected(NamedTuple):
    """`subject` is empty where the address names no row. `who`: "table" asks the policy table, "everybody" is
    a door without sign-in, "signed in" is everybody's own account, "inside" asks the table about
    who stands in a school, "nobody" opens for none."""

    resource: str = ""
    action: str = ""
    subject: str = ""
    who: str = "table"


def of(resource: str, action: str) -> Expected:
    return Expected(resource, action)


def about(resource: str, action: str, subject: str = "") -> Expected:
    return Expected(resource, action, subject or resource)


EVERYBODY, SIGNED_IN, NOBODY = Expected(who="everybody"), Expected(who="signed in"), Expected(who="nobody")


def acts(prefix: str, resource: str, *names: str, subject: str = "") -> dict[str, Expected]:
    """Addresses named `prefix` + action, each about one row."""
    return {f"{prefix}{name}": about(resource, name, subject) for name in names}


def desk(prefix: str, resource: str, *names: str) -> dict[str, Expected]:
    """Acts on one row, and on many that are named in the request."""
    return acts(prefix, resource, *names) | {f"{prefix}many_{name}": of(resource, name) for name in names}


PAGES: dict[str, Expected] = {
    "callbacks:receive": EVERYBODY,
    "set_language": EVERYBODY,
    "schema": EVERYBODY,
    "healthz": EVERYBODY,
    "readyz": EVERYBODY,
    "metrics": EVERYBODY,
    "openid_connect_login": EVERYBODY,
    "openid_connect_callback": EVERYBODY,
    "outbox:operations": of("operation", "list"),
    "outbox:operation": about("operation", "view"),
    **desk("outbox:", "operation", "send_again", "mark_done", "park"),
    "inbox:callbacks": of("callback", "list"),
    "inbox:queues": of("callback", "list"),
    "inbox:callback": about("callback", "view"),
    "inbox:replay": about("callback", "replay"),
    "inbox:replay_many": of("callback", "replay"),
    "mirror:differences": of("drift", "list"),
    "mirror:difference": about("drift", "view"),
    **desk("mirror:", "drift", "push", "take", "ignore", "restore"),
    "audit:entries": of("audit", "list"),
    "audit:entry": about("audit", "view"),
    "audit:entries_file": of("audit", "export"),
    "audit:looks": of("audit", "list"),
    "audit:looks_file": of("audit", "export"),
    "audit:evidence": of("audit", "export"),
    "policy:rights": of("policy", "view"),
    "search": SIGNED_IN,
    "jobs:jobs": of("job", "list"),
    "jobs:job": about("job", "view"),
    "jobs:stop": about("job", "stop"),
    "notices:notices": of("notice", "list"),
    "notices:read": of("notice", "change"),
    "notices:open": about("notice", "change"),
    **dict.fromkeys(("notices:mails", "notices:mails_off"), EVERYBODY),
    **dict.fromkeys(("accounts:sign_in", "accounts:sign_in_code", "accounts:sign_out"), EVERYBODY),
    **dict.fromkeys(("accounts:password_link", "accounts:set_password"), EVERYBODY),
    **dict.fromkeys(("accounts:picture", "accounts:logo"), EVERYBODY),
    **dict.fromkeys(
        (
            "accounts:my_sign_in",
            "accounts:my_password",
            "accounts:my_mails",
            "accounts:factor_setup",
            "accounts:factor_off",
            "accounts:recovery_codes",
            "accounts:recovery_codes_file",
            "accounts:recovery_codes_new",
            "accounts:sessions_end",
            "accounts:session_end",
        ),
        SIGNED_IN,
    ),
    "accounts:my_tokens": of("token", "list"),
    "accounts:token_add": of("token", "add"),
    "accounts:token_withdraw": about("token", "delete"),
    "accounts:tokens": of("token", "oversee"),
    "accounts:tokens_withdraw": about("token", "withdraw"),
    "accounts:people": of("person", "list"),
    "accounts:person_add": of("person", "add"),
    "accounts:people_bulk_group": of("group", "change"),
    "accounts:people_bulk_token": of("person", "new_token"),
    "accounts:people_bulk_password": of("person", "password_link"),
    "accounts:people_bulk_cards": of("person", "reveal_token"),
    "accounts:people_bulk_export": of("person", "export"),
    "accounts:people_bulk_deactivate": of("person", "change"),
    "accounts:people_bulk_result": about("job", "view", "people changed"),
    **{f"accounts:person_{name}": about("person", "change") for name in ("edit", "deactivate", "reactivate")},
    "accounts:person_card": about("person", "reveal_token"),
    "accounts:person_contacts": about("person", "reveal"),
    "accounts:person_erase": about("person", "erase"),
    **dict.fromkeys(("accounts:person_factor", "accounts:person_unlock"), about("person", "reset_sign_in")),
    "accounts:person_password": about("person", "password_link"),
    "accounts:person_password_revoke": about("person", "password_link"),
    "accounts:person_token": about("person", "new_token"),
    **acts("accounts:person_", "person", "pull", "push"),
    "accounts:people_export": of("person", "export"),
    "accounts:groups_export": of("group", "export"),
    "accounts:export": about("export", "view"),
    "accounts:export_file": about("export", "export"),
    "accounts:imports": of("import", "list"),
    "accounts:import_add": of("import", "add"),
    "accounts:import_template": of("import", "add"),
    "accounts:import": about("import", "view"),
    **{f"accounts:import_{name}": about("import", "change") for name in ("columns", "apply")},
    "accounts:import_undo": about("import", "undo"),
    "accounts:import_refused": about("import", "view"),
    "accounts:groups": of("group", "list"),
    "accounts:group_add": of("group", "add"),
    "accounts:group_cards": Expected("person", "reveal_token", "group"),
    "accounts:school": Expected("school", "view", who="inside"),
    "accounts:school_callback": Expected("school", "connect", who="inside"),
    "accounts:school_old_key": Expected("school", "connect", who="inside"),
    "accounts:school_add": of("school", "add"),
    "accounts:school_pull": Expected("school", "pull", who="inside"),
    "accounts:school_test": Expected("school", "pull", who="inside"),
    "accounts:school_edit": Expected("school", "change", who="inside"),
    "accounts:visits": of("visit", "list"),
    "accounts:schools": of("visit", "enter"),
    "accounts:school_enter": of("visit", "enter"),
    "accounts:school_leave": of("school", "list"),
    "documents:courseware": of("document", "list"),
    "documents:add": of("document", "add"),
    "documents:begin": of("document", "add"),
    **dict.fromkeys(("documents:piece", "documents:done"), about("document", "add", "upload")),
    "documents:anew": about("document", "change"),
    "documents:file": about("document", "view"),
    **acts("documents:", "document", "delete", "pull", "push"),
    "documents:shared": EVERYBODY,
    "classes:recordings": of("recording", "list"),
    "classes:recording_people": of("recording", "list"),
    "classes:recording": about("lesson", "view"),
    "classes:recording_edit": about("recording", "change", "lesson"),
    "classes:recording_bin": about("recording", "delete", "lesson"),
    "classes:recording_restore": about("recording", "delete", "lesson"),
    "classes:play": about("recording", "view"),
    "classes:document": about("document", "view"),
    "classes:lesson_decks": about("lesson", "attach"),
    "classes:course_decks": about("course", "attach"),
    "classes:recording_copy": about("recording", "copy", "lesson"),
    "classes:courses": of("course", "list"),
    "classes:course_add": of("course", "add"),
    "classes:course": about("course", "view"),
    "classes:course_edit": about("course", "change"),
    "classes:course_cancel": about("course", "delete"),
    "classes:year": of("term", "list"),
    "classes:term_add": of("term", "add"),
    "classes:term_edit": about("term", "change"),
    "classes:term_delete": about("term", "delete"),
    "classes:holiday_add": of("term", "add"),
    "classes:holiday_edit": about("term", "change", "holiday"),
    "classes:holiday_delete": about("term", "delete", "holiday"),
    "classes:holiday_lessons": about("term", "change", "holiday"),
    "classes:home": of("lesson", "list"),
    "classes:wall": of("wall", "list"),
    "classes:lessons": of("lesson", "list"),
    "classes:lesson_add": of("lesson", "add"),
    "classes:lesson": about("lesson", "view"),
    "classes:lesson_edit": about("lesson", "change"),
    "classes:lesson_password": about("lesson", "reveal_password"),
    "classes:feeds": of("feed", "list"),
    "classes:feed_add": of("feed", "add"),
    "classes:feed_revoke": about("feed", "delete"),
    "classes:feed": EVERYBODY,
    "classes:timetable_imports": of("timetable_import", "list"),
    "classes:timetable_import_add": of("timetable_import", "add"),
    "classes:timetable_import_example": of("timetable_import", "add"),
    "classes:timetable_import": about("timetable_import", "view"),
    "classes:timetable_import_columns": about("timetable_import", "change"),
    "classes:timetable_import_refused": about("timetable_import", "view"),
    "classes:timetable_import_apply": about("timetable_import", "change"),
    "classes:timetable_import_undo": about("timetable_import", "undo"),
    "classes:conflicts": of("lesson", "add"),
    "classes:absences": of("cover", "view"),
    "classes:absence_add": of("cover", "add"),
    "classes:absence": about("cover", "view", "absence"),
    "classes:absence_withdraw": about("cover", "change", "absence"),
    "classes:covers": of("cover", "list"),
    "classes:cover_undo": about("cover", "change"),
    "classes:timetable": of("lesson", "list"),
    "classes:timetable_lessons": of("lesson", "list"),
    "classes:lesson_move": about("lesson", "change"),
    "classes:lesson_members": about("lesson", "change"),
    "classes:lessons_many": of("lesson", "change"),
    "classes:lessons_many_cancel": of("lesson", "cancel"),
    "classes:course_lessons": about("lesson", "change", "course"),
    "classes:timetable_many": of("lesson", "change"),
    "classes:lessons_changed": about("job", "view", "lessons changed"),
    "classes:lesson_live": about("lesson", "view"),
    **acts("classes:lesson_", "lesson", "start", "stop", "cancel", "pull", "push"),
    **{f"classes:report_{name}": of("report", "list") for name in REPORTS},
    "classes:report_registers": of("register", "list"),
    "classes:report_schedules": of("report_schedule", "list"),
    "classes:report_schedule_add": of("report_schedule", "add"),
    **{f"classes:report_schedule_{name}": about("report_schedule", "change") for name in ("switch", "send")},
    "classes:report_schedule_delete": about("report_schedule", "delete"),
    **{f"classes:report_{name}_{kind}": of("report", "export") for name in REPORTS for kind in FILES},
    "classes:report_matrix": of("attendance_matrix", "list"),
    **{f"classes:report_matrix_{kind}": of("attendance_matrix", "export") for kind in FILES},
    "classes:report_matrix_student": about("attendance_matrix", "list", "taught student"),
    "classes:report_student": about("person", "view"),
    **{f"classes:report_student_{kind}": Expected("attendance", "export", "person") for kind in FILES},
    "classes:alarms": of("alarm", "list"),
    "classes:alarm_acknowledge": about("alarm", "acknowledge"),
    "classes:call": Expected("call", "add", "lesson"),
    "classes:room_access": Expected("entry", "list", "lesson"),
    **acts("classes:lesson_", "lesson", "enter_for", "take_out", "visitor_pass"),
    **{f"classes:lesson_{name}": about("lesson", "enter_room") for name in ("enter", "token")},
    "classes:pass": about("entry", "reveal"),
    "classes:attendance": about("attendance", "view", "lesson"),
    **{f"classes:attendance_{kind}": about("attendance", "export", "lesson") for kind in ("csv", "xlsx")},
    "classes:register_json": about("attendance", "export", "lesson"),
    "classes:marks_correct": about("attendance", "correct", "lesson"),
    "classes:registers_close": of("attendance", "close"),
    **{f"classes:register_{act}": about("attendance", act, "lesson") for act in ("close", "reopen")},
    "classes:differences_keep": about("attendance", "correct", "lesson"),
    "classes:drop_excuse": about("attendance", "excuse", "lesson"),
    **{f"classes:{one}_rules": about("attendance", "set_rules", one) for one in ("lesson", "course")},
    "classes:appeal_add": about("appeal", "add", "attendance"),
    "classes:guest_credit": about("attendance", "credit"),
    "classes:credit_undo": about("attendance", "credit", "credit"),
    "classes:appeals": of("appeal", "list"),
    "classes:appeal": about("appeal", "view"),
    "classes:appeal_answer": about("attendance", "answer", "appeal"),
    "classes:leaves": of("leave", "list"),
    "classes:leave_add": of("leave", "add"),
    "classes:leave_approve": of("leave", "answer"),
    "classes:leave_calendar": of("leave", "list"),
    "classes:leave": about("leave", "view"),
    "classes:leave_answer": about("leave", "answer"),
    "classes:leave_withdraw": about("leave", "withdraw"),
    "classes:warnings": of("warning", "list"),
    "classes:warning": about("warning", "view"),
    **{f"classes:warning_{name}": about("warning", "acknowledge") for name in WARNING_ACTS},
    "classes:thresholds": of("threshold", "list"),
    "classes:threshold_add": of("threshold", "add"),
    **{f"classes:threshold_{name}": about("threshold", "change") for name in ("edit", "switch")},
    "classes:threshold_remove": about("threshold", "delete"),
    "classes:attendance_row": about("attendance", "view"),
    "classes:mark_correct": about("attendance", "correct"),
    "classes:person": about("person", "view"),
    "classes:member_phone": about("member", "reveal"),
    **{f"classes:group_{act}": about("group", "change") for act in ("edit", "archive", "restore")},
    "classes:group_pushed": about("job", "view", "group change"),
}

#: The policy resource behind each model of the Django admin, and what of it the admin offers at all.
ADMIN: dict[str, tuple[str, str]] = {
    "policy_apitoken": ("token", "list view delete"),
    "classes_lesson": ("lesson", "list view add change delete"),
    "classes_course": ("course", "list view"),
    "classes_entry": ("entry", "list view"),
    "classes_term": ("term", "list view"),
    "classes_holiday": ("term", "list view"),
    "classes_member": ("member", "list view"),
    **dict.fromkeys(("classes_attendance", "classes_correction"), ("attendance", "list view")),
    **dict.fromkeys(("classes_guestcredit", "classes_callbackdifference"), ("attendance", "list view")),
    "classes_register": ("attendance", "list view"),
    "classes_appeal": ("appeal", "list view"),
    "classes_leave": ("leave", "list view"),
    "classes_alarm": ("alarm", "list view"),
    **dict.fromkeys(("classes_stay", "classes_observation"), ("evidence", "list view")),
    "classes_recording": ("recording", "list view"),
    "documents_document": ("document", "list view"),
    "accounts_enterprise": ("school", "list view add change"),
    "accounts_user": ("person", "list view add change"),
    "accounts_studentgroup": ("group", "list view add change delete"),
    "inbox_callback": ("callback", "list view"),
    "jobs_job": ("job", "list view"),
    "mirror_ignoreddifference": ("drift", "list view"),
    "outbox_operation": ("operation", "list view"),
    "outbox_attempt": ("attempt", "list view"),
    "outbox_gate": ("operation", "list view"),
    "audit_auditentry": ("audit", "list view"),
}
#: Where the row is not called like its resource.
ADMIN_ROWS = {
    "classes_stay": "stay",
    "classes_correction": "correction",
    "classes_guestcredit": "credit",
    "classes_callbackdifference": "callback_difference",
    "classes_register": "register",
    "classes_holiday": "holiday",
    "classes_observation": "observation",
    "mirror_ignoreddifference": "ignored",
    "outbox_gate": "gate",
}
#: The admin's own pages, for everybody whom it admits.
ADMIN_FRAME = {
    *("index", "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n"),
    *("view_on_site", "app_list", ""),
}
ADMIN_ACTIONS = {"changelist": "list", "add": "add", "change": "view", "history": "view", "delete": "delete"}


def of_admin(name: str, method: str) -> Expected | None:
    """The expectation of an address of the Django admin by its name, without `admin:`; its forms look alike
    to who may only look, and take POST from who may change."""
    if name in ADMIN_FRAME:
        return Expected(who="admitted")
    table, _under, page = name.rpartition("_")
    if table not in ADMIN or page not in ADMIN_ACTIONS:
        return None
    resource, offered = ADMIN[table]
    action = "change" if (page, method) == ("change", "POST") else ADMIN_ACTIONS[page]
    if action not in offered.split():
        return NOBODY
    return Expected(
        resource, action, "" if page in ("changelist", "add") else ADMIN_ROWS.get(table, resource), "admin"
    )
