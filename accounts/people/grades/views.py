"""Pages of the grades of a school, for administrators."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView, View

from accounts.models import Grade
from accounts.people.charges import present_and_later, with_present_charges
from accounts.people.grades.deletion import find_losses
from accounts.people.grades.forms import GradeForm
from accounts.people.grades.presets import GRADE_SETS
from accounts.people.grades.queries import with_sizes
from accounts.people.grades.services import (
    add_grade,
    add_grade_set,
    delete_grade,
    move_grade,
    rename_grade,
)
from console.policy import scoped
from console.policy.edit_views import BackView, EditView, RemoveView
from console.policy.views import SchoolView

RESOURCE = "grade"


class GradeList(SchoolView, TemplateView):
    """The grades of the school in their order."""

    resource, action = RESOURCE, "list"
    template_name = "accounts/people/grades/grades.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader: Any = self.request.user
        grades = with_sizes(scoped(Grade.objects.all(), reader, RESOURCE, "list"))
        if reader.enterprise is not None:
            grades = with_present_charges(grades, reader.enterprise)
        return super().get_context_data(
            title=_("Grades"),
            grades=list(grades),
            sets=[(one, " · ".join(map(str, one.names))) for one in GRADE_SETS.values()],
            may_add=self.may("add"),
            may_change=self.may("change"),
            **more,
        )


class GradeBase(BackView):
    """Base of pages about one grade of the school; a new one has no number."""

    resource = RESOURCE

    @cached_property
    def grade(self) -> Grade:
        number = self.kwargs.get("pk")
        rows = Grade.objects.select_related("enterprise")
        return self.get_row(rows, pk=number) if number else Grade()

    def back_url(self) -> str:
        return reverse("accounts:grades")


class GradeFormView(GradeBase, EditView):
    """Base of the forms of a grade."""

    form_class = GradeForm
    saved_message = gettext_lazy("The grade has been saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"grade": self.grade}


class GradeAdd(GradeFormView):
    """Add a grade after the others."""

    action = "add"

    def save(self, form: GradeForm, by: Any) -> None:
        add_grade(by=by, **form.cleaned_data)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Add grade"), **more)


class GradeEdit(GradeFormView):
    """Rename a grade."""

    action = "change"

    def save(self, form: GradeForm, by: Any) -> None:
        rename_grade(grade=self.grade, by=by, seen=form.seen, **form.cleaned_data)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Rename “%(name)s”") % {"name": self.grade}, **more)


class GradeRemove(GradeBase, RemoveView):
    """Delete a grade, after a confirmation that says what becomes of its groups."""

    saved_message = gettext_lazy("The grade has been deleted.")

    def remove(self, by: Any) -> None:
        delete_grade(grade=self.grade, by=by)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        number = self.grade.groups.count()
        heads = present_and_later(self.grade.charges.all(), self.grade.enterprise).count()
        kept = ngettext("%(n)d group stays, without a grade.", "%(n)d groups stay, without a grade.", number)
        lost = ngettext("%(n)d head of grade is deleted.", "%(n)d heads of grade are deleted.", heads)
        sentences = [kept % {"n": number}, *([lost % {"n": heads}] if heads else [])]
        sentences += [loss.sentence for loss in find_losses(self.grade)]
        return super().get_context_data(
            title=_("Delete “%(name)s”?") % {"name": self.grade},
            detail=" ".join(sentences),
            submit_label=_("Delete"),
            **more,
        )


class GradeMove(GradeBase, View):
    """Move a grade up or down by one place."""

    action = "change"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        by: Any = self.request.user
        up = request.POST.get("direction") == "up"
        try:
            move_grade(grade=self.grade, up=up, by=by)
        except ValidationError as error:
            self.warning(" ".join(error.messages))
        side = "up" if up else "down"
        return redirect(f"{self.back_url()}#grade-{pk}-{side}")


class GradeFill(SchoolView, View):
    """Add a ready-made set of grades."""

    resource, action = RESOURCE, "add"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, grade_set: str) -> HttpResponse:
        by: Any = self.request.user
        found = GRADE_SETS.get(grade_set)
        if found is None:
            raise Http404(_("There is no such set of grades."))
        try:
            added = len(add_grade_set(grade_set=found, by=by))
        except ValidationError as error:
            self.warning(" ".join(error.messages))
        else:
            text = ngettext("%(n)d grade has been added.", "%(n)d grades have been added.", added)
            self.success(text % {"n": added})
        return redirect("accounts:grades")
