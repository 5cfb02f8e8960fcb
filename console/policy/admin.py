"""The Django admin on the policy table: administrators manage their school, operators the schools.

`service_save` and `service_delete` call the app's service, as pages do.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.shortcuts import redirect

from console.concurrency import Conflict
from console.inputs.forms import AdminDateField, AdminDateTimeField
from console.policy.admin_forms import ServiceForm
from console.policy.field_table import FieldVisibility
from console.policy.rules import field_visibility, may, scoped

#: Lookups of the links above a list with a date hierarchy.
DATE_PARTS = ("year", "month", "day")
#: Rows of a table that are read at once where all of them are read.
BATCH = 1_000


class SchoolAdmin(admin.ModelAdmin):
    """Base class of all admins. Set `resource`, and implement `service_save` and `service_delete`.

    Every list has a filter. A date hierarchy reads the first and the last date of the list and all years,
    months or days between them, without an index: so only tables have one whose rows people write by hand.
    Rows that lessons and the exchange with iclass write come by millions; their lists filter by date instead.
    `tests/console/test_admin_site.py` names them.
    """

    resource: ClassVar[str]
    list_per_page = 50
    show_full_result_count = False
    #: Counts beside the filters would be one query over the whole table for each choice.
    show_facets = admin.ShowFacets.NEVER
    formfield_overrides: ClassVar = {
        models.URLField: {"assume_scheme": "https"},
        models.DateTimeField: {"form_class": AdminDateTimeField},
        models.DateField: {"form_class": AdminDateField},
    }

    def service_save(self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: bool) -> None:
        """Create or change through the app's service; `obj` carries the form's values and is unsaved."""
        raise NotImplementedError

    def service_delete(self, request: HttpRequest, obj: Any) -> None:
        """Delete or cancel through the app's service."""
        raise NotImplementedError

    def may(self, request: HttpRequest, action: str, obj: Model | None = None) -> bool:
        return may(request.user, action, self.resource, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "list")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.may(request, "view", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.may(request, "delete", obj)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "export")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return scoped(super().get_queryset(request), request.user, self.resource, "list")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if issubclass(form, ServiceForm):
            by: Any = request.user
            form.school = by.enterprise
            form.masked_fields = frozenset(
                name
                for name, visibility in field_visibility(by, "view", self.resource).items()
                if visibility == FieldVisibility.MASKED
            )
            form.conflict = getattr(request, "conflict", None)
        return form

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow only the filters and dates of the list: by others a hidden column could be guessed letter by
        letter."""
        if self.date_hierarchy and lookup in {f"{self.date_hierarchy}__{part}" for part in DATE_PARTS}:
            return True
        entries: Any = self.list_filter
        offered = {_filtered_column(entry) for entry in entries}
        return lookup.split("__")[0] in offered and super().lookup_allowed(lookup, value, request)

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> QuerySet[Any]:
        """Return the choices of a relation: what the related admin lists to this reader, else none."""
        model = db_field.remote_field.model
        related = self.admin_site._registry.get(model)
        if isinstance(related, SchoolAdmin):
            return related.get_queryset(request).order_by(*related.get_ordering(request))
        empty: QuerySet[Any] = model._default_manager.none()
        return empty

    def get_list_filter(self, request: HttpRequest) -> Any:
        return [_scope_filter(self.model, entry) for entry in super().get_list_filter(request)]

    def iter_listed(self, request: HttpRequest, rows: QuerySet[Any]) -> Iterator[Any]:
        """Yield the rows as the list shows them, a batch at a time in memory."""
        return rows.iterator(BATCH)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Export the whole list, as filtered and searched, where no row of it is ticked."""
        if request.POST.get("action", "").startswith("export_") and not request.POST.getlist(
            ACTION_CHECKBOX_NAME
        ):
            posted: Any = request.POST.copy()
            posted[ACTION_CHECKBOX_NAME], posted["select_across"] = "0", "1"
            altered: Any = request
            altered.POST = posted
        return super().changelist_view(request, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        self.service_save(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.service_delete(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for obj in queryset:
            self.service_delete(request, obj)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Report a refusal of the service; the transaction of the form is rolled back. After a concurrent
        change, show the form again with the submitted values."""
        return self._handle_refusal(request, super().changeform_view, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._handle_refusal(request, super().delete_view, *args, **kwargs)

    def _handle_refusal(
        self, request: HttpRequest, view: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Any:
        try:
            return view(request, *args, **kwargs)
        except Conflict as conflict:
            if hasattr(request, "conflict"):  # the page has no form that shows it
                raise
            refused: Any = request
            refused.conflict = conflict
            return view(request, *args, **kwargs)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return redirect(request.get_full_path())

    def deletion_refusal(self, obj: Any) -> str:
        """Return why the service would refuse to delete this row; empty if it would not."""
        return ""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, ...]:
        """List the rows themselves for confirmation: the service decides which others are deleted."""
        rows = list(objs)
        refused = {
            str(self.opts.verbose_name) for row in rows if not self.has_delete_permission(request, row)
        }
        kept = [f"{row}: {why}" for row in rows if (why := self.deletion_refusal(row))]
        return [str(row) for row in rows], {self.opts.verbose_name_plural: len(rows)}, refused, kept


class ReadOnlyAdmin(SchoolAdmin):
    """Base class of read-only admins: evidence, attempts, callbacks, audit."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ScopedRelatedFilter(admin.RelatedFieldListFilter):
    """A filter limited to the choices that the related admin lists to this reader."""

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]"
    ) -> list[tuple[str, Any]]:
        related = model_admin.admin_site._registry.get(field.remote_field.model)
        if not isinstance(related, SchoolAdmin):
            return []
        return [(str(row.pk), str(row)) for row in related.get_queryset(request)]


class KnownValuesFilter(admin.SimpleListFilter):
    """A filter by a column without choices in the model. Set `title` and `parameter_name`, the column.

    Django's own would read the whole table for the values that occur, and show them without labels.
    """

    def known_values(self) -> Iterable[tuple[str, Any]]:
        """Return values and labels."""
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]") -> list[tuple[str, Any]]:
        return list(self.known_values())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{str(self.parameter_name): self.value()}) if self.value() else queryset


def _filtered_column(entry: Any) -> str:
    """Return the column of an entry of `list_filter`: a name, a filter, or a pair of both."""
    if isinstance(entry, type):
        return str(getattr(entry, "parameter_name", ""))
    return entry if isinstance(entry, str) else entry[0]


def _scope_filter(model: type[Model], entry: Any) -> Any:
    if not isinstance(entry, str):
        return entry
    try:
        field = get_fields_from_path(model, entry)[-1]
    except FieldDoesNotExist:
        return entry
    return (entry, ScopedRelatedFilter) if field.remote_field else entry
