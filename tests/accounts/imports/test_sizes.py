"""How much memory a long file needs. `python -m bench.imports` runs it in full size."""

import io
import os
import re
import time
from itertools import islice
from pathlib import Path

import pytest

from accounts.imports.export import export_people
from accounts.imports.import_type import PEOPLE_IMPORT
from accounts.models import User
from console.imports import services
from console.sheets.columns import Column, ColumnType
from console.sheets.csv_writer import csv_lines
from console.sheets.xlsx_writer import write_xlsx

MEGABYTES = 300
FRESH = 150  # megabytes of a process that has loaded the console and done nothing
LONG = int(os.environ.get("IMPORT_LONG_ROWS", "4000"))
OUT = int(os.environ.get("EXPORT_ROWS", "2000"))
COLUMNS = [
    Column("id", "账号", ColumnType.ID),
    Column("name", "姓名"),
    Column("role", "角色"),
    Column("phone", "手机"),
    Column("mail", "邮箱"),
    Column("groups", "班级"),
]


def rows(count: int):
    for number in range(count):
        yield {
            "id": f"s{number:06}",
            "name": f"学生 {number}",
            "role": "学生",
            "phone": f"138{number:08}",
            "mail": f"s{number}@school.example",
            "groups": f"{number % 300} 班",
        }


def sheet(kind: str, count: int, zone) -> io.BufferedIOBase:
    if kind == "xlsx":
        return write_xlsx(rows(count), COLUMNS, "People", zone=zone)
    file = io.BytesIO()
    for line in csv_lines(rows(count), COLUMNS, zone=zone):
        file.write(line.encode())
    return file


def in_memory(which: str) -> float:
    """Megabytes of this process: VmRSS now, or VmHWM, the most since `from_here`."""
    found = re.search(rf"^{which}:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(found[1]) / 1024


@pytest.fixture
def peak_megabytes():
    """The most that a process which did only this would hold, without what other tests left in it."""
    Path("/proc/self/clear_refs").write_text("5")
    others = max(0, in_memory("VmRSS") - FRESH)
    return lambda: in_memory("VmHWM") - others


@pytest.mark.timeout(600)
@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_long_file_needs_no_more_memory_than_a_short_one(alice, peak_megabytes, kind):
    with sheet(kind, LONG, alice.enterprise.tz) as file:
        source = services.receive_file(PEOPLE_IMPORT, file=file, filename="a", by=alice)
        services.check_import(PEOPLE_IMPORT, source)
    print(f"{LONG} rows of {kind} taken in and compared: {peak_megabytes():.0f} MB at most")
    assert source.counts["added"] == LONG
    assert peak_megabytes() < MEGABYTES


@pytest.mark.timeout(600)
@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_is_there_while_one_waits_and_needs_as_little(alice, peak_megabytes, kind):
    people = (
        User(
            enterprise=alice.enterprise,
            user_id=f"s{number:06}",
            login=f"s{number}",
            nickname=f"学生 {number}",
            role="student",
            phone_no=f"138{number:08}",
            e_mail=f"s{number}@school.example",
        )
        for number in range(OUT)
    )
    while bundle := list(islice(people, 2000)):
        User.objects.bulk_create(bundle)
    everybody = User.objects.filter(role="student")
    began = time.monotonic()
    answer = export_people(everybody, by=alice, suffix=f".{kind}", contacts=True, reason="moving")
    size = sum(len(piece) for piece in (answer.streaming_content if answer.streaming else [answer.content]))
    for close in answer._resource_closers:  # the end of an answer would close the connection too
        close()
    told = f"{size / 1e6:.1f} MB, {time.monotonic() - began:.1f} s, {peak_megabytes():.0f} MB at most"
    print(f"{OUT} rows of {kind} exported with contacts: {told}")
    assert size > OUT
    assert peak_megabytes() < MEGABYTES
