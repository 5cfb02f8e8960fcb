"""What people are told of imports and of their school."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from console.notices.kinds import NoticeKind, register
from console.notices.topics import Mail, Topic, register_topic

_OFFICE = (Role.SUPERADMIN, Role.ADMIN)
for _topic in (
    Topic("import_trouble", _("Imports that iclass did not take whole"), _OFFICE, Mail.NOW),
    Topic("work_done", _("Imports and exports that are done"), _OFFICE),
    Topic(
        "licence",
        _("The school's licence"),
        _OFFICE,
        Mail.NOW,
        fixed=_("Always: after its end no lesson can be held."),
    ),
    Topic(
        "security",
        _("Keys and tokens"),
        [one for one in Role if one != Role.VISITOR],
        Mail.NOW,
        fixed=_("Always: it is about who can get at data of the school."),
    ),
):
    register_topic(_topic)

register(
    NoticeKind(
        "import.pushed",
        _("“%(file)s”: iclass has been told"),
        _("All %(done)d people whom the import touched are in sync."),
        "work_done",
        tone="ok",
        icon="file-check",
    )
)
register(
    NoticeKind(
        "import.pushed_in_part",
        _("“%(file)s”: iclass did not take all of it"),
        _("%(done)d people are in sync, %(failed)d are not. Look at the import to see who and why."),
        "import_trouble",
        tone="bad",
        icon="file-alert",
    )
)

register(
    NoticeKind(
        "export.ready",
        _("“%(file)s” is ready"),
        _("You can fetch it for %(hours)d hours, then it is deleted."),
        "work_done",
        tone="ok",
        icon="file-download",
    )
)

for _name, _title, _tone in (
    ("school.licence_ends", _("The school's licence ends on %(day)s"), "warn"),
    ("school.licence_soon", _("The school's licence ends very soon: %(day)s"), "bad"),
):
    register(
        NoticeKind(
            _name,
            _title,
            _("Whole days left: %(days)d. Renew it with the vendor: lessons after its end cannot be held."),
            "licence",
            tone=_tone,
            icon="calendar-due",
        )
    )
register(
    NoticeKind(
        "school.licence_over",
        _("The school's licence has ended on %(day)s"),
        _("iclass accepts nothing until it is renewed. Ask the vendor."),
        "licence",
        tone="bad",
        icon="calendar-off",
    )
)
register(
    NoticeKind(
        "token.ends",
        _("Your REST token “%(name)s” ends on %(day)s"),
        _("Programs that use it are refused from then on. Make a new one and put it in its place."),
        "security",
        tone="warn",
        icon="key",
    )
)
register(
    NoticeKind(
        "school.key_dropped",
        _("The previous API key of the school is dropped"),
        _("Messages of iclass that are signed with it are refused from now on."),
        "security",
        icon="key-off",
    )
)
