from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest

from console.audit.models import AuditEntry
from console.audit.telling import plain, tell
from console.policy.admin import ReadOnlyAdmin


class ToldList(ChangeList):
    """A page of entries whose things are told by name, not as they are sealed."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = [_opened(told) for told in tell(self.result_list, request.user)]


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    resource = "audit"
    list_display = ("at", "actor_label", "action", "object_label", "reason")
    search_fields = ("action", "actor_label", "object_label", "request_id")
    list_select_related = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ToldList

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> AuditEntry | None:
        entry = super().get_object(request, *args, **kwargs)
        return _opened(tell([entry], request.user)[0]) if entry is not None else None


def _opened(told: Any) -> AuditEntry:
    """The row as its page in the console says it; nobody saves it, and the database would not take it."""
    entry: AuditEntry = told.entry
    entry.object_label, entry.before, entry.after = told.thing, plain(told.before), plain(told.after)
    return entry
