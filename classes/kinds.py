"""The constants of appendix 3 that lessons use."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ClassType(TextChoices):
    """Appendix 3.5. Ours is `1vN`; the document's own default, `public`, lets anybody in."""

    SMALL = "1vN", _("small class (members only)")
    ONE = "1v1", _("one to one (members only)")
    PUBLIC = "public", _("public (anyone may enter)")


class Status(TextChoices):
    """Appendix 3.4."""

    WILL = "will", _("not begun")
    ING = "ing", _("running")
    END = "end", _("over")


class RecordType(TextChoices):
    """Appendix 3.2."""

    LOCAL = "local", _("on the teacher's computer")
    REMOTE = "remote", _("in the cloud")
