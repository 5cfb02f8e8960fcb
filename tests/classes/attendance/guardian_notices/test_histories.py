"""Whatever happens to marks, and however often it is looked at, a guardian gets one notice a day at most."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.core import mail

from accounts.models import GuardianNotice
from accounts.people.guardian_notices.sending import deliver_due_notices
from accounts.people.guardian_notices.services import save_settings
from classes.attendance.guardian_notices.planning import plan_due_notices
from classes.models import Lesson, Mark
from tests.classes.attendance.guardian_notices.conftest import DAY, NOON, guardian_of, held, set_mark
from tests.faults.sizes import size
from tests.support.cast import create_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told")]
DAYS, HOURS = 8, (0, 4, 7, 9)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(size(full=12, ci=2)))
def test_at_most_one_notice_a_day_leaves_for_each_guardian_and_child(clock, alice, bob, dina, seed):
    dice = random.Random(seed)
    tom = create_person(alice.enterprise, "tom", "student")
    guardians = [guardian_of(one, alice) for one in (dina, dina, tom)]
    save_settings(
        school=alice.enterprise,
        by=alice,
        tells_late=dice.random() < 0.5,
        least_lessons=dice.choice((1, 1, 2)),
    )
    lessons = []
    for day in range(DAYS):
        for hour in HOURS:
            now = NOON + day * DAY + timedelta(hours=hour)
            clock.move_to(now, tick=False)
            for _change in range(3):
                _change_something(dice, now, bob, (dina, tom), lessons)
            for _again in range(dice.randint(0, 3)):
                plan_due_notices()
                deliver_due_notices()
    notices = list(GuardianNotice.objects.all())
    assert notices, "the history told of nothing"
    assert max(Counter((one.guardian_id, one.day) for one in notices).values()) == 1
    assert len(mail.outbox) == len(notices)
    assert {one.delivery for one in notices} == {"delivered"}
    for guardian in guardians:
        own = [one for one in notices if one.guardian_id == guardian.pk]
        told = Counter(key for one in own for key in one.lessons)
        back = Counter(key for one in own for key in one.corrected)
        assert set(told.values()) <= {1}
        assert set(back.values()) <= {1}
        assert back.keys() <= told.keys()


def _change_something(dice, now, teacher, students, lessons):
    """Hold a lesson that is final or not, settle one, or correct a mark."""
    act = dice.choice(("held", "held", "settled", "corrected", "cancelled"))
    student, mark = dice.choice(students), dice.choice((*Mark.values, "absent", "absent"))
    if act == "held" or not lessons:
        final_at = dice.choice((now, now, None))
        lessons.append((held(teacher, student, mark, now - timedelta(hours=1), final_at=final_at), student))
        return
    lesson, student = dice.choice(lessons)
    if act == "corrected":
        set_mark(lesson, student, mark)
        return
    changed = {"final_at": now} if act == "settled" else {"cancelled_at": dice.choice((now, None))}
    Lesson.objects.filter(pk=lesson.pk).update(**changed)
