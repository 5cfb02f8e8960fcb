"""Labels of the values in audit entries that are no choices of a field of their object."""

from collections.abc import Mapping

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Labels = Mapping[str, str | Promise]

#: Labels of the ways to hand over a password link.
DELIVERIES: dict[str, str | Promise] = {"card": _("printed card"), "email": _("e-mail")}

#: Labels of the ways to sign in.
SIGN_IN_METHODS: dict[str, str | Promise] = {
    "password": pgettext_lazy("fact", "password"),
    "link": pgettext_lazy("fact", "password link"),
    "sso": pgettext_lazy("fact", "single sign-on"),
    "code": pgettext_lazy("fact", "second factor"),
    "recovery": pgettext_lazy("fact", "recovery code"),
    "passkey": pgettext_lazy("fact", "passkey"),
}
#: Why something happened, where the console itself gives the reason.
REASONS: dict[str, str | Promise] = {
    "another_person": pgettext_lazy("fact", "the guardian is somebody else now"),
    "by_hand": _("An administrator paused it."),
    "command": pgettext_lazy("fact", "by a command of the operator"),
    "deactivated": pgettext_lazy("fact", "the person was deactivated"),
    "e_mail": pgettext_lazy("fact", "the e-mail address was changed"),
    "erased": pgettext_lazy("fact", "the personal data were erased"),
    "failing": _("Nothing could be delivered for three days."),
    "gone": _("The program answered that the address no longer exists (410)."),
    "passkey": pgettext_lazy("fact", "the passkeys were changed"),
    "password": pgettext_lazy("fact", "the password was changed"),
    "provider": pgettext_lazy("fact", "by the identity provider"),
    "reactivated": pgettext_lazy("fact", "the person was reactivated"),
    "renewed": pgettext_lazy("fact", "a new one was created"),
    "role": pgettext_lazy("fact", "the role was changed"),
    "second factor": pgettext_lazy("fact", "second factor"),
}
#: Labels by name in the entry and stored value.
FACT_VALUES: dict[str, Labels] = {
    "by": SIGN_IN_METHODS,
    "how": {
        "delete": pgettext_lazy("fact", "deleted"),
        "insert": pgettext_lazy("fact", "added"),
        "update": pgettext_lazy("fact", "changed"),
    },
    "kind": {
        "cancelled": _("The lesson was cancelled."),
        "nobody_came": _("No student came to the lesson."),
        "not_held": _("The lesson was not held."),
        "refused": _("iclass refused the lesson, so it did not start."),
    },
    "locked": {
        "address": _("IP address"),
        "factor": pgettext_lazy("fact", "second factor"),
        "login": _("login"),
    },
    "moved": {
        "days": _("move by a number of days"),
        "free_day": _("move each to the next free day of its course"),
    },
    "outcome": {
        "delivered": pgettext_lazy("fact", "delivered"),
        "later": pgettext_lazy("fact", "not delivered"),
        "refused": pgettext_lazy("fact", "rejected"),
        "unknown": pgettext_lazy("fact", "unknown"),
    },
    "reason": REASONS,
    "report": {
        "absences": _("Consecutive absences"),
        "grades": _("Attendance grades"),
        "group": _("Group"),
        "matrix": _("Attendance matrix"),
        "registers": _("Registers to close"),
        "school": _("School"),
        "teachers": _("Teachers"),
        "usage": _("Usage"),
    },
    "scope": {
        "all": _("all lessons that have not started"),
        "following": _("this and following lessons"),
        "this": _("this lesson only"),
    },
    "sent_as": DELIVERIES,
    "what": {"entries": _("Audit trail"), "looks": _("Access to personal data")},
    "zone": {"Asia/Shanghai": _("Beijing time")},
}
#: Fields of other models with the choices, by name in the entry.
BORROWED_CHOICES: dict[str, tuple[str, ...]] = {
    "how": ("accounts.Consent.how",),
    "kind": ("accounts.TeacherInCharge.kind", "classes.WarningFollowUp.kind", "classes.ExportRun.kind"),
    "mark": ("classes.Attendance.mark",),
    "outcome": ("classes.AbsenceCall.outcome",),
    "relation": ("accounts.Guardian.relation",),
    "role": ("accounts.User.role",),
    "uses": ("classes.CodeUse.mark", "classes.CodeUse.kind"),
}


def fact_label(name: str, value: str) -> str:
    """Return the label of a value that an entry has under this name; the value itself if it has none.

    >>> fact_label("unheard_of", "of")
    'of'
    """
    for path in BORROWED_CHOICES.get(name, ()):
        model, _dot, field = path.rpartition(".")
        choices = dict(getattr(apps.get_model(model)._meta.get_field(field), "flatchoices", ()))
        if value in choices:
            return str(choices[value])
    return str(FACT_VALUES.get(name, {}).get(value, value))


def reason_label(reason: str) -> str:
    """Return a reason in words: what a person wrote stays."""
    return str(REASONS.get(reason, reason))
