"""Evidence of old lessons by the thousand, and what children do with it: clear it, and vacuum its table."""

import time
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.school.retention import clear_all_schools
from classes.models import Lesson
from tests.classes.factories import create_finished_lessons
from tests.faults.sizes import FULL, size

CLEAR = "tests.faults.retention_work:clear_evidence"
VACUUM = "tests.faults.retention_work:vacuum_forever"
#: In the small size the rows of the lessons that are read at once fill one batch: it costs the same to find
#: them by their lessons, which the planner may do, as by their keys.
ROWS_OF_LESSON = size(full=200, ci=100)
OLD = timedelta(days=400)
EVIDENCE = """
    INSERT INTO classes_observation (lesson_id, source, seen_at, user_id, nickname, role, present, raw)
    SELECT id, 'poll', final_at, 'kid' || n, '', 'student', true, jsonb_build_object(
        'user_id', 'kid' || n, 'nickname', 'Kid ' || n, 'role', 'student', 'mic', n %% 2, 'camera', n %% 3)
    FROM classes_lesson CROSS JOIN generate_series(1, %s) n WHERE enterprise_id = %s AND final_at < %s
"""
READ = """
    SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'classes_observation'
"""
#: When autovacuum takes a table, by its default settings.
DUE = """
    SELECT n_dead_tup > 50 + 0.2 * n_live_tup FROM pg_stat_user_tables WHERE relname = 'classes_observation'
"""
END_VACUUM = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE query LIKE 'VACUUM%'"
NAP_S = 60


def plant_lessons(teacher: User, number: int) -> None:
    """Create so many lessons whose registers became final long ago, and a retention that has passed since."""
    lessons = create_finished_lessons(teacher, number)
    Lesson.objects.filter(pk__in=[one.pk for one in lessons]).update(final_at=timezone.now() - OLD)
    school = teacher.enterprise
    school.keep_evidence_days = 90
    school.save(update_fields=["keep_evidence_days"])


def plant_evidence(teacher: User, rows_of_lesson: int = ROWS_OF_LESSON) -> int:
    """Create so many rows for each old lesson; return how many in all.

    The planner then knows the tables, as it does of evidence that is older than a minute.
    """
    with connection.cursor() as cursor:
        before = timezone.now() - OLD / 2
        cursor.execute(EVIDENCE, [rows_of_lesson, teacher.enterprise_id, before])
        planted: int = cursor.rowcount
        cursor.execute("ANALYZE classes_observation, classes_lesson")
        return planted


def forget_polls(lessons: list[Lesson]) -> None:
    """Delete the evidence of these lessons, which the triggers would refuse."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        keys = [one.pk for one in lessons]
        cursor.execute("DELETE FROM classes_observation WHERE lesson_id = ANY(%s)", [keys])


def clear_evidence() -> list[int]:
    """Return how many rows the retention run cleared, and how many of the table it read to do so."""
    if not FULL:  # as in a large table: a small one may be read from end to end instead of by its keys
        with connection.cursor() as cursor:
            cursor.execute("SET enable_seqscan = off")
    before = rows_read()
    return [clear_all_schools(), rows_read() - before]


def vacuum_forever() -> None:
    """Do what autovacuum does with the table, which is off on the server of the tests."""
    with connection.cursor() as cursor:
        cursor.execute("SET vacuum_cost_delay = '2ms'")
        while True:
            time.sleep(NAP_S)
            cursor.execute(DUE)
            if cursor.fetchone()[0]:
                cursor.execute("VACUUM ANALYZE classes_observation")


def is_vacuuming() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_stat_progress_vacuum)")
        found: bool = cursor.fetchone()[0]
        return found


def table_bytes() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_table_size('classes_observation')")
        size: int = cursor.fetchone()[0]
        return size


def rows_read() -> int:
    """Return how many rows of the table all processes have read so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(READ)
        rows: int = cursor.fetchone()[0]
        return rows
