"""Bulk creation of schools, people and past lessons; matches the data of `bench/service.py`."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import Enterprise, Role, User
from bench.service import LASTS_S, SIZE, SPAN
from classes.choices import Status
from classes.models import Lesson

KEY = "the key that the bench signs with"

PEOPLE = """
INSERT INTO accounts_user (enterprise_id, login, user_id, role, nickname, gender, avatar, phone_no, e_mail,
    password, is_active, is_superuser, language, created_at, remote_id, observed, sync_state, sync_reason,
    made_outside, seal_id, card_number)
SELECT %(school)s, %(letter)s || n || '@' || %(number)s, %(letter)s || n, %(role)s,
    (ARRAY['王','李','张','刘','陈','杨','赵','黄'])[1 + n %% 8]
        || (ARRAY['小明','建国','丽华','伟','芳','静'])[1 + n %% 6] || n,
    '', '', '138' || lpad(((n::bigint * 7919) %% 100000000)::text, 8, '0'), '',
    '!', true, false, '', now(), %(letter)s || n, '{}', 'in_sync', '', false, gen_random_uuid(), 1
FROM generate_series(%(first)s, %(first)s + %(many)s - 1) n
"""

MEMBERS = """
INSERT INTO classes_member (lesson_id, user_id, role)
SELECT l.id, u.id, 'student'
FROM classes_lesson l
CROSS JOIN generate_series(0, %(size)s - 1) k
JOIN accounts_user u ON u.enterprise_id = l.enterprise_id
    AND u.user_id = 's' || (l.remote_id::bigint %% %(span)s * %(size)s + k)
WHERE l.enterprise_id = %(school)s AND l.remote_id <> ''
"""

MARKS = """
INSERT INTO classes_attendance (lesson_id, person_id, user_id, nickname, role, expected, mark, derived_mark,
    present_seconds, share, evidence, reason, provisional, reckoned_at, first_entered_at, last_left_at)
SELECT l.id, u.id, u.user_id, u.nickname, 'student', true, m, m, 2700, 1, 'two_sources', '{}', false, now(),
    l.starts_at, l.ends_at
FROM classes_lesson l
JOIN classes_member e ON e.lesson_id = l.id
JOIN accounts_user u ON u.id = e.user_id
CROSS JOIN LATERAL (SELECT (ARRAY['present','late','absent'])[1 + (l.id + u.id) %% 3] AS m) one
WHERE l.enterprise_id = %(school)s AND l.status = 'end'
"""

# A tenth of the people with a letter, absent in four consecutive lessons of the last quarter of the period.
# The newest lesson is left out, because its register is measured.
AWAY = """
WITH lesson AS (
    SELECT id, row_number() OVER (ORDER BY starts_at DESC) - 2 AS place,
        greatest(count(*) OVER () / 4, 1) AS many
    FROM classes_lesson WHERE enterprise_id = %(school)s AND status = 'end'
)
INSERT INTO classes_attendance (lesson_id, person_id, user_id, nickname, role, expected, mark, derived_mark,
    present_seconds, share, evidence, reason, provisional, reckoned_at)
SELECT l.id, u.id, u.user_id, u.nickname, 'student', true, 'absent', 'absent', 0, 0, 'none', '{}', false,
    now()
FROM accounts_user u CROSS JOIN LATERAL (SELECT substr(u.user_id, 2)::int AS n) one
JOIN lesson l ON l.place - (n / 10 * 4) %% l.many BETWEEN 0 AND 3
WHERE u.enterprise_id = %(school)s AND u.user_id LIKE %(letter)s || '%%' AND n %% 10 = 0
"""


def create_school(number: int) -> Enterprise:
    """Return a school that the mock service of the bench knows."""
    school, _ = Enterprise.objects.get_or_create(
        sdkappid=1_400_000_000 + number, defaults={"name": f"School {number}", "tic_key": KEY}
    )
    return school


def create_people(enterprise: Enterprise, letter: str, role: Role, count: int, first: int = 0) -> None:
    """Create people of a role with the user IDs `letter` + number."""
    values: dict[str, Any] = {"school": enterprise.pk, "number": enterprise.sdkappid, "letter": letter}
    values |= {"role": role, "many": count, "first": first}
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, values)


def create_live_lessons(enterprise: Enterprise, number: int, count: int, began: int) -> None:
    """Create running lessons, each with a teacher and 30 expected students."""
    create_people(enterprise, "t", Role.TEACHER, count)
    create_people(enterprise, "s", Role.STUDENT, count * SIZE)
    starts = datetime.fromtimestamp(began, UTC)
    teachers = teacher_keys(enterprise)
    Lesson.objects.bulk_create(
        Lesson(
            enterprise=enterprise,
            topic=f"Lesson {n}",
            class_type="1vN",
            teacher_id=teachers[n],
            starts_at=starts,
            ends_at=starts + timedelta(seconds=LASTS_S),
            status=Status.ING,
            real_started_at=starts,
            remote_id=str(number * SPAN + n),
            sync_state="in_sync",
        )
        for n in range(count)
    )
    create_members(enterprise)


def create_past_lessons(enterprise: Enterprise, count: int, *, days: int = 180) -> None:
    """Create past lessons with marks, spread over so many days and over the existing teachers."""
    teachers, now = teacher_keys(enterprise), timezone.now()
    Lesson.objects.bulk_create(
        (
            Lesson(
                enterprise=enterprise,
                topic=f"History {n}",
                teacher_id=teachers[n % len(teachers)],
                starts_at=(begins := now - timedelta(seconds=86400 * days * (n + 1) / count)),
                ends_at=begins + timedelta(minutes=45),
                status=Status.END,
                real_started_at=begins,
                real_ended_at=begins + timedelta(minutes=45),
                final_at=begins + timedelta(hours=1),
                conflict_allowed=True,
                conflict_reason="planted",
                remote_id=str(enterprise.pk * 10_000_000 + n * SPAN + n % max(1, len(teachers))),
                sync_state="in_sync",
                facts_version=2,
            )
            for n in range(count)
        ),
        batch_size=5000,
    )
    create_members(enterprise)
    with connection.cursor() as cursor:
        cursor.execute(MARKS, {"school": enterprise.pk})


def create_absences(enterprise: Enterprise, letter: str) -> None:
    """Make a tenth of the people with this letter absent in their last four lessons."""
    with connection.cursor() as cursor:
        cursor.execute(AWAY, {"school": enterprise.pk, "letter": letter})


def create_members(enterprise: Enterprise) -> None:
    """Create members for the lessons of a school that have none."""
    with connection.cursor() as cursor:
        cursor.execute(
            MEMBERS + " AND NOT EXISTS (SELECT 1 FROM classes_member m WHERE m.lesson_id = l.id)",
            {"school": enterprise.pk, "size": SIZE, "span": SPAN},
        )


def teacher_keys(enterprise: Enterprise) -> list[int]:
    """Return the primary keys of the created teachers, ordered by number."""
    planted = User.objects.filter(enterprise=enterprise, role=Role.TEACHER, user_id__regex=r"^t\d+$")
    rows = planted.values_list("user_id", "pk")
    return [pk for _, pk in sorted(rows, key=lambda row: int(row[0][1:]))]


def analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
