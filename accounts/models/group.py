"""Groups of students (班级). They exist only in the console."""

from typing import Any

from django.db import models
from django.dispatch import Signal
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models.charge import TeacherInCharge, in_force
from accounts.models.enterprise import Enterprise
from accounts.models.grade import Grade
from accounts.models.searchable_name import SearchableName, SearchNameField, SortNameField
from accounts.models.user import User

#: Sent inside the transaction that changes a group: `group`, `added` and `removed` (user primary keys), `by`;
#: optional: `excluded_lessons` (IDs of lessons that stay unchanged), `conflicting_lessons` (IDs of lessons
#: with an allowed conflict), the `reason` to allow them, and a `delay` after which it goes to the service.
#: A receiver returns the job that follows the change, if any. Its argument "postponed" are the keys of the
#: operations that wait so long; None if they do not, or the change cannot be taken back.
group_changed = Signal()


class StudentGroup(SearchableName):
    """A group of students. The API has no groups.

    An archived group keeps its students and lessons, is not offered for selection, and cannot change until
    it is restored.
    """

    NAME_FIELD = "name"

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="groups", verbose_name=_("school")
    )
    name = models.CharField(_("group name"), max_length=80)
    sort_name = SortNameField(_("name for sorting"), source="name")
    search_name = SearchNameField(_("name in pinyin"), source="name")
    grade = models.ForeignKey(
        Grade, models.SET_NULL, null=True, blank=True, related_name="groups", verbose_name=_("grade")
    )
    students = models.ManyToManyField(
        User, through="GroupMembership", related_name="student_groups", blank=True, verbose_name=_("students")
    )

    archived_at = models.DateTimeField(_("archived"), null=True, editable=False)

    #: Results of the `group_changed` receivers for the change just saved.
    propagation_results: list[Any] = []

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ["sort_name", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "name"],
                name="group_name_once_a_school",
                violation_error_message=_("A group with this name already exists in your school."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @cached_property
    def present_charges(self) -> list[TeacherInCharge]:
        """Who is in charge today, and then who deputises; lists prefetch it (`with_present_charges`)."""
        today = timezone.localdate(timezone=self.enterprise.tz)
        return list(self.charges.filter(in_force(today)).select_related("teacher"))

    @property
    def teacher(self) -> User | None:
        """The teacher in charge today; of several, the one who has been for the longest time."""
        charge = TeacherInCharge.Kind.CHARGE
        return next((one.teacher for one in self.present_charges if one.kind == charge), None)


class GroupMembership(models.Model):
    """Membership of a student in a group."""

    group = models.ForeignKey(StudentGroup, models.CASCADE, related_name="entries")
    student = models.ForeignKey(User, models.CASCADE, related_name="group_entries")

    class Meta:
        db_table = "accounts_groupstudent"
        constraints = [models.UniqueConstraint(fields=["group", "student"], name="student_once_a_group")]

    def __str__(self) -> str:
        return f"{self.student} · {self.group}"
