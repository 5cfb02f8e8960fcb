from typing import Any

from django.apps import AppConfig
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from console import policy
from console.audit.labels import register_searchable_type
from console.outbox.states import OperationState
from console.policy.row_security.row_policies import SCHOOL, register_table
from console.ui.menu_counts import register_menu_count

#: States of operations that wait for a person.
DECIDED_BY_PEOPLE = (OperationState.REFUSED, OperationState.NEEDS_YOU)


class OutboxConfig(AppConfig):
    name = "console.outbox"
    label = "outbox"
    verbose_name = _("Operations sent to iclass")

    def ready(self) -> None:
        policy.register("operation", of_school="enterprise", own=lambda user: Q(created_by=user))
        policy.register("attempt", of_school="operation__enterprise")
        register_searchable_type("outbox.Operation", order=7)
        text = ngettext_lazy("%(n)d operation needs attention", "%(n)d operations need attention", "n")
        register_menu_count("operations", self._undecided_operations, text)
        self._register_tables()

    def _undecided_operations(self, reader: Any) -> list[QuerySet[Any]]:
        """Return the operations that go on only after a decision."""
        rows = self.get_model("Operation")._default_manager.filter(state__in=DECIDED_BY_PEOPLE)
        return [policy.scoped(rows, reader, "operation", "list")]

    def _register_tables(self) -> None:
        """Register what an operator outside of every school sees, and what only the worker writes."""
        of_schools = f"console_operator() AND {{t}}.subject_type = '{SCHOOL.lower()}'"
        register_table("outbox.Operation", extra_rows=of_schools)
        register_table("outbox.Gate", extra_rows="console_operator()")
        register_table("outbox.Attempt", rights="SELECT")
        register_table("outbox.TaskHeartbeat", rights="SELECT", is_shared=True)
