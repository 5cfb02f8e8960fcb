"""What cells of each kind are read as: alike in .xlsx, .xls and .ods."""

import io
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from xlsxwriter import Workbook

from console.sheets.table_reader import TableLimits, open_table
from console.sheets.types import SheetRow, Table
from console.sheets.workbook_reader import excel_days, format_value
from tests.console.sheets.workbook_files import PEOPLE_XLS, ods, ods_cell, ods_row, ods_table

pytestmark = pytest.mark.usefixtures("english")


def opened(content: bytes) -> tuple[Table, list[SheetRow]]:
    table = open_table(io.BytesIO(content), TableLimits())
    return table, list(table.rows)


#: A value, its number format, and what it is read as.
CELLS: list[tuple[Any, str, str]] = [
    ("007", "", "007"),
    ("  spaces ", "", "  spaces "),
    (13812345678, "", "13812345678"),
    (5.0, "", "5"),
    (-3, "", "-3"),
    (0.1, "", "0.1"),
    (1.5e-07, "", "1.5e-07"),
    (1e15, "", "1000000000000000"),
    (123456789012345678, "", "1.234567890123457e+17"),
    (True, "", "TRUE"),
    (False, "", "FALSE"),
    (0.911, "0%", "0.911"),
    (1, "0%", "1"),
    (date(2026, 11, 24), "yyyy-mm-dd", "46350"),
    (datetime(2026, 11, 24, 8, 3, 10), "yyyy-mm-dd hh:mm:ss", "46350.33553240741"),
    (time(8, 0), "hh:mm", "0.3333333333333333"),
    (timedelta(hours=100, seconds=5), "[h]:mm:ss", "4.166724537037037"),
    (1, "yyyy-mm-dd", "1"),
    (59.5, "yyyy-mm-dd", "59.5"),
    (61, "yyyy-mm-dd", "61"),
]


def workbook(fill: Any, **options: object) -> bytes:
    file = io.BytesIO()
    with Workbook(file, options) as made:
        fill(made, made.add_worksheet())
    return file.getvalue()


@pytest.mark.parametrize(("value", "number_format", "expected"), CELLS)
def test_a_cell_of_excel_is_read_as_what_is_stored(value: Any, number_format: str, expected: str) -> None:
    def fill(made: Any, sheet: Any) -> None:
        style = made.add_format({"num_format": number_format}) if number_format else None
        write = sheet.write_string if isinstance(value, str) else sheet.write
        write(0, 0, value, style)

    assert opened(workbook(fill))[1] == [(1, [expected])]


def test_a_formula_counts_as_its_last_value_and_an_error_as_an_empty_cell() -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write_formula(0, 0, "=B9", None, "text")
        sheet.write_formula(0, 1, "=B9", None, 7)
        sheet.write_formula(0, 2, "=NA()", None, "#N/A")
        sheet.write_formula(0, 3, "=TRUE", None, True)

    assert opened(workbook(fill))[1] == [(1, ["text", "7", "", "TRUE"])]


def test_of_merged_cells_the_first_has_the_value() -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 1, 2, "merged")
        sheet.write(1, 3, "below")

    assert opened(workbook(fill))[1] == [(1, ["merged"]), (2, ["", "", "", "below"])]


def test_cells_keep_their_row_and_column_and_formats_alone_are_no_values() -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write(4, 2, "a")
        sheet.write(6, 1, "b")
        sheet.write_blank(9, 200, None, made.add_format({"bold": True}))

    assert opened(workbook(fill))[1] == [(5, ["", "", "a"]), (7, ["", "b"])]


def test_a_text_in_several_formats_is_one_text() -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write_rich_string(0, 0, "李", made.add_format({"bold": True}), "雷")

    assert opened(workbook(fill))[1] == [(1, ["李雷"])]


def test_a_date_is_the_same_day_whatever_day_the_workbook_counts_from() -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write(0, 0, date(2026, 11, 24), made.add_format({"num_format": "yyyy-mm-dd"}))

    assert opened(workbook(fill, date_1904=True))[1] == [(1, ["46350"])]


def test_the_first_visible_sheet_is_read_and_the_other_visible_ones_are_named() -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write(0, 0, "hidden")
        sheet.hide()
        chart = made.add_chart({"type": "bar"})
        chart.add_series({"values": "=Shown!$A$1:$A$1"})
        made.add_chartsheet("Chart").set_chart(chart)
        shown = made.add_worksheet("Shown")
        shown.write(0, 0, "shown")
        shown.activate()
        made.add_worksheet("More")

    table, rows = opened(workbook(fill))
    assert (table.kind, table.left_out, rows) == ("xlsx", ["More"], [(1, ["shown"])])


def test_an_xls_is_read_like_an_xlsx() -> None:
    table, rows = opened(PEOPLE_XLS)
    values = ["007", "13812345678", "0.25", "TRUE", "46350", "46350.33553240741", "0.3333333333333333"]
    assert (table.kind, table.left_out) == ("xls", ["More"])
    assert rows == [
        (3, ["", *values, "1.5", "0.911", "1"]),
        (4, ["", "", "账号"]),
        (5, ["", "merged"]),
    ]


def test_an_ods_is_read_like_an_xlsx() -> None:
    first = ods_row(
        '<table:table-cell table:number-columns-repeated="1"/>',
        ods_cell("string", "007"),
        ods_cell("float", "13812345678"),
        ods_cell("float", "0.25"),
        ods_cell("boolean", "true", "boolean-value"),
        ods_cell("date", "2026-11-24", "date-value"),
        ods_cell("date", "2026-11-24T08:03:10", "date-value"),
        ods_cell("time", "PT08H00M00S", "time-value"),
        ods_cell("percentage", "0.911"),
        ods_cell("string", "账号", repeated=2),
        '<table:table-cell table:number-columns-repeated="16373"/>',
    )
    empty = ods_row('<table:table-cell table:number-columns-repeated="16384"/>', repeated=2)
    merged = ods_row(ods_cell("string", "merged"), "<table:covered-table-cell/>", ods_cell("string", "z"))
    rest = ods_row('<table:table-cell table:number-columns-repeated="16384"/>', repeated=1_048_572)
    content = ods(ods_table(empty, first, merged, rest) + ods_table(name="More"))
    table, rows = opened(content)
    values = ["007", "13812345678", "0.25", "TRUE", "46350", "46350.33553240741", "0.3333333333333333"]
    assert (table.kind, table.left_out) == ("ods", ["More"])
    assert rows == [(3, ["", *values, "0.911", "账号", "账号"]), (4, ["merged", "", "z"])]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1, "1"), (2.0**53, "9007199254740992.0"), (-0.5, "-0.5"), (True, "TRUE"), (time(12), "0.5")],
)
def test_a_value_is_formatted_as_it_is_stored(value: Any, expected: str) -> None:
    assert format_value(value) == expected


@pytest.mark.parametrize(
    ("value", "days"),
    [
        (date(1900, 1, 1), 1),
        (date(1900, 2, 28), 59),
        (date(1900, 3, 1), 61),
        (datetime(2026, 11, 24, 18), 46350.75),
        (time(6), 0.25),
        (timedelta(days=2, hours=12), 2.5),
    ],
)
def test_days_are_counted_as_excel_counts_them(value: Any, days: float) -> None:
    assert excel_days(value) == days
