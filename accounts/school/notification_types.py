"""Notification topics and types of imports, exports and schools."""

from django.utils.translation import gettext_lazy as _

from accounts.models.roles import Role
from accounts.sign_in import password_links
from console.notifications.topics import EmailFrequency, Topic, register_topic
from console.notifications.types import NotificationType, register_type

_ADMINISTRATORS = (Role.SUPERADMIN, Role.ADMIN)
for _topic in (
    Topic(
        "import_trouble", _("Imports that iclass only partly accepted"), _ADMINISTRATORS, EmailFrequency.NOW
    ),
    Topic("work_done", _("Completed imports and exports"), _ADMINISTRATORS),
    Topic(
        "licence",
        _("The school's licence"),
        _ADMINISTRATORS,
        EmailFrequency.NOW,
        fixed=_("Always sent: no lessons can be held after the licence expires."),
    ),
    Topic(
        "security",
        _("Keys and tokens"),
        [role for role in Role if role != Role.VISITOR],
        EmailFrequency.NOW,
        fixed=_("Always sent: these concern who can access your school's data."),
    ),
):
    register_topic(_topic)

register_type(
    NotificationType(
        "import.pushed",
        _("“%(file)s”: sent to iclass"),
        _("All %(done)d people in the import are in sync."),
        "work_done",
        tone="ok",
        icon="file-check",
    )
)
register_type(
    NotificationType(
        "import.pushed_in_part",
        _("“%(file)s”: some people were not accepted by iclass"),
        _("%(done)d people are in sync, %(failed)d are not. See the import for details."),
        "import_trouble",
        tone="bad",
        icon="file-alert",
    )
)

register_type(
    NotificationType(
        "export.ready",
        _("“%(file)s” is ready"),
        _("You can download it for %(hours)d hours. Then it is deleted."),
        "work_done",
        tone="ok",
        icon="file-download",
    )
)

for _name, _title, _tone in (
    ("school.licence_ends", _("The school's licence expires on %(day)s"), "warn"),
    ("school.licence_soon", _("The school's licence expires very soon: %(day)s"), "bad"),
):
    register_type(
        NotificationType(
            _name,
            _title,
            _("Days left: %(days)d. Renew the licence with iclass. No lessons can be held after it expires."),
            "licence",
            tone=_tone,
            icon="calendar-due",
        )
    )
register_type(
    NotificationType(
        "school.licence_over",
        _("The school's licence expired on %(day)s"),
        _("Until it is renewed, no lessons can be held and nothing can be synced. Contact iclass."),
        "licence",
        tone="bad",
        icon="calendar-off",
    )
)
register_type(
    NotificationType(
        "token.ends",
        _("Your REST token “%(name)s” expires on %(day)s"),
        _("Programs that use it will then be rejected. Create a new token and replace it."),
        "security",
        tone="warn",
        icon="key",
    )
)
register_type(
    NotificationType(
        "password.link",
        _("Set your password for the iclass console"),
        _(
            "An administrator of your school has e-mailed you a link to set your password. It works once, "
            "until %(day)s. If you did not expect it, tell your school."
        ),
        "security",
        icon="key",
        email_url=password_links.email_url,
    )
)
register_type(
    NotificationType(
        "school.key_dropped",
        _("The school's previous API key is disabled"),
        _("iclass messages signed with it are now rejected."),
        "security",
        icon="key-off",
    )
)
