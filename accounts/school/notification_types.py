"""Notification topics and types of imports, exports and schools."""

from django.utils.translation import gettext_lazy as _

from accounts.models.roles import Role
from accounts.sign_in import password_links, verified_addresses
from console.notifications.topics import EmailFrequency, Topic, register_topic
from console.notifications.types import NotificationType, register_type

_ADMINISTRATORS = (Role.SUPERADMIN, Role.ADMIN)
for _topic in (
    Topic(
        "import_trouble",
        _("Imports that iclass only partly accepted"),
        _ADMINISTRATORS,
        EmailFrequency.NOW,
        to_groups=True,
    ),
    Topic(
        "work_done",
        _("Completed imports and exports"),
        [role for role in Role if role != Role.VISITOR],
    ),
    Topic(
        "licence",
        _("The school's licence"),
        _ADMINISTRATORS,
        EmailFrequency.NOW,
        fixed=_("Always sent: no lessons can be held after the licence expires."),
        to_groups=True,
    ),
    Topic(
        "erasure",
        _("Erasure of personal data"),
        _ADMINISTRATORS,
        EmailFrequency.NOW,
        fixed=_("Always sent: erasing personal data takes two administrators and cannot be undone."),
    ),
    Topic(
        "security",
        _("Keys, tokens and signing in"),
        [role for role in Role if role != Role.VISITOR],
        EmailFrequency.NOW,
        fixed=_("Always sent: these concern who can access your school's data."),
    ),
):
    register_topic(_topic)

register_type(
    NotificationType(
        "roster.waits",
        _("“%(file)s” waits for your confirmation"),
        _("More would change than the school allows without a person. Review it and confirm."),
        "import_trouble",
        tone="warn",
        icon="file-alert",
    )
)
register_type(
    NotificationType(
        "roster.failed",
        _("The OneRoster service could not be read last night"),
        _("The page of the service says why. Nothing was changed."),
        "import_trouble",
        tone="bad",
        icon="plug-connected-x",
    )
)
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

for _name, _title, _body, _tone, _icon in (
    (
        "person.erase_requested",
        _("Confirm the erasure of %(user_id)s"),
        _("An administrator requested to erase this person's data. Confirm or decline within 14 days."),
        "warn",
        "eraser",
    ),
    (
        "person.erase_confirmed",
        _("The data of %(user_id)s has been erased"),
        _("Your request was confirmed. It cannot be undone."),
        "ok",
        "eraser",
    ),
    (
        "person.erase_declined",
        _("The erasure of %(user_id)s was declined"),
        _("Nothing was erased. The request says why."),
        "bad",
        "circle-x",
    ),
):
    register_type(NotificationType(_name, _title, _body, "erasure", tone=_tone, icon=_icon))

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
        verified_addresses.KIND,
        _("Confirm your e-mail address for the iclass console"),
        _(
            "You asked for this link under “Sign-in and security”. It works once, for seven days, while you "
            "are signed in. If it was not you, ignore this e-mail."
        ),
        "security",
        icon="mail-check",
        email_url=verified_addresses.email_url,
    )
)
for _name, _title, _text, _icon in (
    (
        "passkey.added",
        _("A passkey was added to your account: “%(passkey)s”"),
        _("It can sign in as you. If you did not add it, remove it and change your password."),
        "fingerprint",
    ),
    (
        "passkey.removed",
        _("A passkey was removed from your account: “%(passkey)s”"),
        _("It can no longer sign in as you. If you did not remove it, change your password."),
        "fingerprint-off",
    ),
):
    register_type(NotificationType(_name, _title, _text, "security", tone="warn", icon=_icon))
register_type(
    NotificationType(
        "sign_in.new_device",
        _("Somebody signed in to your account on a new device: %(device)s"),
        _(
            "Its address was %(address)s. If it was not you, change your password and sign out everywhere "
            "under “Sign-in and security”."
        ),
        "security",
        tone="warn",
        icon="devices-question",
    )
)
register_type(
    NotificationType(
        "password.forgotten",
        _("Set a new password for the iclass console"),
        _(
            "You, or somebody who knows your login, asked for a new password on the sign-in page. The link "
            "works once, until %(day)s. If it was not you, ignore this e-mail: your password stays as it is."
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
