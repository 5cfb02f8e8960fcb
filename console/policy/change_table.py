"""Which tables make up the rows of each REST list: what they show changes when one of these is written.

A list whose model is not here has no `updated_since`. Models of apps are named by string, as everywhere below
the apps.
"""

from typing import NamedTuple

#: The parameter of lists.
UPDATED_SINCE = "updated_since"


class Part(NamedTuple):
    """A table of which the rows of a list show something.

    `path` leads to the row of the list by names of keys. `columns` are the fields that it shows; empty: all.
    """

    model: str
    path: str
    columns: tuple[str, ...] = ()


#: Fields that no list shows and that are written all the time.
BOOKKEEPING = frozenset(
    (
        *("look_at", "looked_at", "look_failures", "look_owner", "look_until", "look_fence"),
        *("observed_at", "last_login", "password", "lease_owner", "lease_until", "fence", "version"),
    )
)
#: The model of a list, and the tables of its rows besides its own.
LISTS: dict[str, tuple[Part, ...]] = {
    "accounts.User": (),
    "accounts.StudentGroup": (
        Part("accounts.GroupMembership", "group"),
        Part("accounts.TeacherInCharge", "group"),
    ),
    "accounts.Grade": (
        Part("accounts.StudentGroup", "grade", ("grade", "archived_at")),
        Part("accounts.GroupMembership", "group__grade"),
    ),
    "accounts.TeacherInCharge": (),
    "documents.Document": (),
    "classes.Lesson": (Part("classes.Member", "lesson", ("user", "role")),),
    "classes.Course": (
        Part("classes.Course_assistants", "course"),
        Part("classes.Course_members", "course"),
        Part("classes.Course_groups", "course"),
        Part("classes.Lesson", "course", ("course",)),
    ),
    "classes.Subject": (Part("classes.Subject_teachers", "subject"),),
    "classes.Recording": (),
    "classes.Attendance": (),
    "classes.Appeal": (),
    "classes.GuestCredit": (),
    "classes.Leave": (Part("classes.LeaveFile", "leave"),),
    "classes.AttendanceCode": (Part("classes.CodeUse", "code"),),
    "classes.AttendanceWarning": (Part("classes.WarningFollowUp", "warning"),),
    "classes.ThresholdRule": (),
    "classes.TeacherAbsence": (),
    "classes.Cover": (),
    "classes.ExportSchedule": (Part("classes.ExportSchedule_recipients", "exportschedule"),),
    "classes.ExportRun": (),
    "outbox.Operation": (),
    "inbox.Callback": (),
    "jobs.Job": (),
    "audit.AuditEntry": (),
    "notices.MessagingApp": (),
    "notices.MessagingBot": (),
    "notices.Message": (),
    "webhooks.WebhookEndpoint": (Part("webhooks.WebhookGate", "endpoint", ("held_for",)),),
}
