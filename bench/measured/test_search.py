"""The search of a large school is fast, whatever one types, as the role of the web.

`python -m bench.search` runs this with 100,000 people and lessons; SEARCH=N chooses the number.
"""

import os
import statistics
import time
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import Enterprise, Role, StudentGroup, User
from bench.measured import test_recordings
from console import pinyin
from tests.classes.factories import add_members, create_planned_lesson
from tests.support.anchor import bar_now
from tests.support.cast import create_person
from tests.support.page_client import client_for

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(1800)]

ROWS = int(os.environ.get("SEARCH", "2000"))
#: Milliseconds for an answer, measured in this process; generous to a busy machine that only checks the road.
GOAL_MS = 150 if ROWS >= 100_000 else 2000
SURNAMES, GIVEN = (
    "王李张刘陈杨赵黄单曾",
    ("小明", "建国", "丽华", "伟", "芳", "静", "国庆", "雨桐", "子涵", "欣怡"),
)
PEOPLE = """
INSERT INTO accounts_user (enterprise_id, login, user_id, role, nickname, sort_name, search_name, gender,
    avatar, phone_no, e_mail, password, is_active, is_superuser, language, created_at, remote_id, observed,
    sync_state, sync_reason, made_outside, seal_id, card_number)
SELECT %(school)s, 's' || n || '@' || %(number)s, 's' || n, 'student',
    (%(names)s::text[])[k], (%(sorted)s::text[])[k], (%(searched)s::text[])[k], '', '',
    '138' || lpad(((n::bigint * 7919) %% 100000000)::text, 8, '0'), '', '!', true, false, '', now(), 's' || n,
    '{}', 'in_sync', '', false, gen_random_uuid(), 1
FROM (SELECT n, 1 + n %% %(kinds)s AS k FROM generate_series(1, %(many)s) n) one
"""
TOPICS = """
UPDATE classes_lesson
SET teacher_id = CASE WHEN id %% 100 = 0 THEN %(teacher)s ELSE teacher_id END,
    topic = (ARRAY['语文','数学','英语','物理','化学'])[1 + id %% 5] || ' 第' || id || '课'
WHERE enterprise_id = %(school)s
"""
#: What autovacuum does within a minute: new rows go from the list of pending entries into the trees.
FLUSH = """
SELECT gin_clean_pending_list(c.oid::regclass) FROM pg_class c
JOIN pg_am a ON a.oid = c.relam AND a.amname = 'gin' JOIN pg_index i ON i.indexrelid = c.oid
WHERE i.indrelid IN ('accounts_user'::regclass, 'classes_lesson'::regclass)
"""


def fill(school: Enterprise, teacher: User) -> None:
    """People and lessons; a lesson in 100 is the teacher's, the others are somebody else's."""
    names = [surname + given for surname in SURNAMES for given in GIVEN]
    told = {
        **{
            "teacher": teacher.pk,
            "school": school.pk,
            "number": school.sdkappid,
            "many": ROWS,
            "kinds": len(names),
        },
        "names": names,
        "sorted": [pinyin.sort_name(name, surname=True) for name in names],
        "searched": [pinyin.search_name(name, surname=True) for name in names],
    }
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, told)
    test_recordings.fill(school, create_person(school, "hatter", Role.TEACHER), ROWS)
    with connection.cursor() as cursor:
        cursor.execute(TOPICS, told)
        cursor.execute("ANALYZE accounts_user, classes_lesson")
        cursor.execute(FLUSH)


def processor_ms() -> float:
    """What this process and its process of the database have worked: the answer's time on an idle machine."""
    assert connection.connection is not None
    fields = (
        Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
    )
    ticks = int(fields[11]) + int(fields[12])
    return 1000 * (time.process_time() + ticks / os.sysconf("SC_CLK_TCK"))


def test_every_search_is_fast(alice: User, bob: User, school: Enterprise, other_school: Enterprise) -> None:
    fill(school, bob)
    fill(other_school, create_person(other_school, "tweedle", Role.TEACHER))
    rare = User.objects.create(enterprise=school, user_id="rare", role=Role.STUDENT, nickname="欧阳震华")
    for n in range(200):
        group = StudentGroup.objects.create(enterprise=school, name=f"高{n % 3 + 1}({n})班")
        group.students.set(
            User.objects.filter(enterprise=school, user_id__in=[f"s{n * 5 + k}" for k in range(5)])
        )
    lesson = create_planned_lesson(bob, topic="数学竞赛")
    add_members(lesson, rare)
    ways = {
        "a common name": "陈伟",
        "a rare name": "欧阳震华",
        "pinyin of a common name": "chenwei",
        "pinyin of a rare name": "ouyangzhenhua",
        "initials": "cw",
        "one letter": "c",
        "one character": "王",
        "two words": "li ming",
        "user id": f"s{ROWS // 2}",
        "end of a phone": "7919",
        "a group": "gaoyi",
        "a common topic": "数学",
        "a rare topic": "数学竞赛",
        "a page": "attendance",
        "nothing": "no such thing",
    }
    slow = {}
    for reader, name in ((alice, "administrator"), (bob, "teacher"), (rare, "student")):
        client = client_for(reader)
        client.get("/search/", {"q": "first"})
        for way, text in ways.items():
            taken, worked = [], processor_ms()
            for _ in range(5):
                began = time.perf_counter()
                answer = client.get("/search/", {"q": text}, headers={"hx-request": "true"})
                taken.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 200
            middle = statistics.median(taken)
            work = (processor_ms() - worked) / 5
            print(f"search {ROWS}, {name}, {way}: {middle:.0f} ms (goal {GOAL_MS}), processor {work:.0f} ms")
            if middle > bar_now(GOAL_MS):
                slow[f"{name}, {way}"] = round(middle)
    assert slow == {}
