"""Notification types and the topic about attendance warnings."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models.roles import Role
from classes.attendance.thresholds.crossings import Kind
from classes.notifications.notification_types import UNNAMED
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
            "%(name)s was absent %(count)d time in a row",
            "%(name)s was absent %(count)d times in a row",
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
        _("The attendance rate of %(name)s has fallen to %(share)s"),
        _("Your attendance rate has fallen to %(share)s"),
    ),
    (
        Kind.LATE,
        ngettext_lazy(
            "%(name)s was late %(count)d time within %(days)d days",
            "%(name)s was late %(count)d times within %(days)d days",
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
            "No data about %(name)s in %(count)d lesson within %(days)d days",
            "No data about %(name)s in %(count)d lessons within %(days)d days",
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
        NotificationType(
            f"warning.{_kind}",
            _title,
            _NEXT,
            "warnings",
            tone="warn",
            icon="user-exclamation",
            defaults=UNNAMED,
        )
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
_WHY = _("Marks were corrected since, so it no longer counts.")
for _name, _back, _topic in (
    ("warning.back", _("An attendance warning was taken back: %(name)s"), "warnings"),
    ("warning.own_back", _("An attendance warning was taken back"), "marks"),
):
    register_type(
        NotificationType(_name, _back, _WHY, _topic, tone="ok", icon="user-check", defaults=UNNAMED)
    )
