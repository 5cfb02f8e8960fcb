from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from console import policy


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Schools and people")

    def ready(self) -> None:
        self._import_registrations()
        from accounts.people import charges

        policy.register("school", of_school="pk", own=lambda user: Q(pk=user.enterprise_id))
        policy.register(
            "person",
            of_school="enterprise",
            own=lambda user: Q(pk=user.pk),
            seen=lambda user: Q(pk=user.pk) | Q(pk__in=charges.students_in_charge(user)),
        )
        policy.register("identity_provider", of_school="enterprise")
        policy.register("visit", of_school="enterprise")
        policy.register("erasure", of_school="enterprise", own=lambda user: Q(requested_by=user))
        policy.register("password_link", of_school="enterprise")
        policy.register("guardian", of_school="enterprise")
        policy.register("import", of_school="enterprise")
        policy.register("export", of_school="enterprise", own=lambda user: Q(by=user))
        policy.register("group", of_school="enterprise", own=lambda user: Q(entries__student=user))
        policy.register("grade", of_school="enterprise")
        policy.register("charge", of_school="enterprise", own=lambda user: Q(teacher=user))
        policy.register(
            "own_group", of_school="enterprise", own=lambda user: Q(pk__in=charges.groups_in_charge(user))
        )
        policy.register(
            "note",
            of_school="enterprise",
            own=lambda user: Q(by=user, person__in=charges.students_in_charge(user)),
            seen=lambda user: Q(person__in=charges.students_in_charge(user)),
        )

    def _import_registrations(self) -> None:
        """Import modules that register themselves; they need the models."""
        import accounts.bulk.job
        import accounts.imports.export_job
        import accounts.imports.jobs
        import accounts.imports.one_roster.jobs
        import accounts.imports.one_roster.retention
        import accounts.imports.retention
        import accounts.mirror.differences
        import accounts.mirror.reconcile
        import accounts.models.data_rules
        import accounts.outbound.operations
        import accounts.people.charge_services
        import accounts.people.erasure_requests
        import accounts.people.evidence_counts
        import accounts.people.group_undo
        import accounts.people.guardians.services
        import accounts.people.note_services
        import accounts.people.person_undo
        import accounts.people.search
        import accounts.people.subject_access.infrastructure_data
        import accounts.people.subject_access.job
        import accounts.people.subject_access.people_data
        import accounts.people.waiting
        import accounts.people.webhook_events
        import accounts.school.notification_types
        import accounts.sign_in.checks
        import accounts.sign_in.guardians.names
        import accounts.sign_in.guardians.sessions
        import accounts.sign_in.key_rotation
        import accounts.sign_in.receivers
