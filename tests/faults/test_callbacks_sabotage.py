"""For each defence of the inbox: its goal in small holds, and without that one defence it fails."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from classes.models import Lesson
from console.inbox import ingestion, processing
from console.inbox.models import Callback
from tests.faults.arming import InjectedFailure, arm_point
from tests.faults.callback_senders import (
    KNOWN,
    build_deliveries,
    build_events,
    create_school_with_lessons,
    in_process,
    signed_callback_path,
)
from tests.faults.goals import sabotage, without_goal_lines
from tests.faults.sizes import dice
from tests.faults.test_callbacks import check_disorder
from tests.support.database_outage import database_unreachable

#: Events and deliveries: enough for each kind of lesson, and for recordings that contradict each other.
SMALL = partial(check_disorder, in_process, seeds=2, told=60, sent=75)


@pytest.fixture(autouse=True)
def spool(transactional_db: None, tmp_path: Path, settings: Any) -> Path:
    settings.SPOOL_DIR = tmp_path / "spool"
    ingestion.clear_sender_cache()
    return tmp_path / "spool"


def check_repeat() -> None:
    """A repeat of what was handled asks for another look: the first one may have come too early."""
    school = create_school_with_lessons(0)
    told = [{"event": "class_begin", "data": {"class_id": class_id}} for class_id in KNOWN]
    lessons = Lesson.objects.filter(enterprise=school, remote_id__in=[str(class_id) for class_id in KNOWN])
    for _ in range(2):
        lessons.update(look_at=None)
        assert set(
            in_process(signed_callback_path(school), build_deliveries(told, len(told), dice("repeats")))
        ) == {200}
        processing.process_due_callbacks()
        assert not lessons.filter(look_at=None).exists(), "news, or a repeat of it, asks for no look"


def check_outage(folder: Path) -> None:
    """The database goes, then the disk too, then whoever puts the events back is killed."""
    school = create_school_with_lessons(0)
    address = signed_callback_path(school)
    bodies = build_deliveries(build_events(20), 20, dice("outage"))
    answers = in_process(address, bodies[:5])
    with database_unreachable():
        answers += in_process(address, bodies[5:15])
        assert answers == [200] * 15, "the disk took it, and it was not acknowledged"
        folder.rename(folder.with_name("kept"))
        folder.write_text("no folder")
        answers += in_process(address, bodies[15:])
        folder.unlink()
        folder.with_name("kept").rename(folder)
    with arm_point("inbox.unspooling", "raise"), pytest.raises(InjectedFailure):
        processing.process_due_callbacks()
    processing.process_due_callbacks()
    kept = Callback.objects.filter(enterprise=school).count()
    assert kept == answers.count(200), f"{answers.count(200)} acknowledged, {kept} kept"


def test_disorder_changes_nothing_in_small() -> None:
    with without_goal_lines():
        SMALL()


def test_a_repeat_asks_for_another_look() -> None:
    check_repeat()


def test_an_outage_costs_nothing_that_was_acknowledged(spool: Path) -> None:
    check_outage(spool)


#: Defence → what the goal then says.
SAID = {
    "inbox.fingerprint": "a row for each event",
    "inbox.fold": "recordings depend on the order",
    "inbox.park": "depend on the order",
    "inbox.release": "still waits",
    "inbox.tombstone": "an event of lesson 1[56] still waits",
    "inbox.quarantine": "stopped the inbox",
}


@pytest.mark.parametrize("defence", SAID)
def test_order_and_repeats_matter_without(defence: str) -> None:
    assert re.search(SAID[defence], sabotage(defence, SMALL))


def test_the_second_look_is_missing_without_it() -> None:
    assert "asks for no look" in sabotage("inbox.rearm", check_repeat)


@pytest.mark.parametrize(
    ("defence", "said"),
    [
        ("inbox.spool", "was not acknowledged"),
        ("inbox.ack_after_store", "20 acknowledged, 15 kept"),
        ("inbox.keep_file", "15 acknowledged, 5 kept"),
    ],
)
def test_an_outage_costs_events_without(defence: str, said: str, spool: Path) -> None:
    check: Callable[[], None] = partial(check_outage, spool)
    assert said in sabotage(defence, check)
