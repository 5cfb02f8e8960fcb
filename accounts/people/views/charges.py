"""Views of the teachers in charge of a group, the heads of a grade and their deputies, for administrators."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts.models import Grade, StudentGroup, TeacherInCharge
from accounts.people.charge_services import add_charge, edit_charge, end_charge
from accounts.people.charges import school_day
from accounts.people.forms.charge import ChargeForm
from console.deleted_rows import Kept
from console.policy import in_school
from console.policy.edit_views import BackView, DeleteAtOnce, EditView


class ChargeBase(BackView):
    """Base of pages about the teachers in charge of one group, or the heads of one grade: `subject`."""

    resource, action = "charge", "change"
    subject_resource = "group"

    @cached_property
    def subject(self) -> Any:
        model: Any = Grade if self.subject_resource == "grade" else StudentGroup
        rows = in_school(model.objects.select_related("enterprise"), self.request.user, self.subject_resource)
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404(_("This does not exist in your school."))
        return found

    @property
    def is_grade(self) -> bool:
        return isinstance(self.subject, Grade)

    @property
    def is_open(self) -> bool:
        return self.is_grade or not self.subject.is_archived

    def back_url(self) -> str:
        name = "grade_heads" if self.is_grade else "group_teachers"
        return reverse(f"accounts:{name}", args=[self.subject.pk])

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            subject=self.subject, is_grade=self.is_grade, may_add=self.is_open, **more
        )


class GroupTeachers(ChargeBase, TemplateView):
    """Everybody who is, was or will be in charge of a group, or deputises."""

    template_name = "accounts/people/group_teachers.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        today = school_day(self.subject.enterprise)
        title = _("Heads of grade of “%(name)s”") if self.is_grade else _("Teachers in charge of “%(name)s”")
        charges = list(self.subject.charges.select_related("teacher"))
        return super().get_context_data(
            title=title % {"name": self.subject},
            charges=[(one, charge_state(one, today)) for one in charges],
            **more,
        )


class GradeHeads(GroupTeachers):
    """Everybody who heads a grade, did or will, or deputises."""

    subject_resource = "grade"


def charge_state(charge: TeacherInCharge, today: Any) -> str:
    """Return whether a charge holds today ("now"), will ("later") or did ("over")."""
    if charge.holds_on(today):
        return "now"
    return "later" if charge.starts_on and charge.starts_on > today else "over"


class ChargeFormView(ChargeBase, EditView):
    """Base of the forms of one entry."""

    form_class = ChargeForm
    template_name = "accounts/people/charge_form.html"

    @cached_property
    def charge(self) -> TeacherInCharge:
        role = {"grade" if self.is_grade else "group": self.subject}
        return TeacherInCharge(enterprise=self.subject.enterprise, **role)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "charge": self.charge,
            "today": school_day(self.subject.enterprise),
        }

    @property
    def saved_message(self) -> str:  # type: ignore[override]  # other pages set it; this one names the subject
        return _("“%(name)s” has been saved.") % {"name": self.subject}


class ChargeAdd(ChargeFormView):
    """Add a teacher in charge or a deputy; today is offered as the first day."""

    action = "add"

    def save(self, form: ChargeForm, by: Any) -> None:
        add_charge(group=self.charge.group, grade=self.charge.grade, by=by, **form.cleaned_data)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        title = _("Add head of grade or deputy") if self.is_grade else _("Add teacher in charge or deputy")
        return super().get_context_data(title=title, **more)


class HeadAdd(ChargeAdd):
    """Add a head of grade or a deputy."""

    subject_resource = "grade"


class OneChargeBase(ChargeBase):
    """Base of pages about one entry."""

    @cached_property
    def charge(self) -> TeacherInCharge:
        charges = TeacherInCharge.objects.select_related(
            "teacher", "enterprise", "group__enterprise", "grade__enterprise"
        )
        return self.get_row(charges, pk=self.kwargs["pk"])

    @cached_property
    def subject(self) -> Any:
        return self.charge.subject


class ChargeEdit(OneChargeBase, ChargeFormView):
    """Change the person, the kind or the days."""

    def save(self, form: ChargeForm, by: Any) -> None:
        edit_charge(charge=self.charge, by=by, seen=form.seen, **form.cleaned_data)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        title = _("Edit head of grade or deputy") if self.is_grade else _("Edit teacher in charge or deputy")
        return super().get_context_data(title=title, **more)


class ChargeEnd(OneChargeBase, DeleteAtOnce):
    """End an entry at once."""

    action, undo = "change", "charge.end"

    def remove(self, by: Any) -> Kept:
        text = _("%(name)s is no longer entered for “%(group)s”.")
        self.saved_message = text % {"name": self.charge.teacher, "group": self.subject}
        return end_charge(charge=self.charge, by=by)
