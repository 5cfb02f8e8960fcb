"""Form for replacing all students of a lesson."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, StudentGroup, User
from accounts.people.queries import active_people, unarchived_groups
from classes.choices import ClassType
from classes.conflicts.detection import BookingConflict
from classes.lessons.doubts import USUAL_LENGTH, ask_about_lesson
from classes.lessons.edit_digests import current_digests
from classes.lessons.forms.doubts import DoubtForm
from classes.lessons.forms.fields import parse_student_ids, set_choices
from classes.lessons.groups import students_in_groups
from classes.lessons.selectable import FOREIGN, chooses_from_own, narrow_choices
from classes.models import Lesson, Member
from console.policy.edit_forms import OptimisticLockMixin


class MembersForm(OptimisticLockMixin, DoubtForm):
    """The new list: the students of the ticked groups and those whose ids are pasted.

    `by` limits both to whom this person may choose.
    """

    groups = forms.ModelMultipleChoiceField(
        StudentGroup.objects.none(),
        label=_("All students of these groups"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    ids = forms.CharField(
        label=_("And students with these user IDs"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_(
            "For example, a column from a spreadsheet. Separate them with spaces, commas or line breaks."
        ),
    )
    conflict_reason = forms.CharField(
        label=_("Reason for allowing the conflicts"), max_length=300, required=False
    )

    def __init__(self, *args: Any, lesson: Lesson, by: Any = None, **more: Any) -> None:
        current = lesson.members.filter(role=Member.Role.STUDENT).values_list("user__user_id", flat=True)
        more["initial"] = {"ids": "\n".join(sorted(current))} | (more.get("initial") or {})
        super().__init__(*args, **more)
        self.lesson, self.school = lesson, lesson.enterprise
        self.conflicts: list[BookingConflict] = []
        self.is_own = chooses_from_own(by, "change", "member")
        self.offered: dict[str, QuerySet[Any]] = {
            "groups": unarchived_groups(self.school.groups.order_by("sort_name", "id")),
            "students": active_people(self.school.pk, Role.STUDENT),
        }
        if self.is_own:
            self.offered = narrow_choices(self.offered, by, lesson)
            self.fields["groups"].error_messages["invalid_choice"] = FOREIGN
        set_choices(self.fields["groups"], self.offered["groups"])

    def stored_values(self) -> dict[str, str]:
        """Return the digest of the current students."""
        return {"students": current_digests(self.lesson)["students"]}

    def refresh_seen(self) -> None:
        """Mark the stored list as seen, because the page now shows it."""
        self._reported |= self.stored_values()

    def clean_ids(self) -> list[User]:
        return parse_student_ids(self.cleaned_data["ids"], self.offered["students"], own=self.is_own)

    def doubts(self) -> list[str]:
        """Ask about a list that leaves nobody, unless everybody may enter."""
        is_open = self.lesson.class_type == ClassType.PUBLIC
        is_attended = is_open or not self.initial["ids"] or bool(self.students())
        return ask_about_lesson(USUAL_LENGTH, is_attended=is_attended)

    def students(self) -> list[User]:
        found: Iterable[User] = (*self.cleaned_data["ids"], *students_in_groups(self.cleaned_data["groups"]))
        return list({one.pk: one for one in found}.values())

    @property
    def conflicts_by_day(self) -> dict[date, list[BookingConflict]]:
        days: dict[date, list[BookingConflict]] = {}
        for one in self.conflicts:
            days.setdefault(one.day, []).append(one)
        return days
