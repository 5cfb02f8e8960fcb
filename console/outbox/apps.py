from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from console import policy
from console.audit.labels import register_searchable_type
from console.policy.row_security.row_policies import SCHOOL, register_table


class OutboxConfig(AppConfig):
    name = "console.outbox"
    label = "outbox"
    verbose_name = _("Operations sent to iclass")

    def ready(self) -> None:
        from console.outbox import waiting  # noqa: F401 - it registers itself

        policy.register("operation", of_school="enterprise", own=lambda user: Q(created_by=user))
        policy.register("attempt", of_school="operation__enterprise")
        register_searchable_type("outbox.Operation", order=7)
        self._register_tables()

    def _register_tables(self) -> None:
        """Register what an operator outside of every school sees, and what only the worker writes."""
        of_schools = f"console_operator() AND {{t}}.subject_type = '{SCHOOL.lower()}'"
        register_table("outbox.Operation", extra_rows=of_schools)
        register_table("outbox.Gate", extra_rows="console_operator()")
        register_table("outbox.Attempt", rights="SELECT")
        register_table("outbox.TaskHeartbeat", rights="SELECT", is_shared=True)
