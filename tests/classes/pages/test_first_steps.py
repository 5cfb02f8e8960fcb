"""The checklist of a new school on the home page: what is done, what comes next, and when it is gone."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import Enterprise, Role, StudentGroup
from classes.models import Holiday, Term
from classes.pages.first_steps import list_first_steps
from tests.classes.factories import create_finished_lesson, create_planned_lesson, create_students
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db

DAYS = {"starts_on": date(2026, 9, 1), "ends_on": date(2027, 1, 20)}


def open_steps(reader):
    """The names of the steps that are still to be taken."""
    reader.refresh_from_db()
    return [step.name for step in list_first_steps(reader) if not step.done]


def connect(school):
    ours = school.own_callback_url
    Enterprise.objects.filter(pk=school.pk).update(
        observed_at=timezone.now(), call_back_url=ours, observed={"call_back_url": ours}
    )


def test_a_new_school_is_led_from_the_connection_to_the_first_lesson(browse, alice):
    page = browse(alice, "/").content.decode()
    assert "Set up your school" in page
    assert open_steps(alice) == ["connection", "callbacks", "term", "people", "groups", "lesson"]
    for step in list_first_steps(alice):
        assert f'id="step-{step.name}" href="{step.url}"' in page
        assert browse(alice, step.url).status_code == 200


def test_each_step_is_done_by_what_the_school_has(browse, alice, school, charlie):
    connect(school)
    assert open_steps(alice) == ["term", "people", "groups", "lesson"]
    Term.objects.create(enterprise=school, name="Autumn", **DAYS)
    assert "term" in open_steps(alice)
    Holiday.objects.create(enterprise=school, name="Fair", **DAYS)
    assert open_steps(alice) == ["people", "groups", "lesson"]
    create_students(school, 1)
    assert "people" in open_steps(alice)
    bob = create_person(school, "bob", Role.TEACHER)
    assert open_steps(alice) == ["groups", "lesson"]
    StudentGroup.objects.create(enterprise=school, name="Hatters")
    page = browse(alice, "/").content.decode()
    assert 'Connect to iclass<span class="visually-hidden">: done</span>' in page
    assert open_steps(alice) == ["lesson"]
    create_planned_lesson(bob)
    assert "Set up your school" not in browse(alice, "/").content.decode()
    assert len(open_steps(charlie)) == 6


def test_a_school_that_has_run_for_long_sees_no_checklist(browse, alice, bob):
    create_finished_lesson(bob)
    assert "Set up your school" in browse(alice, "/").content.decode()
    begins = timezone.now() - timedelta(days=15)
    create_finished_lesson(bob, starts_at=begins, ends_at=begins + timedelta(minutes=45))
    assert "Set up your school" not in browse(alice, "/").content.decode()


def test_only_who_sets_the_school_up_sees_the_checklist(bob, sue, kids, olga):
    for reader in (bob, sue, kids[0], olga):
        assert list_first_steps(reader) == []


def test_the_checklist_takes_one_query(django_assert_num_queries, alice):
    assert alice.enterprise
    with django_assert_num_queries(1):
        list_first_steps(alice)
