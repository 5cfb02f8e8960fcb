"""Scripted students of the running lesson: they really join, leave and come back at the service."""

import logging
import random
import time

from accounts.models import Enterprise, User
from classes.demo import cast
from classes.demo.lessons import ensure_running, running_lesson
from classes.models import Lesson
from console.iclass import IClassError

log = logging.getLogger(__name__)
PAUSE_S = (2.0, 6.0)
#: While the room fills, people come one upon the other.
FILLING_S = (0.2, 0.8)
#: Who comes to a lesson at all; the others stay away so that somebody is missing.
COME = 17


def play(school: Enterprise, people: dict[str, User], by: User) -> None:
    """Act until stopped; when the lesson is over, the next one begins."""
    inside: set[str] = set()
    lesson = ensure_running(school, people, by)
    while True:
        if running_lesson(school) != lesson:
            lesson, inside = ensure_running(school, people, by), set()
        try:
            _one_act(school, lesson, inside)
        except IClassError as error:
            log.info("the service did not take a student's act: %s", type(error).__name__)
        time.sleep(random.uniform(*(FILLING_S if len(inside) < COME // 2 else PAUSE_S)))


def _one_act(school: Enterprise, lesson: Lesson, inside: set[str]) -> None:
    """The teacher first; then mostly arrivals, until nearly all are there, now and then a leave."""
    members, class_id = school.client().members, int(lesson.remote_id)
    teacher = lesson.teacher.user_id
    if teacher not in inside:
        members.join(class_id, teacher, camera=1, mic=1, speaker=1)
        inside.add(teacher)
        return
    pupils = [part.user_id for part in cast.students()[:COME]]
    outside = [user_id for user_id in pupils if user_id not in inside]
    present = [user_id for user_id in pupils if user_id in inside]
    if present and (not outside or random.random() < 0.12):
        leaver = random.choice(present)
        members.quit(class_id, leaver)
        inside.discard(leaver)
    elif outside and (len(present) < COME - 2 or random.random() < 0.3):
        comer = random.choice(outside)
        members.join(class_id, comer, camera=random.randint(0, 1), mic=random.randint(0, 1), speaker=1)
        inside.add(comer)
