"""Pages of the attendance codes, for administrators."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, TemplateView

from classes.attendance.codes.codebook import load_codes, marks_without_code
from classes.attendance.codes.forms import CodeForm
from classes.attendance.codes.kinds import join_labels, use_label
from classes.attendance.codes.presets import CODE_SETS, CodeSet
from classes.attendance.codes.services import (
    add_code,
    edit_code,
    fill_in_codes,
    planned_codes,
    remove_code,
)
from classes.models import AttendanceCode
from console.deleted_rows import Kept
from console.policy import scoped
from console.policy.edit_views import BackView, DeleteAtOnce, EditView
from console.policy.views import SchoolView

RESOURCE = "attendance_code"


class CodeList(SchoolView, TemplateView):
    """The codes of the school."""

    resource, action = RESOURCE, "list"
    template_name = "classes/attendance/codes/codes.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader: Any = self.request.user
        rows = scoped(AttendanceCode.objects.prefetch_related("uses"), reader, RESOURCE, "list")
        codes = [
            (code, join_labels(use_label(one.mark, one.kind) for one in code.uses.all())) for code in rows
        ]
        missing = marks_without_code(load_codes(reader.enterprise)) if codes else []
        return super().get_context_data(
            title=_("Attendance codes"),
            codes=codes,
            missing=join_labels(mark.label for mark in missing),
            sets=CODE_SETS.values(),
            **more,
        )


class CodeBase(BackView):
    """Base of pages about one code of the school; a new one has no number."""

    resource = RESOURCE

    @cached_property
    def code(self) -> AttendanceCode:
        number = self.kwargs.get("pk")
        return self.get_row(AttendanceCode.objects.all(), pk=number) if number else AttendanceCode()

    def back_url(self) -> str:
        return reverse("classes:codes")


class CodeFormView(CodeBase, EditView):
    """Base of the forms of a code."""

    form_class = CodeForm
    saved_message = gettext_lazy("The code has been saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"code": self.code}


class CodeAdd(CodeFormView):
    """Add a code."""

    action = "add"

    def save(self, form: CodeForm, by: Any) -> None:
        add_code(by=by, **form.service_fields())

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("New attendance code"), **more)


class CodeEdit(CodeFormView):
    """Change a code."""

    action = "change"

    def save(self, form: CodeForm, by: Any) -> None:
        edit_code(code=self.code, by=by, seen=form.seen, **form.service_fields())

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Edit the code %(code)s") % {"code": self.code}, **more)


class CodeRemove(CodeBase, DeleteAtOnce):
    """Delete a code."""

    undo = "code.delete"
    saved_message = gettext_lazy("The code has been deleted.")

    def remove(self, by: Any) -> Kept:
        return remove_code(code=self.code, by=by)


class CodeFill(SchoolView, FormView):
    """Show what a ready-made set would add, and add it."""

    resource, action = RESOURCE, "add"
    form_class = forms.Form
    template_name = "classes/attendance/codes/fill.html"

    @cached_property
    def code_set(self) -> CodeSet:
        found = CODE_SETS.get(self.kwargs["code_set"])
        if found is None:
            raise Http404(_("There is no such set of codes."))
        return found

    def form_valid(self, form: forms.Form) -> HttpResponse:
        by: Any = self.request.user
        try:
            added = len(fill_in_codes(code_set=self.code_set, by=by))
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        text = ngettext("%(n)d code has been added.", "%(n)d codes have been added.", added)
        self.success(text % {"n": added})
        return redirect("classes:codes")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader: Any = self.request.user
        planned = planned_codes(reader.enterprise, self.code_set)
        return super().get_context_data(
            title=self.code_set.label,
            planned=[
                (
                    one,
                    AttendanceCode.Counts(one.counts_as).label,
                    *(join_labels(use_label(*use) for use in part) for part in (one.uses, one.left_out)),
                )
                for one in planned
            ],
            added=sum(1 for one in planned if one.is_new),
            cancel_url=reverse("classes:codes"),
            **more,
        )
