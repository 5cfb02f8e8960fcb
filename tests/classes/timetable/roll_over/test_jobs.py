"""Large roll-overs are carried out and undone by a job; what becomes of one that fails."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation

from accounts.models import Enterprise, StudentGroup, User
from accounts.people.group_services import save_group
from classes.models import RollOver
from classes.timetable.roll_over.jobs import NOT_ALLOWED
from classes.timetable.roll_over.result import failure_text
from classes.timetable.roll_over.services import mark_draft, start_apply
from classes.timetable.roll_over.undo import start_undo
from console.concurrency import Conflict
from console.jobs.models import Job
from console.jobs.runner import run_due_jobs, stop_job
from tests.classes.timetable.roll_over.conftest import digest
from tests.classes.timetable.roll_over.school_state import school_state
from tests.support.concurrent_calls import call_while_other_waits

Browse = Callable[..., Any]
State = RollOver.State
pytestmark = pytest.mark.usefixtures("many_leavers", "english")


def address(draft: RollOver, *parts: str) -> str:
    return "/".join([f"/year/roll-over/{draft.pk}", *parts, ""])


def confirm(draft: RollOver, by: User) -> RollOver:
    return start_apply(roll_over=draft, seen=digest(draft), by=by)


def test_a_large_roll_over_is_carried_out_and_undone_by_jobs(
    school: Enterprise, alice: User, draft: RollOver
) -> None:
    before = school_state(school)
    assert confirm(draft, alice).state == State.APPLYING
    assert school_state(school) == before
    run_due_jobs()
    draft.refresh_from_db()
    assert (draft.state, draft.counts["deactivated"]) == (State.APPLIED, 8)
    assert start_undo(roll_over=draft, by=alice).state == State.UNDOING
    run_due_jobs()
    assert school_state(school) == before


def test_the_preview_of_now_decides_whether_it_is_a_job(
    alice: User, draft: RollOver, many_leavers: list[User]
) -> None:
    RollOver.objects.filter(pk=draft.pk).update(counts={})
    assert confirm(draft, alice).state == State.APPLYING


@pytest.mark.django_db(transaction=True)
def test_a_second_confirmation_that_waits_for_the_first_starts_no_job(alice: User, draft: RollOver) -> None:
    seen = digest(draft)
    act = lambda: start_apply(roll_over=draft, seen=seen, by=alice)  # noqa: E731
    second = call_while_other_waits(act, act)
    assert isinstance(second.error, Conflict)
    draft.refresh_from_db()
    assert (draft.state, draft.job) == (State.APPLYING, Job.objects.get())


def test_a_job_that_failed_leaves_the_roll_over_of_another_job(alice: User, draft: RollOver) -> None:
    old = confirm(draft, alice).job
    assert old is not None
    stop_job(old)
    new = confirm(draft, alice).job
    assert new is not None
    mark_draft(draft, old.pk)
    draft.refresh_from_db()
    assert draft.state == State.APPLYING
    mark_draft(draft, new.pk)
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_the_reason_is_kept_where_a_stopped_job_is_confirmed_again(alice: User, draft: RollOver) -> None:
    job = confirm(draft, alice).job
    assert job is not None
    stop_job(job)
    with pytest.raises(Conflict):
        start_apply(roll_over=draft, seen="another", by=alice, reason="A trip")
    draft.refresh_from_db()
    assert (draft.state, draft.reason) == (State.DRAFT, "A trip")


def test_the_page_of_a_success_does_not_show_an_earlier_failure(
    browse: Browse, alice: User, draft: RollOver, groups: dict[str, StudentGroup], many_leavers: list[User]
) -> None:
    confirm(draft, alice)
    save_group(group=groups["7A"], students=None, by=alice, name="7B")
    run_due_jobs()
    assert "so nothing was changed" in browse(alice, address(draft)).content.decode()
    groups["9A"].students.remove(*many_leavers)
    draft.refresh_from_db()
    assert confirm(draft, alice).state == State.APPLIED
    page = browse(alice, address(draft)).content.decode()
    assert "carried out" in page
    assert "so nothing was changed" not in page


def test_saved_choices_end_the_report_of_a_failure(
    browse: Browse, alice: User, draft: RollOver, groups: dict[str, StudentGroup]
) -> None:
    confirm(draft, alice)
    save_group(group=groups["7A"], students=None, by=alice, name="7B")
    run_due_jobs()
    browse(alice, f"{address(draft)}?step=groups", {})
    assert "so nothing was changed" not in browse(alice, address(draft)).content.decode()


def test_the_page_that_followed_a_job_says_why_it_failed_and_links_to_the_draft(
    browse: Browse, alice: User, draft: RollOver, groups: dict[str, StudentGroup]
) -> None:
    confirm(draft, alice)
    followed = browse(alice, address(draft)).content.decode()
    assert 'id="roll-over" data-live' in followed
    assert browse(alice, f"{address(draft)}?step=confirm").url == address(draft)
    save_group(group=groups["7A"], students=None, by=alice, name="7B")
    run_due_jobs()
    page = browse(alice, address(draft)).content.decode()
    assert '<div id="roll-over">' in page
    assert "not carried out" in page
    assert "so nothing was changed" in page
    assert 'href="?step=groups"' in page
    assert 'name="act_' in browse(alice, f"{address(draft)}?step=groups").content.decode()


def test_why_a_job_failed_is_in_the_language_of_the_reader(alice: User, draft: RollOver) -> None:
    confirm(draft, alice)
    Job.objects.update(state=Job.State.FAILED, reason=NOT_ALLOWED)
    with translation.override("zh-hans"):
        assert failure_text(RollOver.objects.get()) == "发起人已没有此权限，未作任何更改。"


@pytest.mark.parametrize("state", [Job.State.FAILED, Job.State.STOPPED])
def test_a_job_that_ended_without_a_reason_has_a_sentence(
    browse: Browse, alice: User, draft: RollOver, state: str
) -> None:
    confirm(draft, alice)
    Job.objects.update(state=state)
    assert "could not be completed, so nothing" in browse(alice, address(draft)).content.decode()
