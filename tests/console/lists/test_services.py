"""Views and preferences: whose they are, who shares, and what becomes of them."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Enterprise, Role, User
from accounts.people.tables import GROUP_TABLE, PEOPLE_TABLE
from console.audit.models import AuditEntry
from console.concurrency import RowDeleted
from console.lists import services
from console.lists.models import SavedView
from console.lists.view_settings import ViewSettings
from tests.support.cast import create_person

REFUSED = ViewSettings(filters={"sync": ["refused"]}, sort="role")

pytestmark = pytest.mark.usefixtures("english")


def save(by: User, name: str = "Refused", **more: Any) -> SavedView:
    return services.save_view(by=by, table=PEOPLE_TABLE, name=name, settings=REFUSED, **more)


def test_a_view_is_saved_renamed_and_deleted_on_record(alice: User) -> None:
    view = save(alice)
    assert view.settings["filters"] == {"sync": ["refused"]}
    services.rename_view(view=view, name="Rejected", by=alice)
    view.refresh_from_db()
    assert view.name == "Rejected"
    services.delete_view(view=view, by=alice)
    assert not SavedView.objects.exists()
    acts = AuditEntry.objects.filter(object_type="lists.savedview").order_by("id")
    assert list(acts.values_list("action", flat=True)) == ["view.save", "view.save", "view.delete"]


def test_saving_under_the_same_name_replaces_the_view(alice: User) -> None:
    first = save(alice)
    settings = ViewSettings(filters={"role": ["student"]})
    again = services.save_view(by=alice, table=PEOPLE_TABLE, name="Refused", settings=settings)
    assert again.pk == first.pk
    assert again.settings["filters"] == {"role": ["student"]}


def test_the_same_name_is_free_in_another_list_and_for_another_person(alice: User, bob: User) -> None:
    save(alice)
    save(bob)
    services.save_view(by=alice, table=GROUP_TABLE, name="Refused", settings=ViewSettings())
    assert SavedView.objects.count() == 3


def test_a_second_view_cannot_take_the_name_of_another(alice: User) -> None:
    save(alice)
    other = save(alice, "Teachers")
    with pytest.raises(ValidationError, match="already a view"):
        services.rename_view(view=other, name="Refused", by=alice)


def test_only_administrators_share(alice: User, bob: User) -> None:
    assert save(alice, is_shared=True).is_shared
    with pytest.raises(PermissionDenied):
        save(bob, is_shared=True)


def test_two_shared_views_of_a_list_never_have_the_same_name(alice: User, school: Enterprise) -> None:
    ada = create_person(school, "ada", Role.ADMIN)
    view = save(alice, is_shared=True)
    with pytest.raises(ValidationError, match="already has a shared view"):
        save(ada, is_shared=True)
    own = save(ada)
    assert not own.is_shared
    with pytest.raises(ValidationError, match="already has a shared view"):
        save(ada, is_shared=True)
    other = save(ada, "Theirs", is_shared=True)
    SavedView.objects.filter(pk=own.pk).delete()
    with pytest.raises(ValidationError, match="already has a shared view"):
        services.rename_view(view=other, name="Refused", by=ada)
    services.rename_view(view=view, name="Refused", by=ada)


def test_another_school_may_share_a_view_of_the_same_name(alice: User, charlie: User) -> None:
    save(alice, is_shared=True)
    assert save(charlie, is_shared=True).is_shared


def test_nobody_changes_the_own_view_of_another_not_even_an_administrator(alice: User, bob: User) -> None:
    view = save(bob)
    with pytest.raises(PermissionDenied):
        services.rename_view(view=view, name="Mine", by=alice)
    with pytest.raises(PermissionDenied):
        services.delete_view(view=view, by=alice)


def test_another_administrator_may_change_a_shared_view_and_a_teacher_may_not(
    alice: User, bob: User, school: Enterprise
) -> None:
    view = save(alice, is_shared=True)
    with pytest.raises(PermissionDenied):
        services.delete_view(view=view, by=bob)
    services.rename_view(view=view, name="Ours", by=create_person(school, "ada", Role.ADMIN))
    view.refresh_from_db()
    assert view.name == "Ours"


def test_a_view_that_somebody_deleted_meanwhile_ends_in_a_sentence(alice: User) -> None:
    view = save(alice)
    SavedView.objects.filter(pk=view.pk).delete()
    with pytest.raises(RowDeleted, match="deleted this in the meantime"):
        services.rename_view(view=view, name="Late", by=alice)


def test_views_of_a_list_are_limited(alice: User) -> None:
    for number in range(services.MAX_VIEWS):
        save(alice, f"View {number}")
    with pytest.raises(ValidationError, match="too many views"):
        save(alice, "One more")
    assert save(alice, "View 0").pk


def test_columns_and_density_are_one_row_each(alice: User) -> None:
    for columns in (("name",), ("name", "role")):
        services.save_columns(by=alice, table=PEOPLE_TABLE, columns=columns)
    services.save_density(by=alice, density="compact")
    rows = SavedView.objects.order_by("list_name").values_list("list_name", "settings")
    assert list(rows) == [("", {"density": "compact"}), ("people", {"columns": ["name", "role"]})]


def test_a_preference_cannot_be_shared(alice: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.create(enterprise=alice.enterprise, user=alice, list_name="people", is_shared=True)
