"""Pages of the subjects of a school."""

from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import ListView

from classes.models import Course, Subject
from classes.timetable.subjects.forms import SubjectForm
from classes.timetable.subjects.services import add_subject, delete_subject, edit_subject
from console.deleted_rows import Kept
from console.policy import scoped
from console.policy.edit_views import BackView, DeleteAtOnce, EditView
from console.policy.views import SchoolView

RESOURCE = "subject"


class SubjectList(SchoolView, ListView):
    """The subjects of the school, or those of the reader, each with its numbers of courses and teachers."""

    resource, action = RESOURCE, "list"
    template_name = "classes/timetable/subjects/subjects.html"
    queryset = Subject.objects.all()

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        for word in self.request.GET.get("q", "").split():
            rows = rows.filter(name__icontains=word)
        return rows.annotate(
            course_count=_count(scoped(Course.objects.all(), self.request.user, "course", "list"), "subject"),
            teacher_count=_count(Subject.teachers.through.objects.filter(user__is_active=True), "subject"),
        ).order_by("name", "id")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Subjects"),
            search_label=_("Name of the subject"),
            may_add=self.may("add"),
            may_change=self.may("change"),
            may_delete=self.may("delete"),
            **more,
        )


def _count(rows: Any, column: str) -> Any:
    """Count rows of a subject in a subquery: two joins would multiply each other."""
    counted = rows.filter(**{column: OuterRef("pk")}).order_by().values(column).annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)


class SubjectBase(BackView):
    """Base of pages about one subject; a new one belongs to the school of the reader."""

    resource = RESOURCE

    @cached_property
    def subject(self) -> Subject:
        number, reader = self.kwargs.get("pk"), self.request.user
        if not number:
            return Subject(enterprise=reader.enterprise)
        return self.get_row(Subject.objects.select_related("enterprise"), pk=number)

    def back_url(self) -> str:
        return reverse("classes:subjects")


class SubjectFormView(SubjectBase, EditView):
    """Base of the forms of a subject."""

    form_class = SubjectForm
    template_name = "classes/timetable/subjects/form.html"
    saved_message = gettext_lazy("The subject has been saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"subject": self.subject}


class SubjectAdd(SubjectFormView):
    """Add a subject."""

    action = "add"

    def save(self, form: SubjectForm, by: Any) -> None:
        add_subject(by=by, **form.service_fields())

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("New subject"), **more)


class SubjectEdit(SubjectFormView):
    """Change a subject."""

    action = "change"

    def save(self, form: SubjectForm, by: Any) -> None:
        edit_subject(subject=self.subject, by=by, seen=form.seen, **form.service_fields())

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        title = _("Edit the subject “%(name)s”") % {"name": self.subject}
        return super().get_context_data(title=title, **more)


class SubjectDelete(SubjectBase, DeleteAtOnce):
    """Delete a subject, and say how many courses lose it."""

    undo = "subject.delete"
    saved_message: str | Promise = gettext_lazy("The subject has been deleted.")

    def remove(self, by: Any) -> Kept:
        kept = delete_subject(subject=self.subject, by=by)
        number = sum(len(keys) for *_link, keys in kept["links"])
        if number:
            text = ngettext(
                "The subject has been deleted. %(n)d course is now without one.",
                "The subject has been deleted. %(n)d courses are now without one.",
                number,
            )
            self.saved_message = text % {"n": number}
        return kept
