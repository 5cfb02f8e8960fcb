"""New attendance warnings on Today: for whom, how many, and which."""

from typing import Any

import pytest

from accounts.models import Enterprise, Role, User
from classes.models import AttendanceWarning, ThresholdRule
from classes.pages.new_warnings import MAX_WARNINGS, list_new_warnings
from tests.classes.factories import create_students
from tests.support.cast import create_person
from tests.support.charges import put_in_charge_of_students
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def kids(school: Enterprise) -> list[User]:
    return create_students(school, 7, "Year 7")


@pytest.fixture
def rule(school: Enterprise, alice: User) -> ThresholdRule:
    return ThresholdRule.objects.create(enterprise=school, kind="absences", number=3, created_by=alice)


@pytest.fixture
def tom(tom: User, kids: list[User]) -> User:
    """In charge of a group with one of the students alone."""
    put_in_charge_of_students(tom, kids[0])
    return tom


def warn(rule: ThresholdRule, *students: User) -> None:
    facts = {"kind": "absences", "count": 4, "total": 4, "number": 3, "days": None, "least": None}
    AttendanceWarning.objects.bulk_create(
        AttendanceWarning(enterprise=rule.enterprise, rule=rule, person=one, facts=facts) for one in students
    )


def test_the_newest_stand_with_their_cause_and_lead_to_the_warning(
    browse: Any, alice: User, rule: ThresholdRule, kids: list[User]
) -> None:
    warn(rule, *kids)
    page = page_text(browse(alice, "/")).split('id="new-warnings"')[1].split("</section>")[0]
    assert '<span class="text-secondary">7</span>' in page
    assert [name for name in ("Kid1", "Kid2", "Kid3", "Kid7") if name in page] == ["Kid3", "Kid7"]
    assert page.count("Absent from 4 lessons in a row.") == MAX_WARNINGS
    assert f'href="/warnings/{AttendanceWarning.objects.get(person=kids[6]).pk}/"' in page
    assert 'href="/warnings/?state=open"' in page


def test_a_teacher_in_charge_sees_warnings_of_their_students_alone(
    browse: Any, tom: User, rule: ThresholdRule, kids: list[User]
) -> None:
    warn(rule, *kids)
    found = list_new_warnings(tom)
    assert found is not None
    assert (found.number, [one.person for one, _cause in found.newest]) == (1, [kids[0]])
    page = page_text(browse(tom, "/"))
    assert "Kid1" in page
    assert "Kid2" not in page
    assert "Nothing needs your attention." not in page


def test_who_answers_no_warnings_sees_none(
    browse: Any, bob: User, charlie: User, school: Enterprise, rule: ThresholdRule, kids: list[User]
) -> None:
    warn(rule, *kids)
    sue = create_person(school, "sue", Role.SUPERVISOR)
    for reader in (bob, charlie, sue, kids[0]):
        assert "new-warnings" not in page_text(browse(reader, "/"))


def test_a_warning_that_somebody_handles_is_not_new(
    browse: Any, alice: User, rule: ThresholdRule, kids: list[User]
) -> None:
    warn(rule, kids[0], kids[1])
    AttendanceWarning.objects.filter(person=kids[0]).update(state="taken")
    page = page_text(browse(alice, "/"))
    assert "Kid1" not in page
    assert "Kid2" in page
    AttendanceWarning.objects.update(state="closed")
    assert "new-warnings" not in page_text(browse(alice, "/"))


def test_the_warnings_take_one_query(
    django_assert_num_queries: Any,
    queries: Any,
    tom: User,
    alice: User,
    rule: ThresholdRule,
    kids: list[User],
) -> None:
    few = queries(alice, "/")
    warn(rule, *kids)
    assert queries(alice, "/") == few
    with django_assert_num_queries(1):
        list_new_warnings(tom)
