"""View for changing the switches of the policy table: the form, what changes, then the change."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import UpdateView

from accounts.models import Enterprise
from accounts.school.forms.rights import RightsForm
from console.concurrency import value_digest
from console.policy.views import SchoolView


class RightsEdit(SchoolView, UpdateView):
    """A POST lists what would change. The list carries its digest as `sure`: only what it has is saved."""

    resource, action = "policy", "change"
    form_class = RightsForm
    template_name = "accounts/school/rights.html"
    extra_context = {"title": gettext_lazy("Change permissions")}

    def get_object(self, queryset: object = None) -> Enterprise:
        return Enterprise.objects.get(pk=self.request.user.enterprise_id or 0)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        own = {"cancel_url": reverse("policy:rights"), "submit_label": _("Continue")}
        return super().get_context_data(**own | more)

    def form_valid(self, form: Any) -> HttpResponse:
        changes = form.changes()
        if not changes:
            self.success(_("Nothing has changed."))
            return redirect("policy:rights")
        sure = value_digest([f"{one.label}: {one.before} → {one.after}" for one in changes])
        if self.request.POST.get("sure") != sure:
            label = _("Change the permissions")
            listed = self.get_context_data(form=form, changes=changes, sure=sure, submit_label=label)
            return self.render_to_response(listed)
        if not form.save_by(self.request.user):
            return self.form_invalid(form)
        self.success(_("Saved. The permissions apply from now on."))
        return redirect("policy:rights")
