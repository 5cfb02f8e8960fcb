from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest

from console.audit.models import AuditEntry
from console.audit.presentation import iter_readable_entries, json_values, load_readable_entries
from console.policy.admin import ReadOnlyAdmin


class EntryChangeList(ChangeList):
    """A page of entries with their values decrypted."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = [
            _with_readable_values(readable)
            for readable in load_readable_entries(self.result_list, request.user)
        ]


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    resource = "audit"
    list_display = ("at", "actor_label", "action", "object_label", "reason")
    search_fields = ("action", "actor_label", "object_label", "request_id")
    list_filter = ("at", "looks")
    list_select_related = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return EntryChangeList

    def iter_listed(self, request: HttpRequest, rows: QuerySet[Any]) -> Iterator[AuditEntry]:
        return map(_with_readable_values, iter_readable_entries(rows, request.user))

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> AuditEntry | None:
        entry = super().get_object(request, *args, **kwargs)
        return (
            _with_readable_values(load_readable_entries([entry], request.user)[0])
            if entry is not None
            else None
        )


def _with_readable_values(readable: Any) -> AuditEntry:
    """Return the entry with readable values. It is not saved, and the database would reject it."""
    entry: AuditEntry = readable.entry
    entry.object_label, entry.before, entry.after = (
        readable.label,
        json_values(readable.before),
        json_values(readable.after),
    )
    return entry
