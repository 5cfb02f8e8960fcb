"""Each rule of the reckoning."""

from decimal import Decimal
from itertools import pairwise

import pytest

from classes.attendance.calculation.calculate import calculate
from classes.attendance.calculation.types import AttendancePolicy, Evidence, ExpectedPerson
from classes.models.attendance import Grade, Mark
from tests.classes.attendance.simulated_lessons import ANN, BOB, SimulatedLesson, at, lesson_with_ann, mark_of

BLIND = {"blind": [(at("7:00"), at("9:00"))]}


def away_times(one) -> list[tuple[int, int]]:
    stays = one.facts["stays"]
    return [(before["to"], after["from"]) for before, after in pairwise(stays)]


def test_who_was_there_from_start_to_end_is_present_with_the_whole_lesson():
    one = mark_of(lesson_with_ann(("7:58", "8:46"), history="stay", settled=True))
    assert (one.mark, one.present_seconds, one.share) == ("present", 45 * 60, Decimal(1))
    assert (one.first_entered_at, one.last_left_at) == (at("7:58"), at("8:46"))


def test_marks_and_grades_are_those_of_the_models():
    worlds = [
        lesson_with_ann(("8:00", "8:45")),
        lesson_with_ann(("8:10", "8:45")),
        lesson_with_ann(("8:00", "8:30")),
        lesson_with_ann(("8:10", "8:35")),
    ]
    worlds += [
        lesson_with_ann(),
        lesson_with_ann(**BLIND),
        lesson_with_ann(("8:00", "8:45"), history="stay", settled=True),
    ]
    results = [mark_of(world) for world in worlds]
    assert {one.mark for one in results} == set(Mark.values) - {Mark.EXCUSED}
    assert {one.grade for one in results} <= set(Grade.values)


def test_somebody_who_never_came_is_absent():
    one = mark_of(lesson_with_ann(history="stay", settled=True))
    assert (one.mark, one.facts["rule"], one.first_entered_at) == ("absent", "never_seen", None)


def test_less_than_half_the_lesson_is_absent_and_half_is_present():
    assert mark_of(lesson_with_ann(("8:00", "8:22:29"), history="stay")).mark == "absent"
    assert mark_of(lesson_with_ann(("8:00", "8:22:30"), history="stay")).mark == "left_early"


def test_seconds_count_so_that_no_minute_is_floored_away():
    one = mark_of(lesson_with_ann(("8:00:59", "8:10:58"), ("8:11:01", "8:23:32"), history="stay"))
    assert one.present_seconds == 599 + 751
    assert one.mark == "left_early"


@pytest.mark.parametrize(("entry", "mark"), [("8:05:00", "present"), ("8:05:01", "late")])
def test_late_begins_a_second_after_the_grace(entry, mark):
    assert mark_of(lesson_with_ann((entry, "8:45"))).mark == mark


@pytest.mark.parametrize(("entry", "mark"), [("8:12:00", "present"), ("8:12:01", "late")])
def test_nobody_is_late_who_came_within_the_grace_after_a_late_teacher(entry, mark):
    assert mark_of(lesson_with_ann((entry, "8:45"), real_start=at("8:07"))).mark == mark


def test_a_teacher_who_begins_early_makes_nobody_late():
    assert mark_of(lesson_with_ann(("8:04:50", "8:45"), real_start=at("7:50"))).mark == "present"


def test_coming_early_and_going_again_before_the_start_is_not_being_on_time():
    assert mark_of(lesson_with_ann(("7:50", "7:55"), ("8:20", "8:45"))).mark == "late"


@pytest.mark.parametrize(("exit_", "mark"), [("8:40:00", "present"), ("8:39:59", "left_early")])
def test_left_early_begins_a_second_more_than_allowed(exit_, mark):
    assert mark_of(lesson_with_ann(("8:00", exit_), history="stay")).mark == mark


def test_nobody_left_early_where_the_lesson_ended_early():
    one = mark_of(lesson_with_ann(("8:00", "8:30"), real_end=at("8:30")))
    assert (one.mark, one.share) == ("present", Decimal(1))


def test_staying_to_the_planned_end_of_a_longer_lesson_is_leaving_early():
    assert mark_of(lesson_with_ann(("8:00", "8:45"), real_end=at("8:55"))).mark == "left_early"


def test_late_and_left_early_are_both_told():
    assert mark_of(lesson_with_ann(("8:10", "8:39"))).mark == "late_and_left_early"


def test_the_policy_of_the_school_decides():
    strict = AttendancePolicy(late_after_s=0, early_leave_s=0, present_share=90)
    assert mark_of(lesson_with_ann(("8:00:01", "8:45"), policy=strict)).mark == "late"
    assert mark_of(lesson_with_ann(("8:00", "8:44:59"), policy=strict, history="stay")).mark == "left_early"
    assert mark_of(lesson_with_ann(("8:00", "8:40"), policy=strict)).mark == "absent"


def test_overlapping_stays_count_once_so_that_no_share_passes_one():
    """Two devices, or two sources that tell of the same time."""
    line = Evidence("history", at("9:00"), "s-ann", entered_at=at("8:00"), left_at=at("8:45"))
    other = Evidence("history", at("9:00"), "s-ann", entered_at=at("8:10"), left_at=at("8:50"))
    one = mark_of(lesson_with_ann(("7:00", "8:45"), extra=(line, other)))
    assert (one.present_seconds, one.share) == (45 * 60, Decimal(1))


def test_a_lesson_longer_than_a_day_does_not_wrap():
    end = at("8:00") + 30 * 3600
    one = mark_of(lesson_with_ann(("8:00", None), real_end=end, planned=(at("8:00"), end), now=end, every=60))
    assert one.present_seconds == 30 * 3600


@pytest.mark.parametrize("history", ["stay", "user"])
def test_a_gap_that_polls_saw_is_not_hidden_by_first_in_and_last_out(history):
    one = mark_of(lesson_with_ann(("8:00", "8:10"), ("8:30", "8:45"), history=history, settled=True))
    assert away_times(one) == [(at("8:10"), at("8:30"))]
    assert one.present_seconds == 25 * 60


def test_a_line_that_spans_two_stays_gives_the_seconds_of_the_ends_and_polls_those_of_the_gap():
    one = mark_of(
        lesson_with_ann(("8:00:07", "8:10:05"), ("8:30:11", "8:44:58"), history="user", settled=True)
    )
    assert (one.first_entered_at, one.last_left_at) == (at("8:00:07"), at("8:44:58"))
    assert away_times(one) == [(at("8:10:20"), at("8:30:11"))]
    assert one.grade == "inferred"


def test_history_tells_the_second_that_polls_cannot():
    by_polls = mark_of(lesson_with_ann(("8:00:07", "8:10:05"), ("8:24:31", "8:45")))
    by_both = mark_of(lesson_with_ann(("8:00:07", "8:10:05"), ("8:24:31", "8:45"), history="stay"))
    assert away_times(by_polls) == [(at("8:10:20"), at("8:24:31"))]
    assert away_times(by_both) == [(at("8:10:05"), at("8:24:31"))]
    assert (by_polls.grade, by_both.grade) == ("inferred", "two_sources")


def test_a_quit_that_is_called_back_tells_the_second_too():
    one = mark_of(lesson_with_ann(("8:00:07", "8:10:05"), called_back=frozenset({1})))
    assert one.last_left_at == at("8:10:05")


def test_a_quit_that_is_told_late_still_counts_however_often_history_was_read():
    """A person's single line grows: its earlier exits are the seconds of the gaps."""
    early = Evidence("history", at("8:15"), "s-ann", entered_at=at("8:00:07"), left_at=at("8:10:05"))
    world = lesson_with_ann(
        ("8:00:07", "8:10:05"), ("8:30:11", "8:44:58"), history="user", settled=True, extra=(early,)
    )
    assert away_times(mark_of(world)) == [(at("8:10:05"), at("8:30:11"))]


def test_history_alone_is_one_source():
    one = mark_of(lesson_with_ann(("8:00", "8:45"), history="stay", settled=True, **BLIND))
    assert (one.mark, one.grade, one.present_seconds) == ("present", "one_source", 45 * 60)


def test_a_visit_between_two_polls_counts_where_history_tells_of_it():
    one = mark_of(lesson_with_ann(("8:10:03", "8:10:17"), history="stay", settled=True))
    assert (one.present_seconds, one.grade) == (14, "one_source")


def test_a_reconnect_between_two_polls_is_no_gap_unless_history_says_so():
    visits = ("8:00", "8:10:03"), ("8:10:15", "8:45")
    assert away_times(mark_of(lesson_with_ann(*visits))) == []
    assert away_times(mark_of(lesson_with_ann(*visits, history="stay"))) == [(at("8:10:03"), at("8:10:15"))]


def test_history_that_contradicts_every_poll_leaves_the_mark_to_a_person():
    line = Evidence("history", at("9:00"), "s-ann", entered_at=at("8:00"), left_at=at("8:45"))
    one = mark_of(lesson_with_ann(extra=(line,), settled=True))
    assert (one.mark, one.facts["rule"]) == ("unknown", "no_data")


def test_an_entry_time_that_never_moves_hides_no_gap():
    """A service may keep the first entry for a person who comes back."""
    stuck = [
        Evidence("poll", at(clock), "s-ann", present=there, entered_at=at("8:00"))
        for clock, there in (("8:00", True), ("8:10", False), ("8:30", True), ("8:44:40", False))
    ]
    one = mark_of(lesson_with_ann(extra=tuple(stuck)))
    assert away_times(one) == [(at("8:10"), at("8:29:40"))]
    assert one.grade == "inferred"


def test_without_a_time_of_entry_the_poll_that_saw_nobody_yet_is_taken():
    row = Evidence("poll", at("8:10"), "s-ann", present=True)
    one = mark_of(lesson_with_ann(extra=(row,)))
    assert (one.first_entered_at, one.grade) == (at("8:09:40"), "inferred")


def test_two_rows_of_one_poll_are_one_person_on_two_devices():
    rows = [Evidence("poll", at("8:10"), "s-ann", present=True, entered_at=at(c)) for c in ("8:01", "8:09")]
    assert mark_of(lesson_with_ann(extra=tuple(rows))).first_entered_at == at("8:01")


def test_polls_of_the_same_second_keep_their_order():
    rows = [
        Evidence("poll", at("8:10") + 0.1, "s-ann", present=True, entered_at=at("8:01")),
        Evidence("poll", at("8:10") + 0.8, "s-ann", present=False),
    ]
    one = mark_of(lesson_with_ann(extra=tuple(rows)))
    assert (one.first_entered_at, one.last_left_at) == (at("8:01"), at("8:10"))


class TestUnknownIsNotAbsent:
    down = [(at("8:05"), at("8:35"))]

    def test_who_was_not_seen_while_nobody_looked_is_unknown(self):
        one = mark_of(lesson_with_ann(down=self.down))
        assert (one.mark, one.facts["rule"]) == ("unknown", "no_data")
        assert one.facts["unknown"] == [[at("8:04:40"), at("8:35")]]

    def test_silence_of_the_console_is_the_same_as_polls_that_fail(self):
        assert mark_of(lesson_with_ann(blind=self.down)).mark == "unknown"

    def test_an_outage_that_cannot_change_the_mark_does_not(self):
        assert mark_of(lesson_with_ann(down=[(at("8:10"), at("8:20"))])).mark == "absent"
        assert (
            mark_of(lesson_with_ann(("8:00", "8:06"), ("8:14", "8:45"), down=[(at("8:05"), at("8:15"))])).mark
            == "present"
        )

    def test_who_is_in_the_room_since_before_the_outage_was_there_in_it(self):
        one = mark_of(lesson_with_ann(("8:00", "8:45"), down=self.down))
        assert (one.mark, one.present_seconds, one.facts["unknown"]) == ("present", 45 * 60, [])

    def test_settled_history_decides_what_polls_missed(self):
        how = {"down": self.down, "history": "stay", "settled": True}
        assert mark_of(lesson_with_ann(("8:10", "8:30"), **how)).mark == "absent"
        assert mark_of(lesson_with_ann(("8:04", "8:33"), **how)).mark == "left_early"

    def test_history_without_any_line_decides_nothing(self):
        assert mark_of(lesson_with_ann(down=self.down, history="stay", settled=True)).mark == "unknown"

    def test_who_is_in_no_line_of_a_settled_history_was_not_there(self):
        world = SimulatedLesson({"s-ann": [], "t-bob": [(at("8:00"), at("8:45"))]}, down=self.down)
        assert mark_of(world.but(history="stay", settled=True)).mark == "absent"

    def test_one_line_a_person_cannot_tell_of_a_gap_in_an_outage(self):
        """Gone before the outage, back after it, and gone at a poll between: the rest is unknown."""
        visits = ("8:00", "8:03"), ("8:40", "8:45")
        world = lesson_with_ann(*visits, down=[(at("8:05"), at("8:20"))], history="user", settled=True)
        one = mark_of(world.but(policy=AttendancePolicy(present_share=20)))
        assert one.mark == "unknown"
        assert one.facts["unknown"] == [[at("8:04:40"), at("8:20")]]

    def test_last_seen_before_polls_failed_to_the_end_is_unknown_without_history(self):
        one = mark_of(lesson_with_ann(("8:00", "8:45"), down=[(at("8:10"), at("9:00"))]))
        assert one.mark == "unknown"

    def test_a_poll_that_failed_once_leaves_a_short_doubt(self):
        one = mark_of(lesson_with_ann(("8:20", "8:45"), down=[(at("8:03"), at("8:03:20"))]))
        assert one.mark == "unknown"
        assert one.facts["unknown"] == [[at("8:02:40"), at("8:03:20")]]

    def test_no_poll_and_no_history_make_nobody_absent(self):
        assert mark_of(lesson_with_ann(("8:00", "8:45"), **BLIND)).mark == "unknown"

    def test_a_line_without_an_exit_is_unknown_from_when_it_was_read(self):
        line = Evidence("history", at("8:10"), "s-ann", entered_at=at("8:00"))
        other = Evidence("history", at("9:00"), "t-bob", entered_at=at("8:00"), left_at=at("8:45"))
        one = mark_of(lesson_with_ann(extra=(line, other), settled=True, **BLIND))
        assert (one.mark, one.facts["unknown"]) == ("unknown", [[at("8:10"), at("8:45")]])


class TestWhileTheLessonRuns:
    def running(self, *visits, now: str, **how):
        return mark_of(lesson_with_ann(*visits, real_end=None, now=at(now), **how))

    def test_nobody_has_left_early_yet(self):
        assert self.running(("8:00", "8:10"), now="8:40").mark == "present"

    def test_who_is_in_the_room_is_not_absent_however_short(self):
        one = self.running(("8:04", None), now="8:05")
        assert (one.mark, one.last_left_at, one.present_seconds) == ("present", None, 60)

    def test_who_came_after_the_grace_is_late_at_once(self):
        assert self.running(("8:06", None), now="8:10").mark == "late"

    def test_nobody_is_absent_before_the_grace_is_over(self):
        assert self.running(now="8:05").mark == "unknown"
        assert self.running(now="8:05").facts["rule"] == "waiting"
        assert self.running(now="8:05:01").mark == "absent"

    def test_stale_polls_make_nobody_absent(self):
        assert self.running(now="8:20", down=[(at("8:00"), at("9:00"))]).mark == "unknown"

    def test_presence_is_known_only_a_little_past_the_last_poll(self):
        one = self.running(("8:00", None), now="8:20", down=[(at("8:10"), at("9:00"))])
        assert (one.present_seconds, one.last_left_at) == (9 * 60 + 40 + 60, None)


class TestALessonThatWasNotHeld:
    def test_makes_nobody_absent(self):
        one = mark_of(lesson_with_ann(real_start=None, real_end=None))
        assert (one.mark, one.facts["rule"], one.share) == ("unknown", "not_held", None)

    def test_or_not_yet(self):
        one = mark_of(lesson_with_ann(real_start=None, real_end=None, now=at("7:55")))
        assert (one.mark, one.facts["rule"]) == ("unknown", "not_begun")

    def test_still_tells_who_waited_in_the_room(self):
        one = mark_of(lesson_with_ann(("7:58", "8:20"), real_start=None, real_end=None))
        assert (one.first_entered_at, one.last_left_at, one.present_seconds) == (at("7:58"), at("8:20"), 0)

    def test_an_end_before_the_start_is_odd_and_the_planned_end_is_taken(self):
        line = Evidence("history", at("9:00"), "s-ann", entered_at=at("8:00"), left_at=at("8:45"))
        one = mark_of(lesson_with_ann(real_end=at("7:30"), extra=(line,), settled=True))
        assert (one.mark, one.present_seconds) == ("present", 45 * 60)


class TestPeople:
    def test_staff_are_never_absent_students(self):
        people = (ANN, ExpectedPerson("a-cat", "assistant"), ExpectedPerson("v-sue", "supervisor"))
        found = SimulatedLesson(people=people).reckon()
        assert {user: one.mark for user, one in found.items()} == {
            "s-ann": "absent",
            "a-cat": "",
            "v-sue": "",
            "t-bob": "",
        }

    def test_the_teacher_is_reported_with_times_and_without_a_mark(self):
        teacher = SimulatedLesson({"t-bob": [(at("8:02"), at("8:45"))]}).reckon()["t-bob"]
        assert (teacher.role, teacher.mark, teacher.first_entered_at) == ("teacher", "", at("8:02"))
        assert (teacher.expected, teacher.present_seconds) == (True, 43 * 60)

    def test_a_teacher_who_is_on_the_list_of_members_is_still_the_teacher(self):
        found = SimulatedLesson(people=(ANN, ExpectedPerson("t-bob", "student"))).reckon()
        assert (found["t-bob"].role, found["t-bob"].mark) == ("teacher", "")

    def test_strangers_and_visitors_stand_apart(self):
        visits = {"zoe": [(at("8:00"), at("8:45"))], "guest-7": [(at("8:10"), at("8:20"))]}
        found = SimulatedLesson(visits, roles={"zoe": "student", "guest-7": "visitor"}).reckon()
        assert [(found[user].expected, found[user].mark) for user in visits] == [(False, ""), (False, "")]
        assert (found["guest-7"].role, found["guest-7"].nickname) == ("visitor", "name of guest-7")

    def test_somebody_of_the_school_who_looks_in_keeps_the_role_of_the_school(self):
        row = Evidence("poll", at("8:10"), "v-sue", role="student", present=True, entered_at=at("8:09"))
        found = calculate(
            [row],
            [ANN],
            teacher=BOB,
            times=SimulatedLesson().times,
            policy=AttendancePolicy(),
            history_settled=False,
            staff={"v-sue": "supervisor"},
        )
        assert [(one.user_id, one.role) for one in found if not one.expected] == [("v-sue", "supervisor")]

    def test_two_people_of_one_name_are_two_people(self):
        twin = ExpectedPerson("s-ann2", "student", "Ann")
        found = SimulatedLesson({"s-ann": [(at("8:00"), at("8:45"))]}, people=(ANN, twin)).reckon()
        assert (found["s-ann"].mark, found["s-ann2"].mark) == ("present", "absent")
