"""A class of students (班级), which only the console knows."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.enterprise import Enterprise
from accounts.models.user import User


class StudentGroup(models.Model):
    """A console-side group of students; the service has no such thing.

    An archived one keeps its students and its place in the history of lessons; nobody is offered it, and it
    does not change until it is restored.
    """

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="groups", verbose_name=_("school")
    )
    name = models.CharField(_("name of the group"), max_length=80)
    students = models.ManyToManyField(
        User, through="GroupStudent", related_name="student_groups", blank=True, verbose_name=_("students")
    )

    teacher = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="groups_in_charge",
        verbose_name=_("teacher in charge"),
    )
    archived_at = models.DateTimeField(_("archived"), null=True, editable=False)

    #: What those who listen to `accounts.signals.group_changed` answered to the change just saved.
    followed: ClassVar[list[Any]] = []

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "name"],
                name="group_name_once_a_school",
                violation_error_message=_("Your school has a group of this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None


class GroupStudent(models.Model):
    """That a student is in a group."""

    group = models.ForeignKey(StudentGroup, models.CASCADE, related_name="entries")
    student = models.ForeignKey(User, models.CASCADE, related_name="group_entries")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "student"], name="student_once_a_group")]

    def __str__(self) -> str:
        return f"{self.student} · {self.group}"
