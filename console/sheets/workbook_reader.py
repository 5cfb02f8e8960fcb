"""Excel (.xlsx, .xls) and OpenDocument (.ods) files, read by python-calamine.

The library holds a sheet as the rectangle from its first value to its last. Two values far apart may need any
amount of memory, and where there is none the library ends the process: only the child process of
`table_reader` may use this module (docs/decisions/0032).
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import IO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from console.child_process.refusal import FileRejected
from console.sheets.types import SheetRow, Table, replace_unstorable
from console.sheets.workbook_checks import is_encrypted_compound_file

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
#: Larger numbers are not exact in a spreadsheet.
LARGEST_WHOLE = 2**53
DAY = timedelta(days=1)
#: Excel counts days from here, and takes 1900 for a leap year: before March 1900 a number is one less.
EXCEL_EPOCH, MARCH_1900 = datetime(1899, 12, 30), datetime(1900, 3, 1)

Value = int | float | str | bool | time | date | datetime | timedelta


def read_workbook(file: IO[bytes], kind: str) -> Table:
    """Return the first visible sheet of a file. Raises FileRejected if it is invalid or locked."""
    file.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(file)
        names = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
        ]
        if not names:
            raise FileRejected(_damaged(kind))
        further = [replace_unstorable(name) for name in names[1:]]
        return Table(kind, _rows(workbook.get_sheet_by_name(names[0]), kind), further)
    except CalamineError:
        file.seek(0)
        if kind == "xls" and is_encrypted_compound_file(file.read()):
            raise FileRejected("locked") from None
        raise FileRejected(_damaged(kind)) from None


def _damaged(kind: str) -> str:
    return "ods" if kind == "ods" else "xlsx"


def _rows(sheet: CalamineSheet, kind: str) -> Iterator[SheetRow]:
    """Yield the rows that have a value, without the empty cells at their ends."""
    if sheet.total_height > MAX_ROWS or sheet.total_width > MAX_COLUMNS:
        raise FileRejected(_damaged(kind))
    left = [""] * sheet.start[1] if sheet.start else []  # the library leaves out empty columns, but not rows
    for number, values in enumerate(sheet.iter_rows(), 1):
        cells = [value if type(value) is str else format_value(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        if "\x00" in "".join(cells):
            cells = [replace_unstorable(cell) for cell in cells]
        if cells:
            yield SheetRow(number, left + cells)


def format_value(value: Value) -> str:
    """Return the stored text of a value: whole numbers have no decimal point, dates and times count days."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (date, time, timedelta)):
        value = excel_days(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < LARGEST_WHOLE else repr(value)
    return str(value)


def excel_days(value: date | time | timedelta) -> float:
    """Return the number by which Excel stores a date, a time of day or a duration, in days."""
    if isinstance(value, timedelta):
        return value / DAY
    if isinstance(value, time):
        return (datetime.combine(EXCEL_EPOCH, value) - EXCEL_EPOCH) / DAY
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    return (moment - EXCEL_EPOCH) / DAY - (moment < MARCH_1900)
