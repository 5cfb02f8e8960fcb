"""The sentence of a mark, to the second, in the zone of the school."""

from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from classes.attendance.sentence import sentence
from tests.classes.attendance.worlds import BOB, World, ann, at

SHANGHAI = ZoneInfo("Asia/Shanghai")
SETTLED = {"history": "stay", "settled": True}


def said(world: World, zone: ZoneInfo = SHANGHAI, language: str = "en", user: str = "s-ann") -> str:
    one = world.reckon()[user]
    with translation.override(language):
        return sentence(one.mark, one.facts, zone)


def test_present_tells_share_entry_and_absence():
    visits = ("8:03:10", "8:20:05"), ("8:24:31", "8:46")
    assert said(ann(*visits, **SETTLED)) == (
        "Present: 37:24 of 45 min (83 %). Joined 08:03:10 (history and live list), "
        "away 08:20:05–08:24:31 (history and live list)."
    )


def test_what_only_polls_saw_is_told_as_about():
    assert said(ann(("8:00:10", "8:20:05"), ("8:24:31", "8:41:07"))) == (
        "Present: 36:59 of 45 min (82 %). Joined 08:00:10 (live list), "
        "away about 08:20:20–08:24:31 (live list), left about 08:41:20 (live list)."
    )


def test_late_tells_the_limit():
    assert said(ann(("8:10:03", "8:45"), **SETTLED)) == (
        "Late: 34:57 of 45 min (77 %). Joined 08:10:03 (history and live list), after 08:05:00."
    )


def test_left_early_tells_the_limit():
    assert said(ann(("8:00", "8:30:11"), **SETTLED)) == (
        "Left early: 30:11 of 45 min (67 %). Joined 08:00:00 (history and live list), "
        "left 08:30:11 (history and live list), before 08:40:00."
    )


def test_absent_tells_what_was_missing():
    assert said(ann()) == "Absent: not seen in the lesson."
    assert said(ann(("8:00", "8:10"), **SETTLED)).startswith(
        "Absent: 10 of 45 min (22 %), but 50 % make one present."
    )


def test_a_share_is_never_rounded_up_to_the_limit():
    assert "(49 %)" in said(ann(("8:00", "8:22:29"), **SETTLED))


def test_no_data_tells_when_nobody_could_see():
    assert said(ann(("8:00", "8:45"), down=[(at("8:10"), at("9:00"))])) == (
        "No data: in the lesson for 10:40 to 45 of 45 min, so the mark stays open. "
        "Joined 08:00:00 (live list), left about 08:10:40 (live list). Nobody could see 08:10:40–08:45:00."
    )


def test_a_running_lesson_says_so_far():
    world = ann(("8:01:05", None), real_end=None, now=at("8:12"))
    assert said(world) == "Present so far: 10:55 of 12 min (90 %). Joined 08:01:05 (live list)."
    assert said(world.but(visits={}, now=at("8:04"))) == "Not here yet; who comes by 08:05:00 is not late."


def test_a_lesson_that_was_not_held_makes_nobody_absent():
    world = ann(real_start=None, real_end=None)
    assert said(world) == "The lesson was not held, so nobody is absent."
    assert said(world.but(now=at("7:00"))) == "The lesson has not begun."
    assert said(world, user=BOB.user_id) == ""


def test_teacher_and_guest_get_no_mark_but_a_sentence():
    visits = {BOB.user_id: [(at("8:02"), at("8:45"))], "guest": [(at("8:10"), at("8:20"))]}
    world = World(visits, **SETTLED)
    assert said(world, user=BOB.user_id) == (
        "In the lesson for 43 of 45 min (95 %). Joined 08:02:00 (history and live list)."
    )
    assert said(world, user="guest").startswith(
        "Not on the list of this lesson; in it for 10 of 45 min (22 %)."
    )


def test_many_absences_are_counted():
    visits = [(f"8:{minute:02}:00", f"8:{minute + 1:02}:30") for minute in range(0, 44, 3)]
    assert ", away 10 more times" in said(ann(*visits, **SETTLED))


def test_times_are_those_of_the_school_and_carry_the_date_of_another_day():
    midnight = at("24:00")
    hours = {"planned": (midnight - 1800, midnight + 1800), "real_start": midnight - 1800}
    hours |= {"real_end": midnight + 1800, "now": midnight + 3600, "first_poll": midnight - 2000}
    world = ann(("23:30", "24:10"), **hours, **SETTLED)
    assert "Joined 23:30:00 (" in said(world)
    assert "left 2026-09-23 00:10:00 (" in said(world)
    assert "Joined 15:30:00 (" in said(world, ZoneInfo("UTC"))


def test_a_callback_is_named_as_a_source():
    one = said(ann(("8:00:07", "8:45"), called_back=frozenset({0})))
    assert "Joined 08:00:07 (live list and message from iclass)" in one


def test_no_facts_give_no_sentence():
    assert sentence("present", {}, SHANGHAI) == ""


@pytest.mark.parametrize(
    ("world", "words"),
    [
        (
            ann(("8:03:10", "8:20:05"), ("8:24:31", "8:46"), **SETTLED),
            "出勤：全程 45 分钟，在课 37:24 分钟（83%）。08:03:10 进入（历史记录和实时名单），"
            "08:20:05–08:24:31 离开（历史记录和实时名单）。",
        ),
        (ann(), "缺勤：课堂上没有出现过。"),
    ],
)
def test_the_sentence_is_chinese_for_chinese_readers(world, words):
    assert said(world, language="zh-hans") == words
