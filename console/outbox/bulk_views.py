"""Apply one decision to many operations."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from console.inputs.bounds import parse_id
from console.outbox.decisions import decide, states_open_to
from console.outbox.filters import OperationFilter
from console.outbox.models import Operation
from console.outbox.presentation import OperationRow
from console.policy import scoped
from console.policy.bulk_views import MAX_BULK_ROWS, BulkActionText, BulkActionView


class BulkDecisionView(BulkActionView):
    """Apply a decision to the selected operations, or to all that match the filter and allow it."""

    resource, back = "operation", "outbox:operations"
    words = {
        "send_again": BulkActionText(
            ngettext_lazy("Send %(n)d operation again?", "Send %(n)d operations again?", "n"),
            gettext_lazy("They are sent to iclass within seconds with their current values."),
            gettext_lazy("Send again"),
            ngettext_lazy(
                "%(n)d is being sent again within seconds.", "%(n)d are being sent again within seconds.", "n"
            ),
        ),
        "mark_done": BulkActionText(
            ngettext_lazy("Mark %(n)d operation as done?", "Mark %(n)d operations as done?", "n"),
            gettext_lazy("They are not sent any more. First make sure that the data at iclass is correct."),
            gettext_lazy("Mark as done"),
            ngettext_lazy("%(n)d marked as done.", "%(n)d marked as done.", "n"),
        ),
        "park": BulkActionText(
            ngettext_lazy("Set aside %(n)d operation?", "Set aside %(n)d operations?", "n"),
            gettext_lazy("Nothing is sent until someone sends it again. Later operations continue."),
            gettext_lazy("Set aside"),
            ngettext_lazy("%(n)d set aside.", "%(n)d set aside.", "n"),
        ),
    }

    def matching_keys(self) -> list[str]:
        visible = scoped(Operation.objects.all(), self.request.user, "operation", "list")
        matching = OperationFilter(self.request.GET).narrow(visible)
        chosen = matching.filter(state__in=states_open_to(self.action))
        return [str(pk) for pk in chosen.values_list("pk", flat=True)[: MAX_BULK_ROWS + 1]]

    def row_label(self, key: str) -> str:
        operation = self._find(key)
        return f"{OperationRow(operation).what} · {operation.subject_label}"

    def apply_to(self, key: str) -> None:
        decide(self._find(key), self.action, by=self.request.user)

    def _find(self, key: str) -> Any:
        if parse_id(key) is None:
            raise Http404(_("This does not exist in your school."))
        return self.get_row(Operation.objects.all(), pk=key)
