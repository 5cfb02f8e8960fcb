"""What waits for a person: operations that iclass rejected, or of which the outcome is not known."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from console.outbox.filters import ATTENTION_STATES
from console.outbox.models import Operation
from console.outbox.presentation import OperationRow
from console.outbox.states import OperationState
from console.policy import may, scoped
from console.ui.waiting import Listing, RowAct, WaitingRow, register_waiting


def _undecided_operations(reader: Any) -> list[QuerySet[Operation]]:
    return [scoped(Operation.objects.filter(state__in=ATTENTION_STATES), reader, "operation", "list")]


def _operation_row(operation: Operation) -> WaitingRow:
    row = OperationRow(operation)
    text = row.words.what if row.words else row.badge.word
    url = reverse("outbox:operation", args=[operation.pk])
    return WaitingRow(f"{row.what}: {operation.subject_label}", url, text, operation.created_at)


def _may_send_again(reader: Any, operation: Operation) -> bool:
    """Whether one press is enough: what iclass may have received has to be checked there first."""
    return operation.state == OperationState.REFUSED and may(reader, "send_again", "operation")


register_waiting(
    "operations",
    _undecided_operations,
    ngettext_lazy("%(n)d operation needs attention", "%(n)d operations need attention", "n"),
    Listing(
        place=40,
        icon="send",
        tone="bad",
        act=_("Show all"),
        url=lambda: f"{reverse('outbox:operations')}?state=trouble",
        row=_operation_row,
        acts=(RowAct(_("Send again"), "send", "outbox:send_again", _may_send_again),),
    ),
)
