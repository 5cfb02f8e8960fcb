"""The policy table: resource × action × role, as data. What does not stand here may nobody do.

A cell is `A` every school, `S` all of my school, `O` my own (the lessons that I teach, assist or attend, and
myself), `-` nothing. The columns are the roles in the order of ROLES.

An operator has the `A` outside of schools; during a visit to one the `S`, and each `A` reaches that school
alone. There they do what a superadmin does, but for what opens contacts, tokens, classrooms and files.
"""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ROLES: dict[str, str | Promise] = {
    "operator": _("platform operator"),
    "superadmin": _("superadmin"),
    "admin": _("administrator"),
    "teacher": _("teacher"),
    "assistant": _("assistant"),
    "student": _("student"),
    "supervisor": _("supervisor"),
    "visitor": _("visitor"),
}


class Scope(StrEnum):
    """How far a right reaches."""

    ALL = "all"
    SCHOOL = "school"
    OWN = "own"
    NONE = "none"


class Sight(StrEnum):
    """How a field is shown."""

    CLEAR = "clear"
    MASKED = "masked"
    HIDDEN = "hidden"


SCOPES = {"A": Scope.ALL, "S": Scope.SCHOOL, "O": Scope.OWN, "-": Scope.NONE}
SIGHTS = {"C": Sight.CLEAR, "M": Sight.MASKED, "-": Sight.HIDDEN}

#: What an operator does outside of schools only.
OUTSIDE_ONLY = {("school", "add"), ("visit", "enter")}

#    operator · superadmin · admin · teacher · assistant · student · supervisor · visitor
TABLE: dict[str, dict[str, str]] = {
    "school": {
        "list": "A S S - - - - -",
        "view": "A S S - - - - -",
        "add": "A - - - - - - -",
        "change": "A S - - - - - -",
        "pull": "A S S - - - - -",
        "push": "S S - - - - - -",
    },
    "person": {
        "list": "S S S - - - S -",
        "view": "S S S O O O S -",
        "add": "S S S - - - - -",
        "change": "- S S - - - - -",
        "delete": "- - - - - - - -",
        "pull": "S S S - - - - -",
        "push": "S S S - - - - -",
        "new_token": "S S S - - - - -",
        "reveal": "- S S - - - - -",
        "reveal_token": "- S S - - - - -",
        "reset_sign_in": "S S S - - - - -",
        "erase": "- S S - - - - -",
        "export": "- S S - - - - -",
        "import": "- S S - - - - -",
    },
    "import": {
        "list": "- S S - - - - -",
        "view": "- S S - - - - -",
        "add": "- S S - - - - -",
        "change": "- S S - - - - -",
        "undo": "- S S - - - - -",
    },
    "export": {
        "view": "S S S - - - - -",
        "export": "- O O - - - - -",
    },
    "group": {
        "list": "S S S - - - S -",
        "view": "S S S - - - S -",
        "add": "S S S - - - - -",
        "change": "S S S - - - - -",
        "delete": "S S S - - - - -",
        "export": "- S S - - - - -",
    },
    "course": {
        "list": "S S S O O O S -",
        "view": "S S S O O O S -",
        "add": "S S S - - - - -",
        "change": "S S S - - - - -",
        "delete": "S S S - - - - -",
        "attach": "S S S O O - - -",
    },
    "term": {
        "list": "S S S - - - - -",
        "view": "S S S - - - - -",
        "add": "S S S - - - - -",
        "change": "S S S - - - - -",
        "delete": "S S S - - - - -",
    },
    "lesson": {
        "list": "S S S O O O S -",
        "view": "S S S O O O S -",
        "add": "S S S - - - - -",
        "change": "S S S - - - - -",
        "delete": "S S S - - - - -",
        "attach": "S S S O O - - -",
        "start": "S S S O O - - -",
        "stop": "S S S O O - - -",
        "cancel": "S S S - - - - -",
        "pull": "S S S O O - - -",
        "push": "S S S - - - - -",
        "reveal_link": "- S S O O - - -",
        "reveal_password": "- S S O O - - -",
        "enter_for": "- S S O O - - -",
        "take_out": "- S S O O - - -",
        "visitor_pass": "- S S O O - - -",
        "export": "- S S - - - - -",
    },
    "wall": {
        "list": "S S S O O - S -",
    },
    "tally": {
        "list": "S S S - - - S -",
    },
    "report": {
        "list": "S S S - - - S -",
        "export": "- S S - - - - -",
    },
    "alarm": {
        "list": "S S S O O - S -",
        "view": "S S S O O - S -",
        "acknowledge": "S S S O O - - -",
    },
    "call": {
        "list": "S S S O O - S -",
        "add": "S S S O O - - -",
    },
    "timetable_import": {
        "list": "- S S - - - - -",
        "view": "- S S - - - - -",
        "add": "- S S - - - - -",
        "change": "- S S - - - - -",
        "undo": "- S S - - - - -",
    },
    "feed": {
        "list": "- S S O O O O -",
        "add": "- S S O O O O -",
        "delete": "- S S O O O O -",
    },
    "entry": {
        "list": "S S S O O - - -",
        "view": "S S S O O - - -",
        "reveal": "- S S O O - - -",
    },
    "member": {
        "list": "S S S O O - S -",
        "view": "S S S O O - S -",
        "add": "S S S - - - - -",
        "change": "S S S - - - - -",
        "delete": "S S S - - - - -",
        "reveal": "- S S O O - - -",
    },
    "attendance": {
        "list": "S S S O O O S -",
        "view": "S S S O O O S -",
        "correct": "S S S O O - - -",
        "close": "S S S O O - - -",
        "reopen": "S S S O O - - -",
        "excuse": "S S S O O - - -",
        "credit": "S S S O O - - -",
        "answer": "S S S O O - - -",
        "set_rules": "S S S - - - - -",
        "export": "- S S O O - - -",
    },
    "samples": {
        "list": "S S S O O O S -",
        "view": "S S S O O O S -",
    },
    "appeal": {
        "list": "S S S O O O S -",
        "view": "S S S O O O S -",
        "add": "- - - - - O - -",
    },
    "leave": {
        "list": "S S S - - O S -",
        "view": "S S S - - O S -",
        "add": "S S S - - - - -",
        "withdraw": "S S S - - - - -",
    },
    "recording": {
        "list": "S S S O O O S -",
        "view": "S S S O O O S -",
        "change": "S S S O O - - -",
        "delete": "- S S - - - - -",
        "copy": "- S S - - - - -",
    },
    "document": {
        "list": "S S S O O - S -",
        "view": "S S S O O - S -",
        "add": "S S S O O - - -",
        "change": "S S S O O - - -",
        "delete": "S S S O O - - -",
        "pull": "S S S O O - - -",
        "push": "S S S O O - - -",
    },
    "operation": {
        "list": "S S S - - - - -",
        "view": "S S S - - - - -",
        "send_again": "S S S - - - - -",
        "mark_done": "S S S - - - - -",
        "park": "S S S - - - - -",
    },
    "attempt": {
        "list": "S S S - - - - -",
        "view": "S S S - - - - -",
    },
    "evidence": {
        "list": "S S S - - - - -",
        "view": "S S S - - - - -",
    },
    "callback": {
        "list": "S S S - - - - -",
        "view": "S S S - - - - -",
        "replay": "S S S - - - - -",
    },
    "drift": {
        "list": "S S S - - - - -",
        "view": "S S S - - - - -",
        "push": "S S S - - - - -",
        "take": "S S S - - - - -",
        "ignore": "S S S - - - - -",
        "restore": "S S S - - - - -",
    },
    "job": {
        "list": "S S S - - - - -",
        "view": "S S S - - - - -",
        "stop": "S S S - - - - -",
    },
    "notice": {
        "list": "- O O O O O O -",
        "change": "- O O O O O O -",
    },
    "audit": {
        "list": "S S S - - - - -",
        "view": "S S S - - - - -",
        "export": "- S - - - - - -",
    },
    "visit": {
        "list": "S S S - - - - -",
        "enter": "A - - - - - - -",
    },
    "policy": {
        "view": "A S S - - - - -",
    },
    "token": {
        "list": "- O O O O O O -",
        "view": "- O O O O O O -",
        "add": "- O O O O O O -",
        "delete": "- O O O O O O -",
        "oversee": "- S S - - - - -",
        "withdraw": "- S S - - - - -",
    },
}

# Fields that need more than the right to their row: `C` clear, `M` masked, `-` hidden; an action that does
# not stand here hides the field. Contacts are masked wherever many are seen; showing one whole is an act.
_CONTACT = {
    "list": "M M M - - - M -",
    "view": "M M M C C C M -",
    "add": "C C C - - - - -",
    "change": "- C C - - - - -",
    "reveal": "- C C - - - - -",
    "export": "- C C - - - - -",
}
FIELDS: dict[str, dict[str, dict[str, str]]] = {
    "person": {
        "phone_no": _CONTACT,
        "e_mail": _CONTACT,
        "user_token": {"reveal_token": "- C C - - - - -"},
    },
    # The phone of somebody who is missing from a running lesson: whoever teaches it may call them, on record.
    "member": {"phone_no": {"reveal": "- C C C C - - -"}},
    "lesson": {
        # The two addresses differ in the last digit alone, so this keeps order, not a secret.
        "teacher_url": dict.fromkeys(
            ("list", "view", "add", "change", "start", "stop", "cancel", "pull", "push", "reveal_link"),
            "- C C C C - - -",
        ),
        "student_url": dict.fromkeys(
            ("list", "view", "add", "change", "start", "stop", "cancel", "pull", "push", "reveal_link"),
            "- C C C C C C -",
        ),
    },
}
