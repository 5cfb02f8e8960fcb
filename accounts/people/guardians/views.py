"""Pages of the guardians of a student, for the office. Each look at them is recorded."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, TemplateView

from accounts.models import Guardian, Role, User
from accounts.people.guardian_notices.queries import NEWEST_FIRST, notices_about, states_by_guardian
from accounts.people.guardians import services
from accounts.people.guardians.forms import GuardianForm
from accounts.people.guardians.invitation_views import guardian_states
from accounts.sign_in.permissions import ERASED_MESSAGE
from console.policy import in_school
from console.policy.edit_views import RemoveView
from console.policy.views import SchoolView, paginate_by_key


class StudentGuardians(SchoolView):
    """Base of the pages about the guardians of one student, who must not be erased."""

    resource = "guardian"

    @cached_property
    def student(self) -> User:
        students = User.objects.select_related("enterprise").filter(role=Role.STUDENT)
        found = in_school(students, self.request.user, self.resource).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404(_("This does not exist in your school."))
        if found.erased_at:
            raise PermissionDenied(ERASED_MESSAGE)
        return found

    def list_url(self) -> str:
        return reverse("accounts:guardians", args=[self.student.pk])


@method_decorator(never_cache, name="dispatch")
class GuardianList(StudentGuardians, TemplateView):
    """The guardians of a student, in clear."""

    action = "list"
    template_name = "accounts/people/guardians.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        guardians = list(Guardian.objects.select_related("account").filter(person=self.student))
        keyset = paginate_by_key(notices_about(self.student), self.request, NEWEST_FIRST)
        told = states_by_guardian(keyset.rows)
        services.record_view(student=self.student, by=self.request.user)
        return super().get_context_data(
            title=_("Guardians"),
            person=self.student,
            states=guardian_states(guardians),
            notices=[(one, told[one.pk]) for one in guardians if one.pk in told],
            keyset=keyset,
            may_add=self.may("add"),
            **more,
        )


@method_decorator(never_cache, name="dispatch")
class GuardianAdd(StudentGuardians, FormView):
    action = "add"
    form_class = GuardianForm
    template_name = "generic/form.html"

    def form_valid(self, form: Any) -> HttpResponse:
        fields = {name: value for name, value in form.cleaned_data.items() if name != "seen"}
        try:
            services.add_guardian(student=self.student, by=self.request.user, **fields)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        self.success(_("The guardian has been added."))
        return redirect(self.list_url())

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        title = _("Add a guardian of %(name)s") % {"name": self.student}
        return super().get_context_data(title=title, cancel_url=self.list_url(), **more)


@method_decorator(never_cache, name="dispatch")
class GuardianEdit(SchoolView, FormView):
    """Change a guardian; the form shows what is stored."""

    resource, action = "guardian", "change"
    form_class = GuardianForm
    template_name = "generic/form.html"

    @cached_property
    def guardian(self) -> Guardian:
        return self.get_row(Guardian.objects.select_related("person__enterprise"), pk=self.kwargs["pk"])

    def list_url(self) -> str:
        return reverse("accounts:guardians", args=[self.guardian.person_id])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "guardian": self.guardian}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            stored = services.edit_guardian(guardian=self.guardian, by=self.request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        self.success(_("Saved."))
        if self.guardian.account_id and not stored.account_id:
            self.warning(
                _(
                    "This is somebody else now, so the account of the former guardian no longer sees this "
                    "student. Invite the new one."
                )
            )
        return redirect(self.list_url())

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        title = _("Guardian of %(name)s") % {"name": self.guardian.person}
        return super().get_context_data(title=title, cancel_url=self.list_url(), **more)

    def render_to_response(self, context: dict[str, Any], **more: Any) -> HttpResponse:
        services.record_view(student=self.guardian.person, by=self.request.user)
        response: HttpResponse = super().render_to_response(context, **more)
        return response


class GuardianDelete(RemoveView):
    resource = "guardian"
    saved_message = gettext_lazy("The guardian has been deleted.")

    @cached_property
    def guardian(self) -> Guardian:
        return self.get_row(Guardian.objects.select_related("person__enterprise"), pk=self.kwargs["pk"])

    def remove(self, by: Any) -> None:
        services.delete_guardian(guardian=self.guardian, by=by)

    def back_url(self) -> str:
        return reverse("accounts:guardians", args=[self.guardian.person_id])

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        names = {"relation": self.guardian.get_relation_display(), "name": self.guardian.person}
        return super().get_context_data(
            title=_("Delete this guardian (%(relation)s) of %(name)s?") % names,
            detail=_("Name and contacts are deleted. Recorded consent is kept."),
            submit_label=_("Delete"),
            **more,
        )
