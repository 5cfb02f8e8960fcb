"""The proposal of any school: nobody with a conflict, and the fair share."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from classes.timetable.cover.proposals import RELATIONS, Candidate, OpenLesson, distance, propose, rank

EIGHT = datetime(2027, 3, 2, 8, tzinfo=UTC)


@st.composite
def schools(draw):
    """Candidates by name, lessons of a day, and who is busy during which."""
    people = [
        Candidate(pk, f"t{pk}", f"T{pk}", draw(st.booleans()), draw(st.integers(0, 3)))
        for pk in range(draw(st.integers(0, 8)))
    ]
    pks = st.sets(st.integers(0, 7))
    related = st.dictionaries(st.integers(0, 7), st.sampled_from(RELATIONS))
    lessons = [
        OpenLesson(
            pk, begins := EIGHT + timedelta(minutes=draw(st.integers(0, 200))),
            begins + timedelta(minutes=draw(st.integers(1, 90))), draw(related),
        )
        for pk in range(draw(st.integers(0, 6)))
    ]  # fmt: skip
    return people, lessons, {one.pk: draw(pks) for one in lessons}


@given(schools())
def test_nobody_is_proposed_who_is_busy_or_gets_two_lessons_at_once(school):
    people, lessons, busy = school
    found = propose(lessons, people, busy)
    by_pk = {one.pk: one for one in lessons}
    for pk, teacher in found.items():
        assert teacher.is_teacher
        assert teacher.pk not in busy[pk]
        for other, who in found.items():
            assert other == pk or who != teacher or not by_pk[other].overlaps(by_pk[pk])


@given(schools())
def test_nobody_else_free_and_as_close_to_the_lesson_has_covered_less(school):
    people, lessons, busy = school
    found = propose(lessons, people, busy)
    so_far = {one.pk: one.covers for one in people}
    given_away = []
    for lesson in sorted(lessons, key=lambda one: (one.starts_at, one.pk)):
        taken = {pk for pk, other in given_away if other.overlaps(lesson)} | busy[lesson.pk]
        free = [one for one in people if one.is_teacher and one.pk not in taken]
        assert (lesson.pk in found) == bool(free), "a lesson goes without only if no teacher is free"
        if not free:
            continue
        best = found[lesson.pk]
        nearest = min(distance(lesson.related.get(one.pk)) for one in free)
        close = [one for one in free if distance(lesson.related.get(one.pk)) == nearest]
        assert best in close
        assert so_far[best.pk] == min(so_far[one.pk] for one in close)
        so_far[best.pk] += 1
        given_away.append((best.pk, lesson))


def test_teachers_come_first_then_the_closest_then_the_fewest_covers_then_the_name():
    ann = Candidate(1, "ann", "Ann", False, 0)
    bob = Candidate(2, "bob", "Bob", True, 2)
    chen = Candidate(3, "chen", "Chen", True, 1)
    dora = Candidate(4, "dora", "Dora", True, 1)
    eve = Candidate(5, "eve", "Eve", True, 5)
    related = {ann.pk: "course", eve.pk: "group"}
    ranked = rank([ann, bob, chen, dora, eve], related, most=9)
    assert [one.name for one in ranked] == ["Eve", "Chen", "Dora", "Bob", "Ann"]
    assert rank([chen, dora], {}, {chen.pk: 1}, most=2) == [dora, chen], "proposals count like covers"


def test_who_assists_comes_before_the_same_course_then_subject_then_group():
    people = [Candidate(pk, f"t{pk}", f"T{pk}", True, 9 - pk) for pk in range(5)]
    related = {4: "group", 3: "subject", 2: "course", 1: "assists"}
    assert [one.pk for one in rank(people, related, most=5)] == [1, 2, 3, 4, 0]
