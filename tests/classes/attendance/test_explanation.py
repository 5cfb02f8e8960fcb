"""The sentence of a mark, to the second, in the zone of the school."""

from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from classes.attendance.calculation.types import Evidence
from classes.attendance.explanation import explain_mark
from tests.classes.attendance.simulated_lessons import BOB, SimulatedLesson, at, lesson_with_ann

SHANGHAI = ZoneInfo("Asia/Shanghai")
SETTLED = {"history": "stay", "settled": True}


def said(world: SimulatedLesson, zone: ZoneInfo = SHANGHAI, language: str = "en", user: str = "s-ann") -> str:
    one = world.reckon()[user]
    with translation.override(language):
        return explain_mark(one.mark, one.facts, zone)


def test_present_tells_share_entry_and_absence():
    visits = ("8:03:10", "8:20:05"), ("8:24:31", "8:46")
    assert said(lesson_with_ann(*visits, **SETTLED)) == (
        "Present: 37:24 of 45 min (83.1 %). Joined 08:03:10 (history and live list), "
        "away 08:20:05–08:24:31 (history and live list)."
    )


def test_what_only_polls_saw_is_told_as_about():
    assert said(lesson_with_ann(("8:00:10", "8:20:05"), ("8:24:31", "8:41:07"))) == (
        "Present: 36:59 of 45 min (82.1 %). Joined 08:00:10 (live list), "
        "away about 08:20:20–08:24:31 (live list), left about 08:41:20 (live list)."
    )


def test_late_tells_the_limit():
    assert said(lesson_with_ann(("8:10:03", "8:45"), **SETTLED)) == (
        "Late: 34:57 of 45 min (77.6 %). Joined 08:10:03 (history and live list), after 08:05:00."
    )


def test_left_early_tells_the_limit():
    assert said(lesson_with_ann(("8:00", "8:30:11"), **SETTLED)) == (
        "Left early: 30:11 of 45 min (67 %). Joined 08:00:00 (history and live list), "
        "left 08:30:11 (history and live list), before 08:40:00."
    )


def test_absent_tells_what_was_missing():
    assert said(lesson_with_ann()) == "Absent: did not join the lesson."
    assert said(lesson_with_ann(("8:00", "8:10"), **SETTLED)).startswith(
        "Absent: in the lesson for 10 of 45 min (22.2 %), 50 % required to be present."
    )


def test_a_share_is_never_rounded_up_to_the_limit():
    assert "(49.9 %)" in said(lesson_with_ann(("8:00", "8:22:29"), **SETTLED))


def test_no_data_tells_when_nobody_could_see():
    assert said(lesson_with_ann(("8:00", "8:45"), down=[(at("8:10"), at("9:00"))])) == (
        "No data: in the lesson for 10:40 to 45 of 45 min, so the mark is not decided. "
        "Joined 08:00:00 (live list), left about 08:10:40 (live list). No lesson data for "
        "08:10:40–08:45:00."
    )


def test_a_running_lesson_says_so_far():
    world = lesson_with_ann(("8:01:05", None), real_end=None, now=at("8:12"))
    assert said(world) == "Present so far: 10:55 of 12 min (90.9 %). Joined 08:01:05 (live list)."
    assert said(world.but(visits={}, now=at("8:04"))) == "Not here yet. Joining by 08:05:00 is not late."


def test_a_lesson_that_was_not_held_makes_nobody_absent():
    world = lesson_with_ann(real_start=None, real_end=None)
    assert said(world) == "The lesson was not held, so no one is absent."
    assert said(world.but(now=at("7:00"))) == "The lesson has not started."
    assert said(world, user=BOB.user_id) == ""


def test_teacher_and_guest_get_no_mark_but_a_sentence():
    visits = {BOB.user_id: [(at("8:02"), at("8:45"))], "guest": [(at("8:10"), at("8:20"))]}
    world = SimulatedLesson(visits, **SETTLED)
    assert said(world, user=BOB.user_id) == (
        "In the lesson for 43 of 45 min (95.5 %). Joined 08:02:00 (history and live list)."
    )
    assert said(world, user="guest").startswith(
        "Not on the list of this lesson; in it for 10 of 45 min (22.2 %)."
    )


def test_many_absences_are_counted():
    visits = [(f"8:{minute:02}:00", f"8:{minute + 1:02}:30") for minute in range(0, 44, 3)]
    assert ", away 10 more times" in said(lesson_with_ann(*visits, **SETTLED))


def test_times_are_those_of_the_school_and_carry_the_date_of_another_day():
    midnight = at("24:00")
    hours = {"planned": (midnight - 1800, midnight + 1800), "real_start": midnight - 1800}
    hours |= {"real_end": midnight + 1800, "now": midnight + 3600, "first_poll": midnight - 2000}
    world = lesson_with_ann(("23:30", "24:10"), **hours, **SETTLED)
    assert "Joined 23:30:00 (" in said(world)
    assert "left 2026-09-23 00:10:00 (" in said(world)
    assert "Joined 15:30:00 (" in said(world, ZoneInfo("UTC"))


def test_a_callback_is_named_as_a_source():
    one = said(lesson_with_ann(("8:00:07", "8:45"), called_back=frozenset({0})))
    assert "Joined 08:00:07 (live list and message from iclass)" in one


def forged(*clocks: str) -> SimulatedLesson:
    """Ann was never there; these entries were called back."""
    extra = [Evidence("callback", at(one), "s-ann", present=True, entered_at=at(one)) for one in clocks]
    return lesson_with_ann(extra=tuple(extra))


def test_what_a_callback_alone_tells_is_called_unconfirmed():
    assert said(forged("8:00:03")) == (
        "Absent: did not join the lesson. One source, unconfirmed: only a message from "
        "iclass reports 08:00:03–08:01:03. It is not used until the live list or the "
        "history confirms it."
    )
    assert said(forged("8:00:03"), language="zh-hans") == (
        "缺勤：没有在课堂出现。一个来源，未经证实：只有 iclass 消息提到 08:00:03–08:01:03。"
        "在实时名单或历史记录证实之前，不影响考勤结果。"
    )


def test_what_nobody_could_see_is_told_apart_from_it():
    world = forged("8:20:03").but(down=[(at("8:20"), at("8:25"))])
    assert "No lesson data for 08:19:40–08:20:03, 08:21:03–08:25:00. One source, unconfirmed:" in said(world)


def test_no_facts_give_no_sentence():
    assert explain_mark("present", {}, SHANGHAI) == ""


@pytest.mark.parametrize(
    ("world", "words"),
    [
        (
            lesson_with_ann(("8:03:10", "8:20:05"), ("8:24:31", "8:46"), **SETTLED),
            "出勤：全程 45 分钟，在课 37:24 分钟（83.1%）。08:03:10 进入（历史记录和实时名单），"
            "08:20:05–08:24:31 离开（历史记录和实时名单）。",
        ),
        (lesson_with_ann(), "缺勤：没有在课堂出现。"),
    ],
)
def test_the_sentence_is_chinese_for_chinese_readers(world, words):
    assert said(world, language="zh-hans") == words
