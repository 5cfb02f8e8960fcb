"""Rules are evaluated with the same work, whatever PostgreSQL believes of its tables.

Between an import and the next ANALYZE it may believe that a full table is empty, and joins by nested loops.
"""

import pytest
from django.utils import timezone

from accounts.models import Enterprise, User
from classes.attendance.thresholds.crossings import find_crossings
from tests.classes.attendance.thresholds.test_histories import make_school
from tests.faults.sizes import dice
from tests.support.rows_read import pretend_empty, rows_read, take_statistics

TABLES = ("classes_attendance", "classes_lesson", "accounts_user")


@pytest.mark.django_db
def test_rules_read_at_most_twice_the_rows_where_the_tables_look_empty(school: Enterprise, bob: User) -> None:
    now = timezone.now()
    rules = make_school(school, bob, dice("thresholds"))

    def read() -> dict[str, int]:
        return {
            f"{rule.kind} of {rule.scope}": rows_read(lambda rule=rule: find_crossings(rule, school.tz, now))
            for rule in rules
        }

    take_statistics(TABLES)
    known = read()
    pretend_empty(TABLES)
    empty = read()
    ratios = {name: round(empty[name] / known[name], 2) for name in known if known[name]}
    assert max(ratios.values()) <= 2, ratios
