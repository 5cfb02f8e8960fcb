"""Tables as schools send them, and as an attacker would."""

import io
from collections.abc import Callable
from zoneinfo import ZoneInfo

import psutil
import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from console.sheets.columns import Column, ColumnType
from console.sheets.csv_writer import csv_text
from console.sheets.formulas import escape_formula, unescape_formula
from console.sheets.table_parser import read_table
from console.sheets.table_reader import TableLimits, UnreadableTable, open_table
from console.sheets.xlsx_writer import write_xlsx
from tests.console.sheets.workbook_files import xlsx
from tests.faults.sizes import size
from tests.support.time_growth import MAX_GROWTH, time_growth

pytestmark = pytest.mark.usefixtures("english")

SHANGHAI = ZoneInfo("Asia/Shanghai")
PEOPLE = [["账号", "姓名"], ["li.lei", "李雷"], ["han", "韩梅梅, 一班"]]
COLUMNS = [Column("a", "A"), Column("b", "B", ColumnType.ID)]


def read(content: bytes, limits: TableLimits | None = None) -> list[list[str]]:
    return [row.cells for row in open_table(io.BytesIO(content), limits or TableLimits()).rows]


def read_here(content: bytes) -> list[list[str]]:
    """The same in this process, for properties that many files are asked about."""
    return [row.cells for row in read_table(io.BytesIO(content), TableLimits()).rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", ",;\t")
def test_csv_is_read_in_every_encoding_and_with_every_separator(encoding: str, separator: str) -> None:
    lines = [separator.join(f'"{cell}"' for cell in row) for row in PEOPLE]
    assert read("\r\n".join(lines).encode(encoding)) == PEOPLE


def test_the_line_in_which_excel_names_the_separator_is_no_row() -> None:
    table = open_table(io.BytesIO(b"sep=;\r\na;b\r\n1;2,3\r\n"), TableLimits())
    assert [tuple(row) for row in table.rows] == [(2, ["a", "b"]), (3, ["1", "2,3"])]


def test_rows_keep_the_number_that_a_spreadsheet_shows_and_empty_ones_are_left_out() -> None:
    table = open_table(io.BytesIO(b"a,b\n\n,\n1,2\n"), TableLimits())
    assert [row.number for row in table.rows] == [1, 4]


def test_an_excel_file_is_read_as_text_and_its_other_sheets_are_named() -> None:
    rows = [["id", "phone", "share"], ["007", 13812345678, 0.25], ["x", 1.0, True]]
    table = open_table(io.BytesIO(xlsx(rows)), TableLimits())
    assert [row.cells for row in table.rows] == [
        ["id", "phone", "share"],
        ["007", "13812345678", "0.25"],
        ["x", "1", "TRUE"],
    ]
    assert table.left_out == ["More"]


@pytest.mark.faults
@settings(max_examples=size(full=300, ci=60))
@given(st.lists(st.text(alphabet="=+-@'＝ ;\t\nab1\"", min_size=1, max_size=8), min_size=1, max_size=4))
def test_what_our_files_hold_is_read_back_as_it_was(texts: list[str]) -> None:
    rows = [{"a": text, "b": f"x{text}"} for text in texts]
    wanted = [[text, f"x{text}"] for text in texts]
    with write_xlsx(rows, COLUMNS, "A", zone=SHANGHAI) as file:
        assert read_here(file.read())[1:] == wanted
    back = read_here(csv_text(rows, COLUMNS, zone=SHANGHAI).encode())[1:]
    for cells, told in zip(back, wanted, strict=True):
        # A text that begins like our own mark reads without it; it is known by what it is written as.
        assert all(
            cell == text or escape_formula(text) == escape_formula(cell)
            for cell, text in zip(cells, told, strict=True)
        )


@pytest.mark.parametrize("text", ["'", "'a", "it's", "a;'b"])
def test_a_quote_that_is_not_ours_stays(text: str) -> None:
    assert unescape_formula(text) == text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0rest", "This Excel file cannot be read"),
        (b"PK\x03\x04 nothing of an archive", "This Excel file cannot be read"),
        (b"\x89PNG\r\n\x1a\n\x00\xff\xff", "text encoding"),
        (b"a,b\n\xff\xff\xff\n", "text encoding"),
        (b'a,"' + b"x" * 200_000, "This table cannot be read"),
    ],
)
def test_what_is_no_table_is_told_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableTable, match=said):
        read(content)


def test_more_rows_than_allowed_are_refused() -> None:
    with pytest.raises(UnreadableTable, match="At most 2 rows"):
        read(b"a\n1\n2\n3\n", TableLimits(rows=2))


def test_a_cell_of_tabs_is_read_in_proportion_to_its_length() -> None:
    """60 KB of them took 22 seconds."""

    def read_tabs(size: int) -> Callable[[], object]:
        content = b'a,b\n"' + b"\t" * size + b'",c\n'
        return lambda: list(read_table(io.BytesIO(content), TableLimits()).rows)

    assert time_growth(read_tabs, 6_000) <= MAX_GROWTH
    rows = read(b'a,b\n"' + b"\t" * 60_000 + b'",c\n')
    assert rows[1] == ["\t" * 2_000, "c"]


def test_where_the_process_dies_a_sentence_says_what_to_do(
    children: Callable[[], list[psutil.Process]],
) -> None:
    table = open_table(io.BytesIO(b"a,b\n" * 100_000), TableLimits())
    next(table.rows)
    (child,) = children()
    child.kill()
    with pytest.raises(UnreadableTable, match="too large or damaged"):
        list(table.rows)


def test_the_process_knows_its_sentence_in_the_reader_s_language() -> None:
    with translation.override("zh-hans"), pytest.raises(UnreadableTable, match="是空的"):
        read(b"")


def test_who_stops_reading_ends_the_process(children: Callable[[], list[psutil.Process]]) -> None:
    table = open_table(io.BytesIO(b"a,b\n" * 100_000), TableLimits())
    next(table.rows)
    assert children()
    del table
    assert not children()
