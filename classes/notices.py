"""What people are told of lessons."""

from django.utils.translation import gettext_lazy as _

from console.notices.kinds import NoticeKind, register

for _name, _title in (
    ("lesson.not_ready_day", _("“%(topic)s” at %(at)s is not ready yet")),
    ("lesson.not_ready_soon", _("“%(topic)s” begins at %(at)s and is not ready")),
):
    register(
        NoticeKind(
            _name,
            _title,
            _("Its page names each point that is missing, and what to do about it."),
            tone="bad",
            icon="alert-triangle",
            mail=True,
        )
    )
register(
    NoticeKind(
        "lesson.many_not_ready",
        _("%(n)d lessons of %(at)s are not ready"),
        _("The list shows them all; each page names the points that are missing."),
        tone="bad",
        icon="alert-triangle",
        mail=True,
    )
)
