"""Constants of appendix 3 of the API document that lessons use."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ClassType(TextChoices):
    """Appendix 3.5. Our default is `1vN`; the default of the document, `public`, lets anybody enter."""

    SMALL = "1vN", _("small class (members only)")
    ONE = "1v1", _("one to one (members only)")
    PUBLIC = "public", _("public (anyone may enter)")


class Status(TextChoices):
    """Appendix 3.4."""

    WILL = "will", _("not started")
    ING = "ing", _("running")
    END = "end", _("ended")


class RecordType(TextChoices):
    """Appendix 3.2."""

    LOCAL = "local", _("on the teacher's computer")
    REMOTE = "remote", _("in the cloud")
