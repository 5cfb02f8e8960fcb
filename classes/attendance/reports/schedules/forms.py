"""Form of a report by e-mail."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, StudentGroup, User
from accounts.people.grades.filters import GradeField, offer_grades
from accounts.people.queries import active_people
from classes.attendance.reports.registry import SCHOOL
from classes.attendance.reports.schedules.reports import MAILED
from classes.lessons.forms.fields import PersonField, set_choices
from classes.models import ReportSchedule
from console.policy import scoped

#: Who may export reports (console.policy.table).
RECIPIENT_ROLES = (Role.SUPERADMIN, Role.ADMIN)


class ScheduleForm(forms.Form):
    """Which report, how often, and to whom: people who may export reports and have an address."""

    group = forms.ModelChoiceField(
        StudentGroup.objects.none(), label=_("Group"), required=False, empty_label=_("Whole school")
    )
    grade = GradeField()
    every = forms.ChoiceField(label=_("How often"), choices=ReportSchedule.Every.choices)
    person = PersonField(
        User.objects.none(),
        label=_("Recipient"),
        to_field_name="user_id",
        empty_label=None,
        error_messages={
            "required": _("Choose who receives it."),
            "invalid_choice": _("Choose an administrator of your school who has an e-mail address."),
        },
        help_text=_("Administrators with an e-mail address."),
    )

    def __init__(self, *args: Any, reader: Any, report: str = SCHOOL, filters: str = "", **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["person"].initial = reader.user_id
        people = active_people(reader.enterprise_id, *RECIPIENT_ROLES).exclude(e_mail="")
        set_choices(self.fields["person"], people)
        groups = scoped(StudentGroup.objects.filter(archived_at=None), reader, "group", "list")
        set_choices(self.fields["group"], groups.order_by("name"))
        offer_grades(self, reader, _("Whole school"))
        self.chosen = {"report": report, "filters": filters}
        if report != SCHOOL or filters:  # a group has a page of its own, without these filters
            del self.fields["group"]
        if "grade" not in MAILED[report].asks:
            self.fields.pop("grade", None)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("group") and data.get("grade"):
            self.add_error("grade", ValidationError(gettext("Choose either a group or a grade.")))
        return {**data, **self.chosen}
