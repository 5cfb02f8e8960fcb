"""Notification types and the topic about attendance warnings."""

from django.utils.translation import gettext_lazy as _

from accounts.models.roles import Role
from classes.attendance.thresholds.crossings import Kind
from console.notifications.topics import EmailFrequency, Topic, register_topic
from console.notifications.types import NotificationType, register_type

register_topic(
    Topic(
        "warnings",
        _("Attendance warnings"),
        (Role.SUPERADMIN, Role.ADMIN, Role.TEACHER, Role.ASSISTANT),
        EmailFrequency.DAILY,
    )
)

_NEXT = _("The warning shows the lessons and their marks. Say there that you handle it.")
_APPEAL = _("Talk to your teacher. If a mark is wrong, appeal against it in the register of the lesson.")
for _kind, _title, _own_title in (
    (
        Kind.ABSENCES,
        _("A student was absent %(count)d times in a row"),
        _("You were absent %(count)d times in a row"),
    ),
    (
        Kind.RATE,
        _("A student's attendance rate has fallen to %(share)s"),
        _("Your attendance rate has fallen to %(share)s"),
    ),
    (
        Kind.LATE,
        _("A student was late %(count)d times within %(days)d days"),
        _("You were late %(count)d times within %(days)d days"),
    ),
    (
        Kind.UNKNOWN,
        _("No data about a student in %(count)d lessons within %(days)d days"),
        _("There are no data about you in %(count)d lessons within %(days)d days"),
    ),
):
    register_type(
        NotificationType(f"warning.{_kind}", _title, _NEXT, "warnings", tone="warn", icon="user-exclamation")
    )
    register_type(
        NotificationType(
            f"warning.own_{_kind}", _own_title, _APPEAL, "marks", tone="warn", icon="user-exclamation"
        )
    )

register_type(
    NotificationType(
        "warning.many",
        _("%(n)d new attendance warnings"),
        _("The list shows all of them, the newest first."),
        "warnings",
        tone="warn",
        icon="user-exclamation",
    )
)
_BACK, _WHY = (
    _("An attendance warning was taken back"),
    _("Marks were corrected since, so it no longer counts."),
)
register_type(NotificationType("warning.back", _BACK, _WHY, "warnings", tone="ok", icon="user-check"))
register_type(NotificationType("warning.own_back", _BACK, _WHY, "marks", tone="ok", icon="user-check"))
