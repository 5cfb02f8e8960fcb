"""Views for lesson actions: GET asks for confirmation, POST runs the action and redirects to the lesson."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import FormView
from django.views.generic.detail import SingleObjectMixin

from classes.lessons.actions import LESSON_ACTIONS, LessonAction
from classes.lessons.forms.cancel import CancelForm
from classes.models import Lesson
from console.confirmation import ConfirmationNeeded, ConfirmForm
from console.policy.views import SchoolView
from console.undo import offer_undo


class LessonActionView(SchoolView, SingleObjectMixin, FormView):
    """An action of `classes.lessons.actions`, named in the URL."""

    resource = "lesson"
    queryset = Lesson.objects.select_related("teacher", "enterprise")
    template_name = "generic/confirm.html"
    action_name = ""

    @property
    def act(self) -> LessonAction:
        return LESSON_ACTIONS[self.action_name]

    @property
    def action(self) -> str:  # type: ignore[override]  # pages set it; this one derives it
        return self.action_name

    def get_form_class(self) -> type[forms.Form]:
        if self.action_name == "cancel":
            return CancelForm
        return ConfirmForm if self.act.consequences else forms.Form

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        if self.act.consequences and (consequences := self.act.consequences(self.object)):
            return self.ask(consequences)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            result = self.act.do(lesson=self.object, by=self.request.user, **form.cleaned_data)
        except ConfirmationNeeded as asked:
            return self.ask(asked.messages)
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
        else:
            values = result if self.act.undo else None
            offer_undo(self.request, self.act.done, self.act.undo, self.object.pk, values)
        return redirect("classes:lesson", self.object.pk)

    def ask(self, consequences: list[str]) -> HttpResponse:
        """Show what would happen; the form of that page confirms it."""
        form = ConfirmForm(initial={"confirmed": True})
        return self.render_to_response(self.get_context_data(form=form, consequences=consequences))

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=self.act.question,
            detail=self.act.detail,
            submit_label=self.act.label,
            tone=self.act.tone,
            cancel_url=reverse("classes:lesson", args=[self.object.pk]),
            **more,
        )
