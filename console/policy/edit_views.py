"""Base classes of pages that a service saves: the form of a row, and an action after a confirmation."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.views.generic import FormView

from console.policy.views import SchoolView
from console.undo import offer_undo

if TYPE_CHECKING:
    _FormView = FormView[Any]
else:
    _FormView = FormView


class BackView(SchoolView):
    """Both ways of leaving the page lead to `back_url`."""

    def back_url(self) -> str:
        raise NotImplementedError

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        generic: Any = super()
        context: dict[str, Any] = generic.get_context_data(**{"cancel_url": self.back_url(), **more})
        return context


class EditView(BackView, _FormView):
    """A form with OptimisticLockMixin; what the service refuses is shown at its field."""

    template_name = "generic/form.html"
    saved_message: str | Promise = ""

    def save(self, form: Any, by: Any) -> None:
        """Call the service with the values of the form."""
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            self.save(form, self.request.user)
        except ValidationError as error:
            form.refuse(error)
            return self.form_invalid(form)
        self.success(self.saved_message)
        return redirect(self.back_url())


class DeleteAtOnce(BackView):
    """Delete something by a POST that asks nothing, because it can be taken back (`console.undo`)."""

    action = "delete"
    http_method_names = ["post", "options"]
    undo = ""
    saved_message: str | Promise = ""

    def remove(self, by: Any) -> Mapping[str, Any] | None:
        """Call the service; return the values for the handler of `undo`, None if it is final."""
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        back = self.back_url()
        try:
            values = self.remove(request.user)
        except ValidationError as error:
            self.warning(" ".join(error.messages))
        else:
            offer_undo(request, self.saved_message, self.undo, pk, values)
        return redirect(back)


class RemoveView(BackView, _FormView):
    """Remove something after a confirmation, which shows the error if the service refuses."""

    action = "delete"
    form_class = forms.Form
    template_name = "generic/confirm.html"
    saved_message: str | Promise = ""

    def remove(self, by: Any) -> None:
        """Call the service."""
        raise NotImplementedError

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            self.remove(self.request.user)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        self.success(self.saved_message)
        return redirect(self.back_url())
