"""What people are told of imports and of their school."""

from django.utils.translation import gettext_lazy as _

from console.notices.kinds import NoticeKind, register

register(
    NoticeKind(
        "import.pushed",
        _("“%(file)s”: iclass has been told"),
        _("All %(done)d people whom the import touched are in sync."),
        tone="ok",
        icon="file-check",
    )
)
register(
    NoticeKind(
        "import.pushed_in_part",
        _("“%(file)s”: iclass did not take all of it"),
        _("%(done)d people are in sync, %(failed)d are not. Look at the import to see who and why."),
        tone="bad",
        icon="file-alert",
        mail=True,
    )
)

register(
    NoticeKind(
        "export.ready",
        _("“%(file)s” is ready"),
        _("You can fetch it for %(hours)d hours, then it is deleted."),
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
            tone=_tone,
            icon="calendar-due",
            mail=True,
        )
    )
register(
    NoticeKind(
        "school.licence_over",
        _("The school's licence has ended on %(day)s"),
        _("iclass accepts nothing until it is renewed. Ask the vendor."),
        tone="bad",
        icon="calendar-off",
        mail=True,
    )
)
register(
    NoticeKind(
        "token.ends",
        _("Your REST token “%(name)s” ends on %(day)s"),
        _("Programs that use it are refused from then on. Make a new one and put it in its place."),
        tone="warn",
        icon="key",
        mail=True,
    )
)
register(
    NoticeKind(
        "school.key_dropped",
        _("The previous API key of the school is dropped"),
        _("Messages of iclass that are signed with it are refused from now on."),
        icon="key-off",
    )
)
