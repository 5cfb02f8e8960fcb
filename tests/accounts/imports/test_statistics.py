"""Duplicates of a file are looked for once, whatever PostgreSQL believes of the size of the table."""

import pytest

from accounts.imports.comparison import find_duplicates
from tests.accounts.imports.conftest import row_outcomes
from tests.support.rows_read import pretend_empty, rows_read

ROWS = 1_000


@pytest.mark.django_db
def test_looking_for_duplicates_reads_each_row_a_few_times_where_the_table_looks_empty(compared):
    source = compared(*([f"kim{n}", f"Kim {n}", "学生", "", "", ""] for n in range(ROWS)))
    source.lines.filter(number__in=(500, 700)).update(user_id="kim7")
    pretend_empty(["accounts_importrow"])
    assert rows_read(lambda: find_duplicates(source)) <= 20 * ROWS
    find_duplicates(source)
    assert [one for one in row_outcomes(source) if one[1] == "refused"] == [
        (500, "refused", "twice"),
        (700, "refused", "twice"),
    ]
