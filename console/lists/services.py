"""Services for saved views and preferences. Preferences, like the theme, are not recorded."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from console.audit.trail import record
from console.concurrency import lock_row, service
from console.lists.models import EVERY_LIST, SavedView
from console.lists.tables import ListTable
from console.lists.view_settings import ViewSettings
from console.policy import may, refusal_message

#: Views of one person for one list; more would not be found among the tabs.
MAX_VIEWS = 20


@service
def save_view(
    *,
    by: Any,
    table: ListTable,
    name: str,
    settings: ViewSettings,
    is_shared: bool = False,
    opened: SavedView | None = None,
) -> SavedView:
    """Save the settings as a view of `by`, replacing their view of the same name.

    A shared view that is `opened` is replaced under its name whoever made it: a school has one of each name.
    Raise PermissionDenied if `by` may not share it, ValidationError if they have too many views or if the
    school already shares another view with this name.
    """
    if is_shared:
        _require(by, "share")
        lock_row(by.enterprise)  # two people share one name at the same moment
    rows = SavedView.objects.select_for_update().filter(list_name=table.name)
    view = rows.filter(pk=opened.pk, name=name, is_shared=True).first() if opened and is_shared else None
    view = view or rows.filter(user=by, name=name).first()
    if is_shared and not (view and view.is_shared):
        _check_shared_name(by.enterprise_id, table.name, name, view)
    if view is None:
        if rows.filter(user=by).exclude(name="").count() >= MAX_VIEWS:
            raise ValidationError(_("You have too many views of this list. Delete one first."))
        view = SavedView.objects.create(
            enterprise=by.enterprise,
            user=by,
            list_name=table.name,
            name=name,
            is_shared=is_shared,
            settings=settings.to_json(),
        )
    else:
        _check_editable(view, by)
        view.is_shared, view.settings = is_shared, settings.to_json()
        view.save(update_fields=["is_shared", "settings"])
    record("view.save", view, by=by, after=_facts(view))
    return view


@service
def rename_view(*, view: SavedView, name: str, by: Any) -> SavedView:
    """Rename a view. Raise ValidationError if its owner or, if it is shared, the school has one like that."""
    if view.is_shared:
        lock_row(view.enterprise)
    stored = _lock_view(view, by)
    alike = SavedView.objects.filter(user=stored.user_id, list_name=stored.list_name, name=name)
    if alike.exclude(pk=stored.pk).exists():
        raise ValidationError(_("There is already a view with this name. Choose another name."))
    if stored.is_shared and name != stored.name:
        _check_shared_name(stored.enterprise_id, stored.list_name, name, stored)
    before, stored.name = _facts(stored), name
    stored.save(update_fields=["name"])
    record("view.save", stored, by=by, before=before, after=_facts(stored))
    return stored


@service
def delete_view(*, view: SavedView, by: Any) -> None:
    """Delete a view."""
    stored = _lock_view(view, by)
    record("view.delete", stored, by=by, before=_facts(stored))
    stored.delete()


@service
def save_columns(*, by: Any, table: ListTable, columns: tuple[str, ...]) -> None:
    """Store the columns that a person wants to see in a list."""
    _save_preference(by, table.name, {"columns": list(columns)})


@service
def save_density(*, by: Any, density: str) -> None:
    """Store the height of rows that a person wants in all lists."""
    _save_preference(by, EVERY_LIST, {"density": density})


def _save_preference(by: Any, list_name: str, settings: dict[str, Any]) -> None:
    SavedView.objects.update_or_create(
        user=by, list_name=list_name, name="", defaults={"enterprise": by.enterprise, "settings": settings}
    )


def _lock_view(view: SavedView, by: Any) -> SavedView:
    stored = lock_row(view)
    _check_editable(stored, by)
    return stored


def _check_editable(view: SavedView, by: Any) -> None:
    """Raise PermissionDenied unless it is a view of `by`, or a shared one and `by` may share."""
    if view.is_shared:
        _require(by, "share")
    elif not may(by, "change", "saved_view", view):
        raise PermissionDenied(refusal_message(by, "change", "saved_view"))


def _check_shared_name(enterprise_id: int, list_name: str, name: str, view: SavedView | None) -> None:
    """Raise ValidationError if the school shares another view of this name: two tabs would look the same."""
    shared = SavedView.objects.filter(
        enterprise=enterprise_id, list_name=list_name, is_shared=True, name=name
    )
    if shared.exclude(pk=view.pk if view else 0).exists():
        raise ValidationError(
            _(
                "The school already has a shared view with this name. Open that view to change it, "
                "or choose another name."
            )
        )


def _require(by: Any, action: str) -> None:
    if not may(by, action, "saved_view"):
        raise PermissionDenied(refusal_message(by, action, "saved_view"))


def _facts(view: SavedView) -> dict[str, Any]:
    return {"name": view.name, "list_name": view.list_name, "is_shared": view.is_shared}
