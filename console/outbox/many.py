"""One decision about many operations."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from console.outbox.choosing import OperationFilter
from console.outbox.desk import DECISIONS, decide
from console.outbox.lines import Line
from console.outbox.models import Operation
from console.outbox.states import PERSON_STEPS
from console.policy import scoped
from console.policy.many import MOST, ActOnMany, Asked


def open_for(operations: QuerySet[Operation], decision: str) -> QuerySet[Operation]:
    """Those about which a person may decide so now."""
    states = [state for state, steps in PERSON_STEPS.items() if DECISIONS[decision] in steps]
    return operations.filter(state__in=states)


class ManyOperations(ActOnMany):
    """The ticked operations, or all that the filter fits and that are open to this decision."""

    resource, back = "operation", "outbox:operations"
    words = {
        "send_again": Asked(
            ngettext_lazy("Send %(n)d operation again?", "Send %(n)d operations again?", "n"),
            gettext_lazy("They go out to iclass within seconds, each as its entry is now."),
            gettext_lazy("Send again"),
            ngettext_lazy("%(n)d is sent again within seconds.", "%(n)d are sent again within seconds.", "n"),
        ),
        "mark_done": Asked(
            ngettext_lazy("Mark %(n)d operation as done?", "Mark %(n)d operations as done?", "n"),
            gettext_lazy(
                "Nothing of them is sent any more. Do this where you have seen that iclass has it so."
            ),
            gettext_lazy("Mark as done"),
            ngettext_lazy("%(n)d marked as done.", "%(n)d marked as done.", "n"),
        ),
        "park": Asked(
            ngettext_lazy("Set %(n)d operation aside?", "Set %(n)d operations aside?", "n"),
            gettext_lazy("Nothing is sent until somebody sends it again; what comes after it goes on."),
            gettext_lazy("Set aside"),
            ngettext_lazy("%(n)d set aside.", "%(n)d set aside.", "n"),
        ),
    }

    def fitting(self) -> list[str]:
        mine = scoped(Operation.objects.all(), self.request.user, "operation", "list")
        chosen = open_for(OperationFilter(self.request.GET).narrow(mine), self.action)
        return [str(number) for number in chosen.values_list("pk", flat=True)[:MOST]]

    def label_of(self, key: str) -> str:
        operation = self._find(key)
        return f"{Line(operation).what} · {operation.subject_label}"

    def act_on(self, key: str) -> None:
        decide(self._find(key), self.action, by=self.request.user)

    def _find(self, key: str) -> Any:
        if not (key.isascii() and key.isdigit() and len(key) < 19):
            raise Http404(_("There is no such thing in your school."))
        return self.find(Operation.objects.all(), pk=key)
