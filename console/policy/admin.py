"""The Django admin on the policy table: a school's administrators see their school, operators the schools.

A change takes the same road as a page: `service_save` and `service_delete` call the app's service.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.shortcuts import redirect

from console.policy.adminforms import ServiceForm
from console.policy.rules import may, scoped


class SchoolAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Base of every admin of ours. Name the `resource`, write `service_save` and `service_delete`."""

    resource: ClassVar[str]
    list_per_page = 50
    show_full_result_count = False
    formfield_overrides: ClassVar = {models.URLField: {"assume_scheme": "https"}}

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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return scoped(super().get_queryset(request), request.user, self.resource, "list")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if issubclass(form, ServiceForm):
            form.school = request.user.enterprise  # type: ignore[union-attr]
        return form

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what the list offers as a filter: a hidden column could be guessed letter by letter."""
        entries: Any = self.list_filter
        offered = {entry if isinstance(entry, str) else entry[0] for entry in entries}
        return lookup.split("__")[0] in offered and super().lookup_allowed(lookup, value, request)

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> QuerySet[Any]:
        """The choices of a relation: what the related admin lists to this reader, else nothing."""
        model = db_field.remote_field.model
        related = self.admin_site._registry.get(model)
        if isinstance(related, SchoolAdmin):
            return related.get_queryset(request).order_by(*related.get_ordering(request))
        empty: QuerySet[Any] = model._default_manager.none()
        return empty

    def get_list_filter(self, request: HttpRequest) -> Any:
        return [_scoped_filter(self.model, entry) for entry in super().get_list_filter(request)]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        self.service_save(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.service_delete(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for obj in queryset:
            self.service_delete(request, obj)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """What was changed under the reader's hands is said; the transaction of the form is rolled back."""
        return self._said(request, super().changeform_view, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._said(request, super().delete_view, *args, **kwargs)

    def _said(self, request: HttpRequest, view: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return view(request, *args, **kwargs)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return redirect(request.get_full_path())

    def kept_because(self, obj: Any) -> str:
        """Why the service would not delete this row; empty where it would."""
        return ""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, ...]:
        """What the confirmation lists: the rows themselves, for the service decides what goes with them."""
        rows = list(objs)
        refused = {
            str(self.opts.verbose_name) for row in rows if not self.has_delete_permission(request, row)
        }
        kept = [f"{row}: {why}" for row in rows if (why := self.kept_because(row))]
        return [str(row) for row in rows], {self.opts.verbose_name_plural: len(rows)}, refused, kept


class ReadOnlyAdmin(SchoolAdmin):
    """Evidence, attempts, callbacks, audit: seen by those who may, changed by nobody."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ScopedRelatedFilter(admin.RelatedFieldListFilter):
    """A filter whose choices are those that the related admin lists to this reader."""

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]"
    ) -> list[tuple[str, Any]]:
        related = model_admin.admin_site._registry.get(field.remote_field.model)
        if not isinstance(related, SchoolAdmin):
            return []
        return [(str(row.pk), str(row)) for row in related.get_queryset(request)]


def _scoped_filter(model: type[Model], entry: Any) -> Any:
    if not isinstance(entry, str):
        return entry
    try:
        field = get_fields_from_path(model, entry)[-1]
    except FieldDoesNotExist:
        return entry
    return (entry, ScopedRelatedFilter) if field.remote_field else entry
