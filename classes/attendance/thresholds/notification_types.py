"""Notification types and the topic about attendance warnings."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

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
_TALK = _("Talk to your teacher, also if a mark is wrong.")
_APPEAL = _("Talk to your teacher. If a mark is wrong, appeal against it in the register of the lesson.")
for _kind, _title, _own_title in (
    (
        Kind.ABSENCES,
        ngettext_lazy(
            "A student was absent %(count)d time in a row",
            "A student was absent %(count)d times in a row",
            "count",
        ),
        ngettext_lazy(
            "You were absent %(count)d time in a row",
            "You were absent %(count)d times in a row",
            "count",
        ),
    ),
    (
        Kind.RATE,
        _("A student's attendance rate has fallen to %(share)s"),
        _("Your attendance rate has fallen to %(share)s"),
    ),
    (
        Kind.LATE,
        ngettext_lazy(
            "A student was late %(count)d time within %(days)d days",
            "A student was late %(count)d times within %(days)d days",
            "count",
        ),
        ngettext_lazy(
            "You were late %(count)d time within %(days)d days",
            "You were late %(count)d times within %(days)d days",
            "count",
        ),
    ),
    (
        Kind.UNKNOWN,
        ngettext_lazy(
            "No data about a student in %(count)d lesson within %(days)d days",
            "No data about a student in %(count)d lessons within %(days)d days",
            "count",
        ),
        ngettext_lazy(
            "There are no data about you in %(count)d lesson within %(days)d days",
            "There are no data about you in %(count)d lessons within %(days)d days",
            "count",
        ),
    ),
):
    register_type(
        NotificationType(f"warning.{_kind}", _title, _NEXT, "warnings", tone="warn", icon="user-exclamation")
    )
    for _own_kind, _advice in ((f"warning.own_{_kind}", _APPEAL), (f"warning.own_{_kind}_final", _TALK)):
        register_type(
            NotificationType(_own_kind, _own_title, _advice, "marks", tone="warn", icon="user-exclamation")
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
