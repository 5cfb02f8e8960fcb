"""A roll-over whose job ended without effect is a draft again, or still carried out, wherever it is shown."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from classes.models import RollOver, Term
from classes.timetable.roll_over.result import failure_text
from classes.timetable.roll_over.services import change_terms, start_apply
from classes.timetable.roll_over.undo import start_undo
from console.jobs.models import Job
from console.jobs.runner import run_due_jobs
from tests.classes.timetable.roll_over.conftest import digest

Browse = Callable[..., Any]
State = RollOver.State
ENDED = (Job.State.STOPPED, Job.State.FAILED)
pytestmark = pytest.mark.usefixtures("many_leavers", "english")


def address(draft: RollOver, *parts: str) -> str:
    return "/".join([f"/year/roll-over/{draft.pk}", *parts, ""])


@pytest.fixture(params=ENDED)
def stopped(request: pytest.FixtureRequest, draft: RollOver, alice: User) -> RollOver:
    """A draft that was confirmed, and whose job ended before it did anything."""
    start_apply(roll_over=draft, seen=digest(draft), by=alice)
    Job.objects.update(state=request.param)
    return RollOver.objects.get()


def list_page(browse: Browse, alice: User) -> str:
    text: str = browse(alice, reverse("classes:roll_overs")).content.decode()
    return text


def test_its_terms_can_be_changed(browse: Browse, alice: User, stopped: RollOver) -> None:
    page = browse(alice, address(stopped, "terms"))
    assert page.status_code == 200
    assert address(stopped, "discard") in page.content.decode()


def test_one_whose_term_was_deleted_asks_for_another_and_can_be_deleted(
    browse: Browse, alice: User, stopped: RollOver, beginning: Term
) -> None:
    beginning.delete()
    assert address(stopped, "discard") in browse(alice, address(stopped)).content.decode()
    terms = browse(alice, f"{address(stopped)}?step=groups")
    assert terms.url == address(stopped, "terms")
    assert browse(alice, terms.url).status_code == 200
    browse(alice, address(stopped, "discard"), {})
    assert not RollOver.objects.exists()


def test_other_terms_end_the_report_of_its_failure(
    browse: Browse, alice: User, stopped: RollOver, ending: Term, beginning: Term
) -> None:
    assert failure_text(stopped)
    changed = change_terms(roll_over=stopped, ending=ending, beginning=beginning)
    changed.refresh_from_db()
    assert (changed.state, changed.job, failure_text(changed)) == (State.DRAFT, None, "")
    assert 'name="act_' in browse(alice, address(stopped)).content.decode()


def test_the_list_and_the_page_show_the_same_state(browse: Browse, alice: User, stopped: RollOver) -> None:
    for page in (list_page(browse, alice), browse(alice, address(stopped)).content.decode()):
        assert "not carried out" in page
        assert "being carried out" not in page
    assert "Continue with the draft" in list_page(browse, alice)


def test_a_draft_is_not_offered_while_its_job_is_open(browse: Browse, alice: User, draft: RollOver) -> None:
    start_apply(roll_over=draft, seen=digest(draft), by=alice)
    page = list_page(browse, alice)
    assert "being carried out" in page
    assert "Continue with the draft" not in page
    assert "Start a roll-over" not in page
    assert address(draft, "discard") not in browse(alice, address(draft)).content.decode()


@pytest.mark.parametrize("ended", ENDED)
def test_one_whose_undo_was_stopped_is_shown_as_carried_out(
    browse: Browse, alice: User, draft: RollOver, ended: str
) -> None:
    start_apply(roll_over=draft, seen=digest(draft), by=alice)
    run_due_jobs()
    start_undo(roll_over=RollOver.objects.get(), by=alice)
    assert "being undone" in list_page(browse, alice)
    Job.objects.exclude(state=Job.State.DONE).update(state=ended)
    for page in (list_page(browse, alice), browse(alice, address(draft)).content.decode()):
        assert "carried out" in page
        assert "being undone" not in page
    assert address(draft, "undo") in browse(alice, address(draft)).content.decode()
