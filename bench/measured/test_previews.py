"""How long a preview of an import of people takes, and reading alone."""

import os
import time

import pytest

from accounts.imports.import_type import PEOPLE_IMPORT
from accounts.models import User
from console.imports import services
from console.sheets.table_reader import TableLimits, open_table
from tests.accounts.imports.test_sizes import LONG, sheet
from tests.support.anchor import bar_now

SECONDS_FOR_10_000 = 10
ROWS = int(os.environ.get("IMPORT_ROWS", "1000"))


@pytest.mark.timeout(600)
@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_preview_is_there_while_one_waits(alice, kind):
    known = (
        User(
            enterprise=alice.enterprise,
            user_id=f"s{number:06}",
            login=f"s{number}",
            nickname="old",
            role="student",
        )
        for number in range(0, ROWS, 2)
    )
    User.objects.bulk_create(known, batch_size=2000)
    with sheet(kind, ROWS, alice.enterprise.tz) as file:
        began = time.monotonic()
        source = services.receive_file(PEOPLE_IMPORT, file=file, filename="a", by=alice)
        services.check_import(PEOPLE_IMPORT, source)
        took = time.monotonic() - began
    print(f"preview of {ROWS} rows of {kind}: {took:.2f} s")
    assert (source.counts["added"], source.counts["changed"]) == (ROWS // 2, ROWS // 2)
    assert took < bar_now(SECONDS_FOR_10_000 * max(ROWS, 2000) / 10_000)


def test_reading_alone_is_quick():
    with sheet("xlsx", LONG, None) as file:
        began = time.monotonic()
        assert sum(1 for _row in open_table(file, TableLimits()).rows) == LONG + 1
        print(f"reading {LONG} rows of xlsx: {time.monotonic() - began:.2f} s")
