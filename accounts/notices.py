"""What people are told of imports."""

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
