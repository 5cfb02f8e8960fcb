"""Labels of the policy table: resources, actions, fields, and the exceptions that no cell can express."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

RESOURCE_LABELS: dict[str, str | Promise] = {
    "school": _("School settings"),
    "identity_provider": _("Identity providers"),
    "person": _("People"),
    "password_link": _("Password links"),
    "import": _("Imports"),
    "export": _("Large exports of people"),
    "group": _("Groups"),
    "grade": _("Grades"),
    "charge": _("Teachers in charge and heads of grade"),
    "own_group": _("My group"),
    "note": _("Notes about students"),
    "guardian": _("Guardians of students"),
    "course": _("Courses"),
    "lesson": _("Lessons"),
    "term": _("Terms and holidays"),
    "subject": _("Subjects"),
    "roll_over": _("End-of-year roll-overs"),
    "cover": _("Cover for absent teachers"),
    "wall": _("Live wall"),
    "alarm": _("Alarms"),
    "call": _("Calls to missing people"),
    "attendance_matrix": _("Attendance matrix"),
    "report": _("Reports"),
    "report_schedule": _("Reports by e-mail"),
    "export_schedule": _("Scheduled exports"),
    "register": _("Registers to close"),
    "tally": _("Attendance summaries"),
    "samples": _("Engagement samples"),
    "timetable_import": _("Timetable imports"),
    "feed": _("Calendar feeds"),
    "entry": _("Room access log"),
    "member": _("Members of lessons"),
    "attendance": _("Attendance"),
    "recording": _("Recordings"),
    "appeal": _("Attendance appeals"),
    "leave": _("Student leave"),
    "threshold": _("Warning rules"),
    "erasure": _("Erasure requests"),
    "warning": _("Attendance warnings"),
    "attendance_code": _("Attendance codes"),
    "attendance_grade": _("Attendance grades"),
    "document": _("Courseware"),
    "operation": _("Operations"),
    "attempt": _("Operation attempts"),
    "evidence": _("Attendance evidence"),
    "callback": _("Incoming events"),
    "drift": _("Differences"),
    "job": _("Background jobs"),
    "notice": _("Notifications"),
    "channel": _("Message channels"),
    "webhook": _("Webhooks"),
    "mail_server": _("Mail server"),
    "saved_view": _("Saved views of lists"),
    "waiting": _("What waits on Today"),
    "audit": _("Audit trail"),
    "visit": _("Operator visits"),
    "policy": _("Roles and permissions"),
    "token": _("REST tokens"),
}

ACTION_LABELS: dict[str, str | Promise] = {
    "list": pgettext_lazy("right", "view list"),
    "view": pgettext_lazy("right", "view details"),
    "add": pgettext_lazy("right", "add"),
    "change": pgettext_lazy("right", "change"),
    "delete": pgettext_lazy("right", "delete"),
    "connect": pgettext_lazy("right", "set up the iclass connection"),
    "pull": pgettext_lazy("right", "check iclass"),
    "push": pgettext_lazy("right", "send to iclass"),
    "export": pgettext_lazy("right", "export"),
    "import": pgettext_lazy("right", "import"),
    "undo": pgettext_lazy("right", "undo"),
    "test": pgettext_lazy("right", "test"),
    "reveal": pgettext_lazy("right", "view full contact details"),
    "reveal_token": pgettext_lazy("right", "view entry card"),
    "reveal_link": pgettext_lazy("right", "view classroom link"),
    "reveal_password": pgettext_lazy("right", "view lesson password"),
    "new_token": pgettext_lazy("right", "replace entry token"),
    "reset_sign_in": pgettext_lazy("right", "unlock and reset the second factor"),
    "password_link": pgettext_lazy("right", "create and revoke password links"),
    "erase": pgettext_lazy("right", "request to erase personal data"),
    "phone": pgettext_lazy("right", "view phones at any time"),
    "plan": pgettext_lazy("right", "change many at once and see all conflicts"),
    "subject_access": pgettext_lazy("right", "get a copy of a person's data"),
    "start": pgettext_lazy("right", "start"),
    "stop": pgettext_lazy("right", "end"),
    "cancel": pgettext_lazy("right", "cancel"),
    "make_up": pgettext_lazy("right", "schedule a make-up lesson"),
    "enter_room": pgettext_lazy("right", "enter the classroom in one's own name"),
    "enter_for": pgettext_lazy("right", "let someone into the room"),
    "take_out": pgettext_lazy("right", "remove someone from the room"),
    "visitor_pass": pgettext_lazy("right", "issue visitor's passes"),
    "correct": pgettext_lazy("right", "correct a mark"),
    "close": pgettext_lazy("right", "close a register"),
    "reopen": pgettext_lazy("right", "reopen a register"),
    "acknowledge": pgettext_lazy("right", "handle"),
    "send_again": pgettext_lazy("right", "send again"),
    "mark_done": pgettext_lazy("right", "mark as done"),
    "park": pgettext_lazy("right", "set aside"),
    "replay": pgettext_lazy("right", "process again"),
    "take": pgettext_lazy("right", "use iclass version"),
    "ignore": pgettext_lazy("right", "ignore"),
    "put_off": pgettext_lazy("right", "put off for oneself"),
    "give": pgettext_lazy("right", "give to somebody"),
    "restore": pgettext_lazy("right", "reopen"),
    "enter": pgettext_lazy("right", "enter a school"),
    "oversee": pgettext_lazy("right", "view everyone's"),
    "withdraw": pgettext_lazy("right", "revoke anyone's"),
    "copy": pgettext_lazy("right", "copy"),
    "credit": pgettext_lazy("right", "match with a student"),
    "attach": pgettext_lazy("right", "attach"),
    "excuse": pgettext_lazy("right", "excuse"),
    "answer": pgettext_lazy("right", "answer"),
    "call": pgettext_lazy("right", "record calls"),
    "file": pgettext_lazy("right", "open attachments"),
    "own": pgettext_lazy("right", "see one's own marks in a report"),
    "fix": pgettext_lazy("right", "fix as a revision"),
    "send": pgettext_lazy("right", "send to OneRoster"),
    "set_rules": pgettext_lazy("right", "set the rules"),
    "share": pgettext_lazy("right", "share with the school"),
}

FIELD_LABELS: dict[str, str | Promise] = {
    "phone_no": _("phone"),
    "e_mail": _("e-mail"),
    "user_token": _("entry token"),
    "age_group": _("age group"),
    "consent": _("consent"),
    "date_of_birth": _("date of birth"),
    "teacher_url": _("classroom link of the teacher"),
    "student_url": _("classroom link of the students"),
}

#: Labels of the cells, for rows and for fields.
SCOPE_LABELS: dict[str, str | Promise] = {
    "A": pgettext_lazy("reach", "every school"),
    "S": pgettext_lazy("reach", "own school"),
    "O": pgettext_lazy("reach", "own"),
    "-": pgettext_lazy("reach", "none"),
}
VISIBILITY_LABELS: dict[str, str | Promise] = {
    "C": pgettext_lazy("sight", "full"),
    "M": pgettext_lazy("sight", "masked"),
    "-": pgettext_lazy("sight", "hidden"),
}

POLICY_EXCEPTIONS: tuple[str | Promise, ...] = (
    _(
        "Operators do not belong to a school. They can enter one for %(visit)d minutes with "
        "a reason, and the school can see the visit during and after it. Inside, they have "
        "the permissions of the operator column for that school only; adding, editing and "
        "entering schools is not possible there."
    ),
    _(
        "“Own” covers the lessons that a person teaches, assists in or attends and "
        "everything in them, their own courseware, exports, tokens and notifications, and "
        "their own account. Of leave, it covers one's own and that of students in groups of "
        "which one is in charge. Students only request leave; it counts once approved."
    ),
    _(
        "A school can change some cells with switches; they are marked. Where a switch lets teachers change "
        "lessons, lists of people or see phones, “own” covers only the lessons that they teach."
    ),
    _(
        "Whoever is in charge of a group, or deputises, sees the marks, leave, warnings and "
        "notes of its students, and sees and exports its attendance matrix: from their first to "
        "their last day, and nothing of other groups. The file of a single student has only "
        "marks of lessons that they lead."
    ),
    _(
        "Only a superadmin can appoint or edit superadmins, or end their sessions, entry tokens "
        "and REST tokens."
    ),
    _(
        "Erasing a person takes two administrators: one requests it, another one confirms. “Own” are the "
        "requests that one made."
    ),
    _("People cannot deactivate themselves, and erased personal data cannot be filled in again."),
    _(
        "Superadmins, administrators and operators must set up a second factor first. New "
        "keys, the callback address and new REST tokens require a password or code entered "
        "in the last %(proof)d minutes."
    ),
    _("A REST token allows only what both its scopes and its owner's role allow."),
    _("Contact details are masked in lists. Viewing full values and exporting them is recorded."),
)


def resource_label(resource: str) -> str | Promise:
    """Return the label of a resource; one without a label is shown by its key."""
    return RESOURCE_LABELS.get(resource, resource)


def action_label(action: str) -> str | Promise:
    return ACTION_LABELS.get(action, action)


def field_label(field: str) -> str | Promise:
    return FIELD_LABELS.get(field, field)
