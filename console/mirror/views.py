"""Pages of differences between the console and iclass: the list, one row, and decisions."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.generic import ListView, TemplateView, View

from console.mirror.decisions import (
    RowDifferences,
    apply_decision,
    get_row_differences,
    list_row_differences,
    may_decide,
)
from console.mirror.filters import DifferenceFilter, find_row
from console.mirror.models import IgnoredDifference
from console.policy.bulk_views import MAX_BULK_ROWS, BulkActionText, BulkActionView
from console.policy.views import SchoolView

#: Maps a decision to its label for rows that differ, its label for rows that are gone, and its icon.
DECISION_BUTTONS: dict[str, tuple[str | Promise, str | Promise, str]] = {
    "push": (gettext_lazy("Use console version"), gettext_lazy("Create again at iclass"), "cloud-upload"),
    "take": (gettext_lazy("Use iclass version"), gettext_lazy("Follow iclass"), "cloud-download"),
    "ignore": (gettext_lazy("Keep both as they are"), gettext_lazy("Keep in the console only"), "eye-off"),
    "restore": (gettext_lazy("Reopen"), gettext_lazy("Reopen"), "eye"),
}
DECISION_MESSAGES: dict[str, str | Promise] = {
    "push": gettext_lazy("The console's version is sent to iclass within seconds."),
    "take": gettext_lazy("The console now matches iclass."),
    "ignore": gettext_lazy("Kept as it is. It is shown again when either version changes."),
    "restore": gettext_lazy("It has been reopened."),
}


#: Seconds between refreshes of the list.
REFRESH_S = 15


class DifferenceList(SchoolView, ListView):
    """List rows that differ, with the values of both sides."""

    resource, action = "drift", "list"
    model = IgnoredDifference
    template_name = "mirror/differences.html"
    paginate_by = 20

    @cached_property
    def filter(self) -> DifferenceFilter:
        return DifferenceFilter(self.request.GET)

    def get_queryset(self) -> Any:
        return self.filter.rows(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(
            title=_("Differences from iclass"), filter_form=self.filter, **kwargs
        )
        show_ignored = self.request.GET.get("state") == "ignored"
        lines = list_row_differences(list(context["page_obj"]))
        entries = [
            difference_context(line, self.request.user, show_ignored)
            for line in lines
            if line.is_undecided or show_ignored
        ]
        return context | {"live_every": REFRESH_S, "entries": entries, "many": self._bulk_actions(entries)}

    def _bulk_actions(self, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the decisions that the reader may take on at least one of the rows shown."""
        chosen = self.request.GET.urlencode()
        offered = {button["name"] for entry in entries for button in entry["buttons"]}
        return [
            {"url": f"{reverse(f'mirror:many_{name}')}?{chosen}", "label": label, "icon_name": icon}
            for name, (label, _gone, icon) in DECISION_BUTTONS.items()
            if name in offered
        ]


class DifferenceDetail(SchoolView, TemplateView):
    """Show one row. A row that no longer differs is shown as such, so that old links work."""

    resource = "drift"
    template_name = "mirror/difference.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        line = get_row_differences(find_row(self.request.user, self.kwargs["key"]))
        show_ignored = not line.is_undecided
        return super().get_context_data(
            title=str(line.row), entry=difference_context(line, self.request.user, show_ignored), **kwargs
        )


class DifferenceDecision(SchoolView, View):
    """Apply a decision to the selected fields of one row, without confirmation: both values were shown."""

    resource = "drift"
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        fields = None if "whole" in request.POST else request.POST.getlist("field")
        try:
            row = find_row(request.user, key)
            apply_decision(
                self.action, row, by=request.user, fields=fields, seen=request.POST.get("seen", "")
            )
            self.success(DECISION_MESSAGES[self.action])
        except (ValidationError, PermissionDenied) as error:
            texts = error.messages if isinstance(error, ValidationError) else map(str, error.args)
            messages.error(request, f"{row}: {' '.join(texts)}")
        return self.go_back("mirror:differences")


class BulkDifferenceDecision(BulkActionView):
    """Apply a decision to the selected rows, each with its digest `seen`, or to all that match the filter."""

    resource, back = "drift", "mirror:differences"
    words = {
        "push": BulkActionText(
            ngettext_lazy(
                "Use the console version for %(n)d entry?", "Use the console version for %(n)d entries?", "n"
            ),
            gettext_lazy(
                "Differing fields at iclass are overwritten with the console's values. "
                "Entries that are missing at iclass are created again."
            ),
            gettext_lazy("Use console version"),
            ngettext_lazy("%(n)d is sent within seconds.", "%(n)d are sent within seconds.", "n"),
        ),
        "take": BulkActionText(
            ngettext_lazy(
                "Use the iclass version for %(n)d entry?", "Use the iclass version for %(n)d entries?", "n"
            ),
            gettext_lazy(
                "Differing fields in the console are overwritten with the values from "
                "iclass. Entries that are missing at iclass are cancelled or deleted in the "
                "console, too."
            ),
            gettext_lazy("Use iclass version"),
            ngettext_lazy("%(n)d now matches iclass.", "%(n)d now match iclass.", "n"),
            tone="danger",
        ),
        "ignore": BulkActionText(
            ngettext_lazy("Keep %(n)d entry as it is?", "Keep %(n)d entries as they are?", "n"),
            gettext_lazy("Neither version is changed. Entries are shown again when either version changes."),
            gettext_lazy("Keep both as they are"),
            ngettext_lazy("%(n)d kept as it is.", "%(n)d kept as they are.", "n"),
        ),
        "restore": BulkActionText(
            ngettext_lazy("Reopen %(n)d entry?", "Reopen %(n)d entries?", "n"),
            gettext_lazy("They are listed as differences again. Nothing is sent."),
            gettext_lazy("Reopen"),
            ngettext_lazy("%(n)d reopened.", "%(n)d reopened.", "n"),
        ),
    }

    def matching_keys(self) -> list[str]:
        """Return the keys; the filter has rows that do not allow the action, so it is read in parts."""
        rows = DifferenceFilter(self.request.GET).rows(self.request.user)
        keys: list[str] = []
        for start in range(0, rows.count(), MAX_BULK_ROWS):
            keys += [
                f"{line.key}.{line.seen}"
                for line in list_row_differences(rows[start : start + MAX_BULK_ROWS])
                if self.action in line.acts and may_decide(self.request.user, self.action, line.row)
            ]
            if len(keys) > MAX_BULK_ROWS:
                break
        return keys

    def row_label(self, key: str) -> str:
        line = get_row_differences(find_row(self.request.user, key.partition(".")[0]))
        return f"{line.sort} · {line.row}"

    def apply_to(self, key: str) -> None:
        name, _dot, seen = key.partition(".")
        apply_decision(self.action, find_row(self.request.user, name), by=self.request.user, seen=seen)


def difference_context(line: RowDifferences, reader: Any, show_ignored: bool) -> dict[str, Any]:
    """Return the template context of a row: the undecided or the ignored pairs, and the buttons."""
    acts = [
        name
        for name in line.acts
        if (name == "restore") == show_ignored and may_decide(reader, name, line.row)
    ]
    return {
        "line": line,
        "pairs": line.ignored if show_ignored else line.open,
        "left": 0 if show_ignored else len(line.ignored),
        "buttons": [_decision_button(line, name) for name in acts],
    }


def _decision_button(line: RowDifferences, name: str) -> dict[str, Any]:
    label, gone_label, icon = DECISION_BUTTONS[name]
    if line.gone:
        label = line.mirrored_model.gone_action_label if name == "take" else gone_label
    return {"name": name, "label": label, "icon": icon, "url": reverse(f"mirror:{name}", args=[line.key])}
