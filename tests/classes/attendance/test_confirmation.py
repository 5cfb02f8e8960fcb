"""Evidence in doubt: lines of the history that polls prove wrong, and callbacks that nobody confirms."""

from dataclasses import replace

from classes.attendance.calculation.types import AttendancePolicy, Evidence
from tests.classes.attendance.simulated_lessons import SimulatedLesson, at, lesson_with_ann, mark_of

BLIND = {"blind": [(at("7:00"), at("9:00"))]}


class TestALineThatPollsProveWrong:
    """It is one source in doubt: what of it nobody saw is neither presence nor absence."""

    def told(self, entered: str, left: str, *visits, **how):
        line = Evidence("history", at("9:00"), "s-ann", entered_at=at(entered), left_at=at(left))
        return mark_of(lesson_with_ann(*visits, extra=(line,), settled=True, **how))

    def test_an_outage_in_it_makes_nobody_present(self):
        """Seen for a minute at the start, missed at 8:05, and nobody looked from then on."""
        visits = [("8:00", "8:01")]
        one = self.told("8:00", "8:44:45", *visits, down=[(at("8:09"), at("8:45"))])
        assert (one.mark, one.present_seconds) == ("unknown", 60)
        assert one.facts["unknown"] == [[at("8:08:40"), at("8:44:45")]]

    def test_seconds_before_the_first_poll_make_nobody_come_in_time(self):
        visits, how = [("8:10", "8:45")], {"first_poll": at("8:00:12")}
        late = mark_of(lesson_with_ann(*visits, **how))
        one = self.told("8:00", "8:45", *visits, **how)
        assert (late.mark, one.mark) == ("late", "unknown")
        assert one.present_seconds == late.present_seconds == 35 * 60
        assert one.facts["unknown"] == [[at("8:00"), at("8:00:12")]]

    def test_its_exit_does_not_lengthen_what_polls_saw_beyond_what_a_poll_speaks_for(self):
        how = {"down": [(at("8:10"), at("8:40"))], "policy": AttendancePolicy(present_share=20)}
        one = self.told("7:59", "8:39", ("8:05", "8:10"), **how)
        assert one.present_seconds == 5 * 60 + 40
        assert one.mark == "unknown"

    def test_clocks_that_differ_by_some_seconds_prove_nothing(self):
        """The last poll that missed her was three seconds before the exit that the line tells."""
        one = self.told("8:00", "8:30:03", ("8:00", "8:30"), down=[(at("8:10"), at("8:20"))])
        assert (one.mark, one.present_seconds) == ("left_early", 30 * 60 + 3)
        assert one.facts["unknown"] == []

    def test_a_number_alone_proves_nothing(self):
        """Somebody came as she went, and went as she came: only a list tells who is missing."""
        rows = [
            Evidence("tick", at("8:00")),
            Evidence("count", at("8:10")),
            Evidence("count", at("8:20")),
            Evidence("tick", at("8:30")),
        ]
        line = Evidence("history", at("9:00"), "s-ann", entered_at=at("8:02"), left_at=at("8:28"))
        one = mark_of(
            lesson_with_ann(**BLIND, extra=(*rows, line), settled=True, policy=AttendancePolicy(poll_s=600))
        )
        assert one.present_seconds > 0

    def test_numbers_after_the_last_list_do_not_refute_an_exit(self):
        """Somebody came as she went, and nobody fetched the list again before the lesson ended."""
        rows = [
            Evidence("poll", at("8:00"), "s-ann", present=True, entered_at=at("7:59")),
            Evidence("tick", at("8:30")),
            Evidence("count", at("8:40")),
        ]
        line = Evidence("history", at("9:00"), "s-ann", entered_at=at("7:59"), left_at=at("8:32"))
        how = {"settled": True, "policy": AttendancePolicy(poll_s=600)}
        one = mark_of(lesson_with_ann(**BLIND, extra=(*rows, line), **how))
        assert (one.mark, one.last_left_at) == ("left_early", at("8:32"))
        stayed = mark_of(lesson_with_ann(**BLIND, extra=(*rows, replace(line, left_at=at("8:45"))), **how))
        assert (stayed.mark, stayed.present_seconds) == ("present", 45 * 60)

    def test_rules_that_were_frozen_before_keep_the_marks_that_are_final(self):
        before = AttendancePolicy(version=1)
        one = self.told("8:00", "8:45", ("8:10", "8:45"), first_poll=at("8:00:12"), policy=before)
        assert (one.mark, one.present_seconds) == ("present", 35 * 60 + 12)


class TestACallbackThatNobodyConfirms:
    """It is one source, unconfirmed: the mark is nobody's but a person's to change."""

    def called(self, clock: str, *, entry: bool) -> Evidence:
        times = {"entered_at" if entry else "left_at": at(clock)}
        return Evidence("callback", at(clock) + 1, "s-ann", present=entry, **times)

    def test_an_entry_makes_nobody_present_and_says_so(self):
        forged = self.called("8:00:03", entry=True), self.called("8:45", entry=False)
        one = mark_of(lesson_with_ann(extra=forged))
        assert (one.mark, one.grade, one.present_seconds, one.first_entered_at) == (
            "absent",
            "unconfirmed",
            0,
            None,
        )
        assert one.facts["unconfirmed"] == [[at("8:00:03"), at("8:45")]]
        assert one.facts["unknown"] == [[at("8:00:03"), at("8:00:20")]]

    def test_an_entry_between_two_polls_brings_nobody_in_time(self):
        forged = self.called("8:00:03", entry=True), self.called("8:00:09", entry=False)
        one = mark_of(lesson_with_ann(("8:10", "8:45"), extra=forged))
        assert (one.mark, one.grade) == ("unknown", "unconfirmed")
        assert one.present_seconds == 35 * 60

    def test_while_polls_fail_it_is_unknown_and_not_presence(self):
        how = {"down": [(at("8:00"), at("9:00"))], "real_end": None, "now": at("8:20")}
        one = mark_of(lesson_with_ann(extra=(self.called("8:03", entry=True),), **how))
        assert (one.mark, one.grade, one.present_seconds) == ("unknown", "unconfirmed", 0)

    def test_an_exit_in_the_last_minute_takes_nothing_away(self):
        policy = AttendancePolicy(early_leave_s=0)
        how = {"policy": policy, "first_poll": at("7:50:05")}
        one = mark_of(lesson_with_ann(("8:00", "8:46"), extra=(self.called("8:44:50", entry=False),), **how))
        assert (one.mark, one.grade) == ("unknown", "unconfirmed")
        assert one.facts["unconfirmed"] == [[at("8:44:50"), at("8:45")]]

    def test_a_poll_that_sees_the_person_confirms_it(self):
        one = mark_of(lesson_with_ann(("8:00:07", "8:46"), called_back=frozenset({0})))
        assert (one.grade, one.facts["unconfirmed"]) == ("one_source", [])
        assert one.facts["stays"][0]["started_by"] == ["callback", "poll"]

    def test_clocks_that_differ_by_some_seconds_leave_it_confirmed(self):
        forged = self.called("8:00:03", entry=True)
        one = mark_of(lesson_with_ann(("8:00:07", "8:45"), extra=(forged,)))
        assert (one.facts["unconfirmed"], one.first_entered_at) == ([], at("8:00:07"))

    def test_a_settled_history_decides_without_it(self):
        forged = self.called("8:00:03", entry=True), self.called("8:45", entry=False)
        world = SimulatedLesson(
            {"s-ann": [], "t-bob": [(at("8:00"), at("8:45"))]}, history="stay", settled=True
        )
        found = world.but(extra=forged).reckon()
        assert (found["s-ann"].mark, found["s-ann"].grade) == ("absent", "none")

    def test_a_stranger_of_whom_a_callback_alone_tells_is_no_guest_of_a_settled_lesson(self):
        forged = Evidence("callback", at("8:00"), "s-zoe", present=True, entered_at=at("8:00"))
        world = SimulatedLesson({"t-bob": [(at("8:00"), at("8:45"))]}, history="stay", extra=(forged,))
        assert "s-zoe" in world.reckon()
        assert "s-zoe" not in world.but(settled=True).reckon()
