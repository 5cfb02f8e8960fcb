"""One operation on a sheet, in its own process: `python -m bench.sheetwork WHAT FILE ROWS`."""

import importlib
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import django
import xlsxwriter
from django.conf import settings

from console.sheets.columns import Column, ColumnType
from console.sheets.table_reader import TableLimits, open_table
from console.sheets.xlsx_writer import write_xlsx

NAMES = ("user_id", "nickname", "role", "phone_no", "e_mail", "groups")


def people(rows: int) -> Iterator[dict[str, Any]]:
    for n in range(rows):
        yield {
            "user_id": f"s{n}",
            "nickname": f"王小明{n}",
            "role": "student",
            "phone_no": f"138{n:08}",
            "e_mail": f"s{n}@example.com",
            "groups": f"{n % 12 + 1}年级{n % 8 + 1}班",
        }


def export(file: Path, rows: int) -> None:
    columns = [Column(name, name, ColumnType.TEXT) for name in NAMES]
    with (
        write_xlsx(people(rows), columns, title="People", zone=ZoneInfo("Asia/Shanghai")) as made,
        file.open("wb") as kept,
    ):
        shutil.copyfileobj(made, kept)


def bare(file: Path, rows: int) -> None:
    _write(xlsxwriter.Workbook(str(file), {"constant_memory": True}), rows)


def shared(file: Path, rows: int) -> None:
    """Write as Excel does: cells reference their texts by index in a table of shared strings."""
    _write(xlsxwriter.Workbook(str(file)), rows)


def _write(book: xlsxwriter.Workbook, rows: int) -> None:
    sheet = book.add_worksheet()
    for place, name in enumerate(NAMES):
        sheet.write_string(0, place, name)
    for number, person in enumerate(people(rows), 1):
        for place, name in enumerate(NAMES):
            sheet.write_string(number, place, person[name])
    book.close()


def parse(file: Path, rows: int) -> None:
    with file.open("rb") as opened:
        found = sum(1 for row in open_table(opened, TableLimits(rows=rows + 1)).rows if row.cells)
    if found < rows:
        raise RuntimeError(f"{found} rows of {rows}")


def by_openpyxl(file: Path, rows: int) -> None:
    book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    found = sum(1 for row in book.worksheets[0].iter_rows(values_only=True) if row[0])
    if found < rows:
        raise RuntimeError(f"{found} rows of {rows}")


WORK: dict[str, Callable[[Path, int], None]] = {
    "export": export,
    "bare": bare,
    "shared": shared,
    "parse": parse,
    "openpyxl": by_openpyxl,
}

if __name__ == "__main__":
    settings.configure(USE_I18N=False, USE_TZ=True)
    django.setup()
    openpyxl: Any = importlib.import_module("openpyxl") if sys.argv[1] == "openpyxl" else None
    began = time.perf_counter()
    WORK[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
    # Including the process that parses, because both exist at the same time.
    held = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(time.perf_counter() - began, held / 1024)
