"""The desk of differences: what is not the same here and at iclass, side by side, and which side is right."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.generic import ListView, TemplateView, View

from console.mirror.choosing import DifferenceFilter, row_of
from console.mirror.desk import Line, act, line_of, lines_of, may_act
from console.mirror.models import Ignored
from console.policy.many import MOST, ActOnMany, Asked
from console.policy.pages import SchoolPage

#: Act → its words where rows differ, where they are gone, and its icon.
BUTTONS: dict[str, tuple[str | Promise, str | Promise, str]] = {
    "push": (gettext_lazy("Send ours"), gettext_lazy("Make it there again"), "cloud-upload"),
    "take": (gettext_lazy("Take theirs"), gettext_lazy("Follow iclass"), "cloud-download"),
    "ignore": (gettext_lazy("Leave it so"), gettext_lazy("Keep it here alone"), "eye-off"),
    "restore": (gettext_lazy("Decide again"), gettext_lazy("Decide again"), "eye"),
}
DONE: dict[str, str | Promise] = {
    "push": gettext_lazy("Ours goes out to iclass within seconds."),
    "take": gettext_lazy("Ours follows iclass now."),
    "ignore": gettext_lazy("Left as it is. It is shown again once either side changes."),
    "restore": gettext_lazy("It is to be decided again."),
}


class DifferenceList(SchoolPage, ListView):
    """All that differs, the values of both sides beside each other."""

    resource, action = "drift", "list"
    model = Ignored
    template_name = "mirror/differences.html"
    paginate_by = 20

    @cached_property
    def filter(self) -> DifferenceFilter:
        return DifferenceFilter(self.request.GET)

    def get_queryset(self) -> Any:
        return self.filter.rows(self.request.user)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context = super().get_context_data(
            title=_("Differences from iclass"), filter_form=self.filter, **more
        )
        leaving = self.request.GET.get("state") == "ignored"
        lines = lines_of(list(context["page_obj"]))
        told = [tell(line, self.request.user, leaving) for line in lines if line.unsettled or leaving]
        return context | {"entries": told, "many": self._many(leaving) if told else []}

    def _many(self, leaving: bool) -> list[dict[str, Any]]:
        chosen = self.request.GET.urlencode()
        names = ["restore"] if leaving else ["push", "take", "ignore"]
        return [
            {"url": f"{reverse(f'mirror:many_{name}')}?{chosen}", "label": words, "icon_name": icon}
            for name in names
            for words, _gone, icon in [BUTTONS[name]]
            if self.may(name)
        ]


class DifferencePage(SchoolPage, TemplateView):
    """One row; also where it no longer differs, so that an old link says so."""

    resource = "drift"
    template_name = "mirror/difference.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        line = line_of(row_of(self.request.user, self.kwargs["key"]))
        leaving = not line.unsettled
        return super().get_context_data(
            title=str(line.row), entry=tell(line, self.request.user, leaving), **more
        )


class DifferenceAct(SchoolPage, View):
    """One decision about one row, for the ticked fields. POST alone: both values stood beside the button."""

    resource = "drift"
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        fields = None if "whole" in request.POST else request.POST.getlist("field")
        try:
            row = row_of(request.user, key)
            act(self.action, row, by=request.user, fields=fields, seen=request.POST.get("seen", ""))
            self.say(DONE[self.action])
        except (ValidationError, PermissionDenied) as error:
            said = error.messages if isinstance(error, ValidationError) else map(str, error.args)
            messages.error(request, f"{row}: {' '.join(said)}")
        return redirect(self.back(request.POST.get("next", "")))

    def back(self, asked: str) -> str:
        ours = url_has_allowed_host_and_scheme(asked, {self.request.get_host()}, self.request.is_secure())
        return asked if ours else reverse("mirror:differences")


class ManyDifferences(ActOnMany):
    """The ticked rows, each with the digest of what was seen, or all that the filter fits."""

    resource, back = "drift", "mirror:differences"
    words = {
        "push": Asked(
            ngettext_lazy("Send ours of %(n)d entry?", "Send ours of %(n)d entries?", "n"),
            gettext_lazy(
                "What iclass has in the differing fields is overwritten by what stands here."
                " What is gone there is made there again."
            ),
            gettext_lazy("Send ours"),
            ngettext_lazy("%(n)d goes out within seconds.", "%(n)d go out within seconds.", "n"),
        ),
        "take": Asked(
            ngettext_lazy("Take theirs of %(n)d entry?", "Take theirs of %(n)d entries?", "n"),
            gettext_lazy(
                "What stands here in the differing fields is overwritten by what iclass has."
                " What is gone there is cancelled or deleted here too."
            ),
            gettext_lazy("Take theirs"),
            ngettext_lazy("%(n)d follows iclass now.", "%(n)d follow iclass now.", "n"),
            tone="danger",
        ),
        "ignore": Asked(
            ngettext_lazy("Leave %(n)d entry as it is?", "Leave %(n)d entries as they are?", "n"),
            gettext_lazy("Neither side is changed. Each is shown again once either side changes."),
            gettext_lazy("Leave it so"),
            ngettext_lazy("%(n)d left as it is.", "%(n)d left as they are.", "n"),
        ),
        "restore": Asked(
            ngettext_lazy("Decide %(n)d entry again?", "Decide %(n)d entries again?", "n"),
            gettext_lazy("They stand among the differences again. Nothing is sent."),
            gettext_lazy("Decide again"),
            ngettext_lazy("%(n)d to be decided again.", "%(n)d to be decided again.", "n"),
        ),
    }

    def fitting(self) -> list[str]:
        lines = lines_of(DifferenceFilter(self.request.GET).rows(self.request.user)[:MOST])
        return [f"{line.key}.{line.seen}" for line in lines if self.action in line.acts]

    def label_of(self, key: str) -> str:
        line = line_of(row_of(self.request.user, key.partition(".")[0]))
        return f"{line.sort} · {line.row}"

    def act_on(self, key: str) -> None:
        name, _dot, seen = key.partition(".")
        act(self.action, row_of(self.request.user, name), by=self.request.user, seen=seen)


def tell(line: Line, reader: Any, leaving: bool) -> dict[str, Any]:
    """What the templates draw of a line: the pairs that are to be decided, or that were left, and buttons."""
    acts = [name for name in line.acts if (name == "restore") == leaving and may_act(reader, name, line.row)]
    return {
        "line": line,
        "pairs": line.ignored if leaving else line.open,
        "left": 0 if leaving else len(line.ignored),
        "buttons": [_button(line, name) for name in acts],
    }


def _button(line: Line, name: str) -> dict[str, Any]:
    words, gone, icon = BUTTONS[name]
    label = words
    if line.gone:
        label = line.twin.when_gone if name == "take" else gone
    return {"name": name, "label": label, "icon": icon, "url": reverse(f"mirror:{name}", args=[line.key])}
