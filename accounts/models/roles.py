"""Roles of appendix 3.1."""

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


#: Roles that a school may assign. The API names the superadmin; visitors only appear in pulls.
REGISTRABLE = (Role.ADMIN, Role.TEACHER, Role.ASSISTANT, Role.STUDENT, Role.SUPERVISOR)
GIVEN = [(role.value, role.label) for role in REGISTRABLE]

#: Roles that are never counted as students.
STAFF = (Role.SUPERADMIN, Role.ADMIN, Role.TEACHER, Role.ASSISTANT, Role.SUPERVISOR)
