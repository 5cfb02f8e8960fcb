"""Many people are changed in the background: all or none, with the reasons on the page."""

import pytest

from accounts.bulk.job import start_job
from accounts.models import Enterprise, Role, StudentGroup, User
from console.jobs import runner
from console.jobs.models import Job
from tests.support.page_client import client_for, page_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def result(job: Job, reader: User) -> str:
    return page_text(client_for(reader).get(f"/people/bulk/results/{job.pk}/"))


def test_a_group_is_filled_in_the_background(
    alice: User, students: list[User], croquet: StudentGroup
) -> None:
    options = {"group": croquet, "conflict_reason": ""}
    job = start_job("group", students, by=alice, options=options)
    assert "waiting" in result(job, alice)
    assert runner.run_due_jobs() == 1
    assert croquet.students.count() == 4
    assert "Done for 3 people." in result(job, alice)


def test_one_refusal_changes_nobody_and_stands_on_the_page_by_name(alice: User, students: list[User]) -> None:
    job = start_job("deactivate", [*students, alice], by=alice, options={"reason": "spring"})
    runner.run_due_jobs()
    assert User.objects.filter(pk__in=[one.pk for one in students], is_active=True).count() == 3
    page = result(job, alice)
    assert "Nothing has been changed" in page
    assert "(alice): You cannot deactivate yourself." in page


def test_those_who_are_refused_stand_in_the_order_of_pinyin(alice: User, school: Enterprise) -> None:
    people = [
        User.objects.create(
            enterprise=school, user_id=f"s{number}", role=Role.STUDENT, nickname=name, is_active=False
        )
        for number, name in enumerate(("张伟", "李伟", "陈伟"))
    ]
    job = start_job("deactivate", people, by=alice, options={"reason": "spring"})
    runner.run_due_jobs()
    page = result(job, alice)
    assert page.index("陈伟") < page.index("李伟") < page.index("张伟")


def test_who_lost_the_right_meanwhile_changes_nothing(alice: User, students: list[User]) -> None:
    job = start_job("deactivate", students, by=alice, options={"reason": "spring"})
    User.objects.filter(pk=alice.pk).update(role=Role.TEACHER)
    runner.run_due_jobs()
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert User.objects.filter(pk__in=[one.pk for one in students], is_active=True).count() == 3


def test_a_group_that_was_deleted_ends_in_a_sentence(
    alice: User, students: list[User], croquet: StudentGroup
) -> None:
    job = start_job("group", students, by=alice, options={"group": croquet, "conflict_reason": ""})
    croquet.delete()
    runner.run_due_jobs()
    assert "The group was deleted. Nothing was changed." in result(job, alice)


def test_a_job_that_was_stopped_says_so_and_what_to_do(alice: User, students: list[User]) -> None:
    job = start_job("deactivate", students, by=alice, options={"reason": "spring"})
    assert runner.stop_job(job)
    runner.run_due_jobs()
    page = result(job, alice)
    assert "Done for" not in page
    assert "It was stopped before it began. Nothing was changed." in page
    assert 'href="/people/"' in page
    assert User.objects.filter(pk__in=[one.pk for one in students], is_active=True).count() == 3


def test_a_job_that_failed_says_that_nothing_was_changed_and_what_to_do(
    alice: User, students: list[User]
) -> None:
    job = start_job("deactivate", students, by=alice, options={"reason": "spring"})
    Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED)
    page = result(job, alice)
    assert "Done for" not in page
    assert "Nothing has been changed" in page
    assert "Start the action again. If it fails again, contact your operator." in page


def test_another_school_does_not_see_the_result(alice: User, charlie: User, students: list[User]) -> None:
    job = start_job("deactivate", students, by=alice, options={"reason": "spring"})
    assert client_for(charlie).get(f"/people/bulk/results/{job.pk}/").status_code == 404
    runner.run_due_jobs()
    assert not User.objects.filter(pk__in=[one.pk for one in students], is_active=True).exists()
