"""Form of a grade."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Grade
from accounts.people.grades.services import GRADE_FIELDS
from console.concurrency import value_digests
from console.policy.edit_forms import OptimisticLockMixin


class GradeForm(OptimisticLockMixin, forms.Form):
    """The name of a grade; `grade` is the stored one, or a new one."""

    name = forms.CharField(
        label=pgettext_lazy("thing", "Name"),
        max_length=40,
        error_messages={"required": _("Enter a name for the grade.")},
    )

    def __init__(self, *args: Any, grade: Grade, **more: Any) -> None:
        self.instance = grade
        super().__init__(*args, **more | {"initial": {"name": grade.name}})

    def stored_values(self) -> dict[str, str]:
        return value_digests(self.instance, GRADE_FIELDS) if self.instance.pk else {}
