"""The page of the switches: what changes is listed, confirmed and recorded."""

from typing import Any

import pytest
from django.utils import translation

from accounts.models import Enterprise, Role, User
from console.audit.models import AuditEntry
from console.policy.switches import SWITCHES
from tests.support.cast import create_person
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text

ADDRESS = "/rights/change/"


@pytest.fixture
def superadmin(school: Enterprise) -> User:
    return create_person(school, "root", Role.SUPERADMIN)


def filled(school: Enterprise, **changed: Any) -> dict[str, Any]:
    """The fields as a browser posts them: a switch that is off is not sent."""
    school.refresh_from_db()
    values = {one.name: getattr(school, one.name) for one in SWITCHES} | changed
    posted = {name: "on" for name, value in values.items() if value is True}
    return posted | {"correct_within_days": changed.get("correct_within_days", "")}


def confirm(reader: User, data: dict[str, Any]) -> Any:
    """Post the form, and once more with what it listed."""
    browser = client_for(reader)
    listed = browser.post(ADDRESS, data)
    sure = listed.context["sure"] if listed.context and "sure" in listed.context else ""
    return browser.post(ADDRESS, data | {"sure": sure})


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_changes_is_listed_before_it_is_saved(school: Enterprise, alice: User, language: str) -> None:
    browser = client_for(alice, language)
    assert page_says(browser.get(ADDRESS), "Change permissions", language)
    data = filled(school, teachers_schedule=True, students_appeal=False, correct_within_days="7")
    listed = browser.post(ADDRESS, data)
    assert page_says(listed, "This will change", language)
    changes = {str(one.label): (one.before, one.after) for one in listed.context["changes"]}
    with translation.override(language):
        on, off = translation.gettext("on"), translation.gettext("off")
        assert list(changes.values()) == [(off, on), (on, changes_of_days(7)), (on, off)]
    school.refresh_from_db()
    assert not school.teachers_schedule
    assert browser.post(ADDRESS, data | {"sure": listed.context["sure"]}).headers["Location"] == "/rights/"
    school.refresh_from_db()
    assert (school.teachers_schedule, school.students_appeal, school.correct_within_days) == (True, False, 7)


def changes_of_days(days: int) -> str:
    return translation.ngettext("on, for %(n)d day", "on, for %(n)d days", days) % {"n": days}


def test_the_effects_name_role_resource_and_reach(school: Enterprise, alice: User) -> None:
    text = page_text(client_for(alice).post(ADDRESS, filled(school, teachers_schedule=True)))
    assert "teacher · Lessons: add, change, cancel: none → own" in text
    text = page_text(client_for(alice).post(ADDRESS, filled(school, assistants_close=False)))
    assert "assistant · Attendance: close a register, reopen a register: own → none" in text


def test_it_is_recorded_with_before_and_after(school: Enterprise, superadmin: User) -> None:
    confirm(superadmin, filled(school, teachers_see_phones=True, correct_within_days="0"))
    entry = AuditEntry.objects.get(action="school.change")
    assert entry.before == {"teachers_see_phones": False, "correct_within_days": None}
    assert entry.after == {"teachers_see_phones": True, "correct_within_days": 0}
    assert entry.actor == superadmin


def test_a_concurrent_change_of_the_same_switch_is_not_overwritten(
    school: Enterprise, alice: User, superadmin: User
) -> None:
    seen = {"seen": client_for(alice).get(ADDRESS).context["form"].seen_json}
    confirm(superadmin, filled(school, correct_within_days="9"))
    refused = confirm(alice, filled(school, correct_within_days="3") | seen)
    assert refused.status_code == 200
    assert refused.context["form"].errors["correct_within_days"]
    school.refresh_from_db()
    assert school.correct_within_days == 9


def test_concurrent_changes_of_different_switches_both_hold(
    school: Enterprise, alice: User, superadmin: User
) -> None:
    seen = {"seen": client_for(alice).get(ADDRESS).context["form"].seen_json}
    data = filled(school, students_appeal=False) | seen
    confirm(superadmin, filled(school, teachers_schedule=True))
    listed = client_for(alice).post(ADDRESS, data).context["changes"]
    assert [str(one.label) for one in listed] == ["Students appeal"]
    confirm(alice, data)
    school.refresh_from_db()
    assert (school.students_appeal, school.teachers_schedule) == (False, True)


def test_only_what_was_listed_is_saved(school: Enterprise, alice: User) -> None:
    browser = client_for(alice)
    sure = browser.post(ADDRESS, filled(school, students_appeal=False)).context["sure"]
    other = filled(school, students_appeal=False, teachers_see_phones=True) | {"sure": sure}
    assert page_says(browser.post(ADDRESS, other), "This will change")
    school.refresh_from_db()
    assert (school.students_appeal, school.teachers_see_phones) == (True, False)


@pytest.mark.parametrize("days", ["-1", "366", "soon", "1.5"])
def test_an_invalid_number_of_days_is_said_at_the_field(school: Enterprise, alice: User, days: str) -> None:
    page = client_for(alice).post(ADDRESS, filled(school, correct_within_days=days) | {"sure": "1"})
    assert page.status_code == 200
    assert list(page.context["form"].errors) == ["correct_within_days"]


def test_saving_without_a_change_records_nothing(school: Enterprise, alice: User) -> None:
    page = client_for(alice).post(ADDRESS, filled(school) | {"sure": "1"}, follow=True)
    assert page_says(page, "Nothing has changed.")
    assert not AuditEntry.objects.filter(action="school.change").exists()


@pytest.mark.parametrize("role", [Role.TEACHER, Role.ASSISTANT, Role.STUDENT, Role.SUPERVISOR])
def test_no_other_role_may_change_them(school: Enterprise, role: str) -> None:
    browser = client_for(create_person(school, "anna", role))
    assert browser.get(ADDRESS).status_code == 403
    assert browser.post(ADDRESS, filled(school, teachers_schedule=True) | {"sure": "1"}).status_code == 403
    school.refresh_from_db()
    assert not school.teachers_schedule


def test_an_operator_in_a_school_may_not_change_them(school: Enterprise, olga: User) -> None:
    assert client_for(olga).post(ADDRESS, {"sure": "1"}).status_code == 403


def test_another_school_keeps_its_switches(school: Enterprise, other_school: Enterprise, alice: User) -> None:
    confirm(alice, filled(school, teachers_schedule=True))
    other_school.refresh_from_db()
    assert not other_school.teachers_schedule


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rights_page_marks_the_cells_of_a_switch(school: Enterprise, alice: User, language: str) -> None:
    assert "is-changed" not in page_text(client_for(alice, language).get("/rights/"))
    Enterprise.objects.filter(pk=school.pk).update(teachers_schedule=True, correct_within_days=7)
    page = client_for(alice, language).get("/rights/")
    assert page_text(page).count("is-changed") == 3
    states = {str(one.label): (one.on, one.changed, one.days) for one in page.context["switches"]}
    assert list(states.values())[:3] == [(True, True, None), (False, False, None), (True, False, 7)]
    with translation.override(language):
        assert all(str(one.label) in page_text(page) for one in SWITCHES)
        assert all(str(one.explanation) in page_text(page) for one in SWITCHES)
