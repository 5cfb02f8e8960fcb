"""The policy table in words: resources, actions, fields, and the exceptions that no cell can say."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

RESOURCES: dict[str, str | Promise] = {
    "school": _("School settings"),
    "person": _("People"),
    "import": _("Imports"),
    "export": _("Long exports of people"),
    "group": _("Groups"),
    "course": _("Courses"),
    "lesson": _("Lessons"),
    "term": _("Terms and holidays"),
    "wall": _("Live wall"),
    "alarm": _("Alarms"),
    "call": _("Calls to the missing"),
    "report": _("Reports"),
    "tally": _("Registers in numbers"),
    "samples": _("Engagement samples"),
    "timetable_import": _("Imports of timetables"),
    "feed": _("Calendar feeds"),
    "entry": _("Entries into the room"),
    "member": _("Members of lessons"),
    "attendance": _("Attendance"),
    "recording": _("Recordings"),
    "appeal": _("Appeals against a mark"),
    "leave": _("Leave of students"),
    "document": _("Courseware"),
    "operation": _("Errands to iclass"),
    "attempt": _("Tries of an errand"),
    "evidence": _("Evidence of presence"),
    "callback": _("News from iclass"),
    "drift": _("Differences"),
    "job": _("Long work"),
    "notice": _("Notices"),
    "audit": _("Audit trail"),
    "visit": _("Visits of operators"),
    "policy": _("Roles and rights"),
    "token": _("REST tokens"),
}

ACTIONS: dict[str, str | Promise] = {
    "list": pgettext_lazy("right", "see the list"),
    "view": pgettext_lazy("right", "open one"),
    "add": pgettext_lazy("right", "add"),
    "change": pgettext_lazy("right", "change"),
    "delete": pgettext_lazy("right", "delete"),
    "pull": pgettext_lazy("right", "look at iclass"),
    "push": pgettext_lazy("right", "send to iclass"),
    "export": pgettext_lazy("right", "take as a file"),
    "import": pgettext_lazy("right", "import from a file"),
    "undo": pgettext_lazy("right", "undo"),
    "reveal": pgettext_lazy("right", "show contacts whole"),
    "reveal_token": pgettext_lazy("right", "show the entry card"),
    "reveal_link": pgettext_lazy("right", "show the room's address"),
    "reveal_password": pgettext_lazy("right", "show the lesson's password"),
    "new_token": pgettext_lazy("right", "give out a new entry token"),
    "reset_sign_in": pgettext_lazy("right", "unlock and reset the second factor"),
    "erase": pgettext_lazy("right", "erase personal data"),
    "start": pgettext_lazy("right", "start"),
    "stop": pgettext_lazy("right", "end"),
    "cancel": pgettext_lazy("right", "cancel"),
    "enter_for": pgettext_lazy("right", "put somebody into the room"),
    "take_out": pgettext_lazy("right", "take somebody out of the room"),
    "visitor_pass": pgettext_lazy("right", "give a visitor a pass"),
    "correct": pgettext_lazy("right", "correct a mark"),
    "close": pgettext_lazy("right", "close a register"),
    "reopen": pgettext_lazy("right", "reopen a register"),
    "acknowledge": pgettext_lazy("right", "take care of"),
    "send_again": pgettext_lazy("right", "send again"),
    "mark_done": pgettext_lazy("right", "mark as done"),
    "park": pgettext_lazy("right", "put aside"),
    "replay": pgettext_lazy("right", "handle again"),
    "take": pgettext_lazy("right", "take theirs"),
    "ignore": pgettext_lazy("right", "ignore"),
    "restore": pgettext_lazy("right", "look at again"),
    "enter": pgettext_lazy("right", "enter a school"),
    "oversee": pgettext_lazy("right", "see everybody's"),
    "withdraw": pgettext_lazy("right", "end anybody's"),
    "copy": pgettext_lazy("right", "copy"),
    "credit": pgettext_lazy("right", "credit to somebody"),
    "attach": pgettext_lazy("right", "attach"),
    "excuse": pgettext_lazy("right", "excuse"),
    "answer": pgettext_lazy("right", "answer"),
    "set_rules": pgettext_lazy("right", "set the rules"),
}

FIELDS: dict[str, str | Promise] = {
    "phone_no": _("phone"),
    "e_mail": _("e-mail"),
    "user_token": _("entry token"),
    "teacher_url": _("room address of the teacher"),
    "student_url": _("room address of the students"),
}

#: What the cells of the table say, for rows and for fields.
REACH: dict[str, str | Promise] = {
    "A": pgettext_lazy("reach", "every school"),
    "S": pgettext_lazy("reach", "the school"),
    "O": pgettext_lazy("reach", "own"),
    "-": pgettext_lazy("reach", "no"),
}
SIGHT: dict[str, str | Promise] = {
    "C": pgettext_lazy("sight", "whole"),
    "M": pgettext_lazy("sight", "masked"),
    "-": pgettext_lazy("sight", "hidden"),
}

EXCEPTIONS: tuple[str | Promise, ...] = (
    _(
        "An operator belongs to no school. They enter one with a reason and for %(visit)d minutes, which the "
        "school sees while it lasts and later. Inside they have the column of the operator for that "
        "school alone; adding schools and entering them is left outside."
    ),
    _(
        "“Own” are the lessons that one teaches, assists or attends with what belongs to them, one's own "
        "courseware, exports, tokens and notices, and oneself."
    ),
    _("Only a superadmin makes a superadmin, changes one, or ends their sign-in, entry token or REST token."),
    _("Nobody deactivates themselves, and what was erased of a person is not filled in again."),
    _(
        "Superadmins, administrators and operators set up a second factor first. New keys, the callback "
        "address and new REST tokens want a password or code that is at most %(proof)d minutes old."
    ),
    _("A REST token does what both its scopes and the role of its person allow."),
    _(
        "Contacts are masked wherever many are seen. Showing them whole and taking them as a file is on "
        "record."
    ),
)


def resource_words(resource: str) -> str | Promise:
    """A resource that nobody has named is shown as it is written."""
    return RESOURCES.get(resource, resource)


def action_words(action: str) -> str | Promise:
    return ACTIONS.get(action, action)


def field_words(field: str) -> str | Promise:
    return FIELDS.get(field, field)
