"""The roles of appendix 3.1 and where each may come from."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    SUPERADMIN = "superadmin", _("superadmin")
    ADMIN = "admin", _("administrator")
    TEACHER = "teacher", _("teacher")
    ASSISTANT = "assistant", _("assistant")
    STUDENT = "student", _("student")
    SUPERVISOR = "supervisor", _("supervisor")
    VISITOR = "visitor", _("visitor")


#: Whom a school may register: the superadmin is named by the service, visitors only come in by pull.
REGISTRABLE = (Role.ADMIN, Role.TEACHER, Role.ASSISTANT, Role.STUDENT, Role.SUPERVISOR)
GIVEN = [(role.value, role.label) for role in REGISTRABLE]

#: Who works for the school and is therefore never an absent student.
STAFF = (Role.SUPERADMIN, Role.ADMIN, Role.TEACHER, Role.ASSISTANT, Role.SUPERVISOR)
