"""The policy table: resource × action × role, as data. What the table does not list is forbidden.

A cell is `A` every school, `S` all of the user's school, `O` the user's own rows (lessons that they teach,
assist or attend, and themselves), `-` nothing. The columns are the roles in the order of ROLES. A school can
change some cells for itself: see `switches`.

Outside of schools an operator has the `A` cells. During a visit to a school they have the `S` cells, and each
`A` is limited to that school. A visit serves to find out why something does not work: to read rows and the
exchange with iclass, to compare and resend, and to set the connection (`connect`: keys, callback address,
supported fields). It grants no role, password, token or place in a lesson, opens no contacts, cards,
classrooms, recordings or files of people, and erases nothing. So no effect of a visit outlasts it.
"""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from console.policy.attendance_rights import ATTENDANCE_RIGHTS, OFFICE

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


SCOPES = {"A": Scope.ALL, "S": Scope.SCHOOL, "O": Scope.OWN, "-": Scope.NONE}

#: What an operator does outside of schools only.
OUTSIDE_ONLY = {
    *(("school", "add"), ("school", "change"), ("visit", "enter")),
    *(("mail_server", action) for action in ("view", "change", "test")),
}

#    operator · superadmin · admin · teacher · assistant · student · supervisor · visitor
TABLE: dict[str, dict[str, str]] = {
    "school": {
        "list": "A S S - - - - -",
        "view": "A S S - - - - -",
        "add": "A - - - - - - -",
        "change": "A S - - - - - -",
        "connect": "A S - - - - - -",
        "pull": "A S S - - - - -",
        "push": "S S - - - - - -",
        "export": "- S S - - - - -",
    },
    "identity_provider": {
        "list": "- S - - - - - -",
        "view": "- S - - - - - -",
        "add": "- S - - - - - -",
        "change": "- S - - - - - -",
        "delete": "- S - - - - - -",
    },
    "person": {
        "list": "S S S - - - S -",
        "view": "S S S O O O S -",
        "add": "- S S - - - - -",
        "change": "- S S - - - - -",
        "delete": "- - - - - - - -",
        "pull": "S S S - - - - -",
        "push": "S S S - - - - -",
        "new_token": "- S S - - - - -",
        "reveal": "- S S - - - - -",
        "reveal_token": "- S S - - - - -",
        "reset_sign_in": "- S S - - - - -",
        "password_link": "- S S - - - - -",
        "erase": "- S S - - - - -",
        "subject_access": "- S S O O O O -",
        "export": "- S S - - - - -",
        "import": "- S S - - - - -",
    },
    "erasure": {
        "list": "- S S - - - - -",
        "view": "- S S - - - - -",
        "answer": "- S S - - - - -",
        "withdraw": "- O O - - - - -",
    },
    "password_link": {
        "list": "- S S - - - - -",
        "answer": "- S S - - - - -",
    },
    "import": {
        "list": "- S S - - - - -",
        "view": "- S S - - - - -",
        "add": "- S S - - - - -",
        "change": "- S S - - - - -",
        "undo": "- S S - - - - -",
    },
    "export": {
        "view": "- S S O O O O -",
        "export": "- O O O O O O -",
    },
    "group": {
        "list": "S S S - - - S -",
        "view": "S S S - - - S -",
        "add": "- S S - - - - -",
        "change": "- S S - - - - -",
        "delete": "- S S - - - - -",
        "export": "- S S - - - - -",
    },
    "grade": {
        "list": "S S S - - - S -",
        "view": "S S S - - - S -",
        "add": "- S S - - - - -",
        "change": "- S S - - - - -",
        "delete": "- S S - - - - -",
    },
    "charge": {
        "list": "S S S O O - S -",
        "view": "S S S O O - S -",
        "add": "- S S - - - - -",
        "change": "- S S - - - - -",
    },
    "own_group": {
        "list": "- O O O O - O -",
        "call": "- O O O O - - -",
    },
    "note": {
        "list": "- S S O O - O -",
        "add": "- S S O O - - -",
        "delete": "- S S O O - - -",
    },
    "guardian": {
        "list": "- S S - - - - -",
        "add": "- S S - - - - -",
        "change": "- S S - - - - -",
        "delete": "- S S - - - - -",
    },
    "course": {
        "list": "S S S O O O S -",
        "view": "S S S O O O S -",
        "add": "- S S - - - - -",
        "change": "- S S - - - - -",
        "delete": "- S S - - - - -",
        "attach": "- S S O O - - -",
        "export": "- S S - - - - -",
    },
    "term": {
        "list": "S S S - - - - -",
        "view": "S S S - - - - -",
        "add": "- S S - - - - -",
        "change": "- S S - - - - -",
        "delete": "- S S - - - - -",
        "export": "- S S - - - - -",
    },
    "subject": {
        "list": "S S S O O - S -",
        "view": "S S S O O - S -",
        "add": "- S S - - - - -",
        "change": "- S S - - - - -",
        "delete": "- S S - - - - -",
        "export": "- S S - - - - -",
    },
    "roll_over": {
        "list": "- S S - - - - -",
        "view": "- S S - - - - -",
        "add": "- S S - - - - -",
        "change": "- S S - - - - -",
        "undo": "- S S - - - - -",
    },
    "cover": {
        "list": "- O O O O - - -",
        "view": "- S S - - - - -",
        "add": "- S S - - - - -",
        "change": "- S S - - - - -",
    },
    "lesson": {
        "list": "S S S O O O S -",
        "view": "S S S O O O S -",
        "add": "- S S - - - - -",
        "change": "- S S - - - - -",
        "delete": "- S S - - - - -",
        "attach": "- S S O O - - -",
        "start": "- S S O O - - -",
        "stop": "- S S O O - - -",
        "cancel": "- S S - - - - -",
        "plan": "- S S - - - - -",
        "make_up": "- S S - - - - -",
        "pull": "S S S O O - - -",
        "push": "S S S - - - - -",
        "reveal_link": "- S S O O - - -",
        "reveal_password": "- S S O O - - -",
        "enter_room": "- S S O O O S -",
        "enter_for": "- S S O O - - -",
        "take_out": "- S S O O - - -",
        "visitor_pass": "- S S O O - - -",
        "export": "- S S - - - - -",
    },
    "wall": {
        "list": "S S S O O - S -",
    },
    "alarm": {
        "list": "S S S O O - S -",
        "view": "S S S O O - S -",
        "acknowledge": "- S S O O - - -",
        "export": "- S S - - - - -",
    },
    "call": {
        "list": "- S S O O - S -",
        "add": "- S S O O - - -",
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
        "export": "- S S - - - - -",
    },
    "member": {
        "list": "S S S O O - S -",
        "view": "S S S O O - S -",
        "add": "- S S - - - - -",
        "change": "- S S - - - - -",
        "delete": "- S S - - - - -",
        "reveal": "- S S O O - - -",
        "phone": "- - - - - - - -",
        "export": "- S S - - - - -",
    },
    **ATTENDANCE_RIGHTS,
    "recording": {
        "list": "- S S O O O S -",
        "view": "- S S O O O S -",
        "change": "- S S O O - - -",
        "delete": "- S S - - - - -",
        "copy": "- S S - - - - -",
        "export": "- S S - - - - -",
    },
    "document": {
        "list": "S S S O O - S -",
        "view": "S S S O O - S -",
        "add": "- S S O O - - -",
        "change": "- S S O O - - -",
        "delete": "- S S O O - - -",
        "pull": "S S S O O - - -",
        "push": "S S S O O - - -",
        "export": "- S S - - - - -",
    },
    "operation": {
        "list": "S S S - - - - -",
        "view": "S S S - - - - -",
        "send_again": "S S S - - - - -",
        "mark_done": "S S S - - - - -",
        "park": "S S S - - - - -",
        "export": "- S S - - - - -",
    },
    "attempt": {
        "list": "S S S - - - - -",
        "view": "S S S - - - - -",
        "export": "- S S - - - - -",
    },
    "evidence": {
        "list": "S S S - - - - -",
        "view": "S S S - - - - -",
        "export": "- S S - - - - -",
    },
    "callback": {
        "list": "S S S - - - - -",
        "view": "S S S - - - - -",
        "replay": "S S S - - - - -",
        "export": "- S S - - - - -",
    },
    "drift": {
        "list": "S S S - - - - -",
        "view": "S S S - - - - -",
        "push": "S S S - - - - -",
        "take": "- S S - - - - -",
        "ignore": "S S S - - - - -",
        "restore": "S S S - - - - -",
        "export": "- S S - - - - -",
    },
    "job": {
        "list": "S S S - - - - -",
        "view": "S S S - - - - -",
        "stop": "- S S - - - - -",
        "export": "- S S - - - - -",
    },
    "notice": {
        "list": "- O O O O O O -",
        "change": "- O O O O O O -",
    },
    "channel": {**OFFICE, "test": "- S S - - - - -"},
    "webhook": {**OFFICE, "view": "- S S - - - - -", "test": "- S S - - - - -"},
    "mail_server": {
        "view": "A - - - - - - -",
        "change": "A - - - - - - -",
        "test": "A - - - - - - -",
    },
    "saved_view": {
        "list": "- O O O O O O -",
        "view": "- O O O O O O -",
        "add": "- O O O O O O -",
        "change": "- O O O O O O -",
        "delete": "- O O O O O O -",
        "share": "- S S - - - - -",
    },
    "waiting": {
        "put_off": "- O O O O - O -",
        "give": "- S S - - - - -",
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
        "change": "- S S - - - - -",
    },
    "token": {
        "list": "- O O O O O O -",
        "view": "- O O O O O O -",
        "add": "- O O O O O O -",
        "delete": "- O O O O O O -",
        "oversee": "- S S - - - - -",
        "withdraw": "- S S - - - - -",
        "export": "- O O - - - - -",
    },
}
