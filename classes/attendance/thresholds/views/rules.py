"""Pages of the warning rules, for administrators."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from classes.attendance.thresholds.crossings import Kind
from classes.attendance.thresholds.forms import NUMBERS, RuleForm
from classes.attendance.thresholds.preview import preview_rule
from classes.attendance.thresholds.sentences import rule_sentence
from classes.attendance.thresholds.services import add_rule, edit_rule, remove_rule, switch_rule
from classes.models import ThresholdRule
from console.policy import scoped
from console.policy.edit_views import BackView, EditView, RemoveView
from console.policy.views import SchoolView

#: Rules that were not removed, with what their sentences name.
_RULES = ThresholdRule.objects.filter(removed_at=None).select_related("grade", "group", "course")


class RuleList(SchoolView, TemplateView):
    """The warning rules of the school."""

    resource, action = "threshold", "list"
    template_name = "classes/attendance/thresholds/rules.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        rows = scoped(_RULES.all(), self.request.user, "threshold", "list")
        holding = Count("warnings", filter=Q(warnings__ended_at=None))
        rules = rows.annotate(holding=holding).order_by("pk")
        return super().get_context_data(
            title=_("Warning rules"),
            rules=[(rule, rule_sentence(rule)) for rule in rules],
            kinds=[(kind, NUMBERS[kind][0], label) for kind, label in Kind.choices],
            **more,
        )


class RuleBase(BackView):
    """Base of pages about one rule of the school."""

    resource = "threshold"

    @cached_property
    def rule(self) -> ThresholdRule:
        return self.get_row(_RULES.all(), pk=self.kwargs["pk"])

    def back_url(self) -> str:
        return reverse("classes:thresholds")


class RuleFormView(RuleBase, EditView):
    """Base of the forms of a rule; they name whom it would warn today if the reader asks before saving."""

    form_class = RuleForm
    template_name = "classes/attendance/thresholds/rule_form.html"
    saved_message = gettext_lazy("The rule has been saved. Warnings appear within minutes.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"rule": self.rule, "reader": self.request.user}

    def form_valid(self, form: RuleForm) -> HttpResponse:
        if "preview" in self.request.POST:
            reader: Any = self.request.user
            rule = ThresholdRule(enterprise=reader.enterprise, **form.service_fields())
            preview = preview_rule(rule, reader)
            return self.render_to_response(self.get_context_data(form=form, preview=preview))
        return super().form_valid(form)


class RuleAdd(RuleFormView):
    """Add a rule of the kind that `?kind=` names."""

    action = "add"

    @cached_property
    def rule(self) -> ThresholdRule:
        kind = self.request.GET.get("kind", "")
        return ThresholdRule(kind=kind if kind in Kind.values else Kind.ABSENCES)

    def save(self, form: RuleForm, by: Any) -> None:
        add_rule(by=by, **form.service_fields())

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        title = _("New warning rule: %(kind)s") % {"kind": self.rule.get_kind_display()}
        return super().get_context_data(title=title, **more)


class RuleEdit(RuleFormView):
    """Change a rule; its kind stays."""

    action = "change"

    def save(self, form: RuleForm, by: Any) -> None:
        edit_rule(rule=self.rule, by=by, seen=form.seen, **form.service_fields())

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        title = _("Edit the rule: %(rule)s") % {"rule": rule_sentence(self.rule)}
        return super().get_context_data(title=title, **more)


class RuleSwitch(RuleBase, View):
    """Turn a rule on or off; `on` is the state that the reader wants."""

    action = "change"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        on, by = request.POST.get("on") == "1", self.request.user
        try:
            switch_rule(rule=self.rule, on=on, by=by)
        except ValidationError as error:
            self.warning(" ".join(error.messages))
        else:
            self.success(_("The rule is on.") if on else _("The rule is off."))
        return redirect("classes:thresholds")


class RuleRemove(RuleBase, RemoveView):
    """Remove a rule, after a confirmation."""

    saved_message = gettext_lazy("The rule has been deleted.")

    def remove(self, by: Any) -> None:
        remove_rule(rule=self.rule, by=by)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Delete this warning rule?"),
            detail=_("%(rule)s. Warnings that it raised end for good and stay in the list.")
            % {"rule": rule_sentence(self.rule)},
            submit_label=_("Delete"),
            **more,
        )
