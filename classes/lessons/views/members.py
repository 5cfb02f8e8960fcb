"""View for replacing the students of a lesson after a comparison with the current list."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import DetailView

from classes.conflicts.foreign_lessons import close_foreign_lessons
from classes.conflicts.guard import BookingConflictError
from classes.lessons.forms.members import MembersForm
from classes.lessons.members import compare_members
from classes.lessons.selectable import may_edit_members
from classes.lessons.undo import replace_revocably
from classes.models import Lesson
from console.policy import may, refusal_message
from console.policy.views import M, SchoolView
from console.undo import offer_undo


class LessonMembers(SchoolView, DetailView):
    """Paste or choose the new list. `look` compares, `sure` replaces.

    The page is about a lesson; the right is that to its members.
    """

    resource, action = "lesson", "view"
    queryset = Lesson.objects.select_related("teacher", "enterprise")
    template_name = "classes/lessons/members.html"
    context_object_name = "lesson"

    def require(self) -> None:
        super().require()
        if not may(self.request.user, "change", "member"):
            raise PermissionDenied(refusal_message(self.request.user, "change", "member"))

    def check_allowed(self, obj: M) -> M:
        lesson: Any = super().check_allowed(obj)
        if not may_edit_members(self.request.user, lesson):
            raise PermissionDenied(refusal_message(self.request.user, "change", "member"))
        return obj

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        if self.object.locked:
            return redirect("classes:lesson", self.object.pk)
        return self._show(MembersForm(lesson=self.object, by=request.user))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.object = lesson = self.get_object()
        form = MembersForm(request.POST, lesson=lesson, by=request.user)
        if not form.is_valid():
            return self._show(form)
        if "sure" in request.POST and not form.ask_about_doubts() and self._replace(form):
            return redirect("classes:lesson", lesson.pk)
        compared = compare_members(lesson, form.students())
        form.conflicts = close_foreign_lessons(compared.conflicts, request.user)
        form.refresh_seen()
        return self._show(form, compared=compared)

    def _replace(self, form: MembersForm) -> bool:
        reason = form.cleaned_data["conflict_reason"]
        try:
            values = replace_revocably(
                lesson=self.object,
                students=form.students(),
                by=self.request.user,
                conflict_reason=reason,
                seen=form.seen,
            )
        except BookingConflictError as conflicted:
            form.add_error("conflict_reason", conflicted)
            return False
        except ValidationError as error:
            form.refuse(error)
            return False
        text = _("The list has been replaced. The change is sent to iclass within seconds.")
        offer_undo(self.request, text, "lesson.replace_members", self.object.pk, values)
        return True

    def _show(self, form: MembersForm, **more: Any) -> HttpResponse:
        return self.render_to_response(
            self.get_context_data(
                title=_("Replace list of students"),
                form=form,
                cancel_url=reverse("classes:lesson", args=[self.object.pk]),
                **more,
            )
        )
