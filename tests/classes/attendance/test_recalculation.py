"""What is reckoned again equals what is stored, for any lesson."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Enterprise, Role
from classes.attendance.calculation.types import FACTS_VERSION
from classes.attendance.inputs import Epoch
from classes.attendance.register import (
    finalize_register,
    preview_marks,
    recompute_register,
    recompute_registers,
)
from classes.choices import Status
from classes.models import Attendance, Lesson, Member, Observation
from tests.classes.attendance.simulated_lessons import SimulatedLesson
from tests.classes.attendance.strategies import simulated_lessons
from tests.faults.goals import add_to_goal
from tests.faults.sizes import size
from tests.support.cast import TIC_KEY, create_person

NAMES = [field.attname for field in Attendance._meta.fields if field.name not in ("id", "reckoned_at")]


def moment(second: int | None) -> datetime | None:
    return None if second is None else datetime.fromtimestamp(second, UTC)


def stored(world: SimulatedLesson) -> Lesson:
    """The lesson of this world as rows, with all the evidence that it leaves."""
    school = Enterprise.objects.create(name="Wonderland", sdkappid=1, tic_key=TIC_KEY)
    lesson = Lesson.objects.create(
        enterprise=school,
        topic="Croquet",
        teacher=create_person(school, "t-bob", Role.TEACHER),
        starts_at=moment(world.planned[0]),
        ends_at=moment(world.planned[1]),
        real_started_at=moment(world.real_start),
        real_ended_at=moment(world.real_end),
        status=Status.ING if world.real_end is None else Status.END,
    )
    Member.objects.create(lesson=lesson, user=create_person(school, "s-ann", Role.STUDENT))
    Observation.objects.bulk_create(
        Observation(
            lesson=lesson,
            source=line.source,
            seen_at=moment(line.seen_at),
            user_id=line.user_id,
            nickname=line.nickname,
            role=line.role,
            present=line.present,
            entered_at=moment(line.entered_at),
            left_at=moment(line.left_at),
        )
        for line in world.evidence()
    )
    return lesson


def lines(rows: Iterable[Attendance]) -> list[list[Any]]:
    return [[getattr(row, name) for name in NAMES] for row in sorted(rows, key=lambda row: row.user_id)]


@pytest.mark.faults
class Anything(TestCase):
    """Ten random lessons, or 300 with FAULTS=full."""

    @settings(max_examples=size(full=300, ci=10))
    @given(simulated_lessons())
    def test_it_equals_and_a_second_reckoning_finds_nothing_to_write(self, world: SimulatedLesson) -> None:
        with time_machine.travel(moment(world.now), tick=False):
            lesson = stored(world)
            if world.settled and world.real_end is not None:
                finalize_register(lesson)
            else:
                recompute_register(lesson)
            assert lines(lesson.attendance.all()) == lines(preview_marks(lesson))
            assert recompute_register(lesson) is False
        add_to_goal("attendance recomputed", lessons=1)

    @settings(max_examples=size(full=300, ci=10))
    @given(simulated_lessons(), st.data())
    def test_for_some_people_it_equals_what_it_is_for_all_and_leaves_the_others(
        self, world: SimulatedLesson, data: st.DataObject
    ) -> None:
        with time_machine.travel(moment(world.now), tick=False):
            lesson = stored(world)
            everybody = {row.user_id: row for row in preview_marks(lesson)}
            Lesson.objects.filter(pk=lesson.pk).update(facts_version=FACTS_VERSION)
            some = data.draw(st.sets(st.sampled_from([*sorted(everybody), "s-nobody"])))
            recompute_registers([lesson], {lesson.pk: some})
            assert lines(lesson.attendance.all()) == lines(everybody[one] for one in some if one in everybody)
            assert set(lesson.stays.values_list("user_id", flat=True)) <= some
            recompute_register(lesson)
            before = lines(lesson.attendance.all()), list(lesson.stays.order_by("pk").values())
            assert not recompute_registers([lesson], {lesson.pk: some})
            assert (lines(lesson.attendance.all()), list(lesson.stays.order_by("pk").values())) == before
        add_to_goal("attendance recomputed", lessons=1)


@pytest.mark.django_db
@given(st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
@settings(max_examples=300)
def test_the_database_and_python_tell_the_same_second_and_fraction(moment: datetime) -> None:
    """Polls of one second keep their order by it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {Epoch.template % {'expressions': '%s::timestamptz'}}", [moment])
        assert cursor.fetchone() == (moment.timestamp(),)
