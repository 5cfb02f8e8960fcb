"""Views that write and delete a note about a student."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView

from accounts.models import Role, StudentNote, User
from accounts.people.charges import students_in_charge
from accounts.people.note_services import add_note, delete_note
from console.policy import in_school, refusal_message
from console.policy.edit_views import DeleteAtOnce
from console.policy.rules import scope_of
from console.policy.table import Scope
from console.policy.views import SchoolView


class NoteForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=StudentNote.MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "The office and those in charge of a group of the student read it; the student does not."
        ),
        error_messages={"required": gettext_lazy("Write a note.")},
    )


class NoteAdd(SchoolView, FormView):
    """Write a note about a student; teachers only about students of groups that they are in charge of."""

    resource, action = "note", "add"
    form_class = NoteForm
    template_name = "generic/form.html"

    @cached_property
    def person(self) -> User:
        reader = self.request.user
        students = in_school(User.objects.filter(role=Role.STUDENT, erased_at=None), reader, self.resource)
        found = students.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404(_("This does not exist in your school."))
        own = scope_of(reader, self.action, self.resource) == Scope.OWN
        if own and not students_in_charge(reader).filter(student=found.pk).exists():
            raise PermissionDenied(refusal_message(reader, self.action, self.resource))
        return found

    def form_valid(self, form: forms.Form) -> HttpResponse:
        by: Any = self.request.user
        try:
            add_note(person=self.person, text=form.cleaned_data["text"], by=by)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        self.success(_("The note has been saved."))
        return redirect("classes:person", self.person.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Note about %(name)s") % {"name": self.person},
            cancel_url=self.person.get_absolute_url(),
            **more,
        )


class NoteDelete(DeleteAtOnce):
    """Delete a note; teachers only their own."""

    resource, undo = "note", "note.delete"
    saved_message = gettext_lazy("The note has been deleted.")

    @cached_property
    def note(self) -> StudentNote:
        return self.get_row(StudentNote.objects.select_related("person"), pk=self.kwargs["pk"])

    def remove(self, by: Any) -> dict[str, Any]:
        return {"sealed": delete_note(note=self.note, by=by)}

    def back_url(self) -> str:
        return self.note.person.get_absolute_url()
