"""One piece of work on a sheet, in a process of its own: `python -m bench.sheetwork WHAT FILE ROWS`."""

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

from console.sheets.columns import Column, Kind
from console.sheets.reading import Limits, open_table
from console.sheets.xlsx import xlsx

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
    columns = [Column(name, name, Kind.TEXT) for name in NAMES]
    with (
        xlsx(people(rows), columns, title="People", zone=ZoneInfo("Asia/Shanghai")) as made,
        file.open("wb") as kept,
    ):
        shutil.copyfileobj(made, kept)


def bare(file: Path, rows: int) -> None:
    _written(xlsxwriter.Workbook(str(file), {"constant_memory": True}), rows)


def shared(file: Path, rows: int) -> None:
    """As Excel writes it: cells name their texts by number, in a table of all texts."""
    _written(xlsxwriter.Workbook(str(file)), rows)


def _written(book: xlsxwriter.Workbook, rows: int) -> None:
    sheet = book.add_worksheet()
    for place, name in enumerate(NAMES):
        sheet.write_string(0, place, name)
    for number, person in enumerate(people(rows), 1):
        for place, name in enumerate(NAMES):
            sheet.write_string(number, place, person[name])
    book.close()


def parse(file: Path, rows: int) -> None:
    with file.open("rb") as opened:
        found = sum(1 for row in open_table(opened, Limits(rows=rows + 1)).rows if row.cells)
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
    openpyxl = importlib.import_module("openpyxl") if sys.argv[1] == "openpyxl" else None
    began = time.perf_counter()
    WORK[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
    print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
