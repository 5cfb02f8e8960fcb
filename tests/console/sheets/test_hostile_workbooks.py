"""Workbooks as an attacker or an accident makes them: each is read, or refused in a sentence."""

import io
import logging
import random
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from console.sheets.table_reader import TableLimits, UnreadableTable, open_table
from tests.console.sheets.workbook_files import (
    BOOK,
    PEOPLE_XLS,
    SHEET,
    TEXTS,
    altered_xlsx,
    archive,
    encrypted_xls,
    encrypted_xlsx,
    ods,
    ods_cell,
    ods_row,
    ods_table,
    sparse_xlsx,
    xlsx,
)

pytestmark = pytest.mark.usefixtures("english")

CORNER = (1_048_575, 16_383)
TOO_LARGE = (
    "This file is too large or damaged. Delete empty rows and columns, split the table, or "
    "save it again as .xlsx or .csv."
)
NO_EXCEL, NO_SPREADSHEET = "This Excel file cannot be read", "This spreadsheet cannot be read"
LOCKED = "password-protected"
ENTITY = '<!DOCTYPE x [<!ENTITY a SYSTEM "file://{}">]>'
MANY_CELLS = ods_row(ods_cell("string", "x", repeated=16_384), repeated=1_048_576)


def read(content: bytes, limits: TableLimits | None = None) -> list[list[str]]:
    return [row.cells for row in open_table(io.BytesIO(content), limits or TableLimits()).rows]


def refusal(content: bytes, limits: TableLimits | None = None) -> str:
    with pytest.raises(UnreadableTable) as refused:
        read(content, limits)
    return str(refused.value)


def test_two_cells_in_opposite_corners_end_the_child_and_cost_this_process_nothing(
    caplog: pytest.LogCaptureFixture,
    children: Callable[[], list[psutil.Process]],
) -> None:
    content = sparse_xlsx((0, 0), CORNER)
    before = psutil.Process().memory_info().rss
    with caplog.at_level(logging.WARNING):
        assert refusal(content) == TOO_LARGE
    assert psutil.Process().memory_info().rss - before < 20_000_000
    assert "did not finish" in caplog.text
    assert not children()


def test_a_cell_in_the_last_corner_is_beyond_the_columns_that_are_read() -> None:
    assert "The table is too large" in refusal(sparse_xlsx(CORNER))


def test_a_cell_in_the_last_row_keeps_its_number() -> None:
    table = open_table(io.BytesIO(sparse_xlsx((0, 0), (1_048_575, 0))), TableLimits())
    assert [row.number for row in table.rows] == [1, 1_048_576]


@pytest.mark.parametrize("place", [b"A99999999", b"ZZZZZZ1"])
def test_a_cell_beyond_the_largest_sheet_is_refused(place: bytes) -> None:
    assert NO_EXCEL in refusal(altered_xlsx(SHEET, b'r="A1"', b'r="' + place + b'"'))


def test_an_ods_that_repeats_a_cell_without_bound_is_refused() -> None:
    assert refusal(ods(ods_table(MANY_CELLS))).startswith((NO_SPREADSHEET, TOO_LARGE))


@pytest.mark.parametrize("entries", [{"a": " " * 1_200_000}, {str(n): "" for n in range(501)}])
def test_an_archive_of_too_many_or_too_large_parts_is_not_unpacked(entries: dict[str, str]) -> None:
    assert "The table is too large" in refusal(archive(**entries), TableLimits(unpacked=1_000_000))


def test_a_part_larger_than_it_declares_is_refused() -> None:
    content = altered_xlsx(TEXTS, b"<t>a", b"<t>" + b" " * 20_000_000 + b"a")
    whole = zipfile.ZipFile(io.BytesIO(content)).getinfo(TEXTS).file_size
    lied = content.replace(whole.to_bytes(4, "little"), (40).to_bytes(4, "little"))
    assert lied != content
    assert NO_EXCEL in refusal(lied)


def test_one_long_text_that_many_cells_name_is_bounded() -> None:
    content = xlsx([["x" * 5_000] * 20 for _ in range(50)])
    assert {len(cell) for row in read(content) for cell in row} == {2_000}
    assert "The table is too large" in refusal(content, TableLimits(characters=100_000))


def test_an_external_entity_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("canary")
    doctype = ENTITY.format(secret)
    table = ods_table(ods_row(ods_cell("string", "&a;")))
    assert NO_SPREADSHEET in refusal(ods(table, doctype=doctype))
    inline = b'<c r="A1" t="inlineStr"><is><t>&a;</t></is></c>'
    content = altered_xlsx(SHEET, b'<c r="A1" t="s"><v>0</v></c>', inline)
    assert NO_EXCEL in refusal(content)


def test_entities_that_multiply_are_not_expanded() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    table = ods_table(ods_row(ods_cell("string", "&l9;")))
    content = ods(table, doctype=f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>')
    assert NO_SPREADSHEET in refusal(content)


def test_elements_nested_without_end_harm_nobody() -> None:
    rows = "<table:table-row>" * 200_000 + "</table:table-row>" * 200_000
    assert NO_SPREADSHEET in refusal(ods(ods_table(rows)))
    assert read(altered_xlsx(SHEET, b"<sheetData>", b"<sheetData>" + b"<row>" * 200_000)) in ([["a"]], [])


@pytest.mark.parametrize(
    "content",
    [
        encrypted_xls(),
        encrypted_xlsx(),
        ods(ods_table(), manifest="<m:encryption-data/>"),
    ],
    ids=["xls", "xlsx", "ods"],
)
def test_an_encrypted_workbook_is_called_locked(content: bytes) -> None:
    assert LOCKED in refusal(content)


@pytest.mark.parametrize(
    "content",
    [
        PEOPLE_XLS[:3_000],
        PEOPLE_XLS[:8] + random.Random(1).randbytes(8_000),
        PEOPLE_XLS[:512] + b"\xff" * 5_000,
        xlsx([["a"]])[:3_000],
        b"PK\x03\x04 nothing of an archive",
        altered_xlsx(BOOK, b"r:id=", b"r:no="),
        altered_xlsx(SHEET, b"<v>0</v>", b"<v>99</v>"),
    ],
    ids=["cut xls", "garbage in xls", "xls of ones", "cut xlsx", "no archive", "no part", "no text"],
)
def test_a_damaged_workbook_is_no_excel_file(content: bytes) -> None:
    assert NO_EXCEL in refusal(content)


@pytest.mark.parametrize("seed", range(12))
def test_an_xls_with_any_bytes_changed_is_read_or_refused(seed: int) -> None:
    dice, content = random.Random(seed), bytearray(PEOPLE_XLS)
    for _ in range(40):
        content[dice.randrange(512, len(content))] = dice.randrange(256)
    began = time.monotonic()
    try:
        found: object = read(bytes(content))
    except UnreadableTable as refused:
        found = str(refused)
    assert isinstance(found, (list, str))
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("compression", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_compression_that_no_program_uses_is_refused(compression: int) -> None:
    assert NO_EXCEL in refusal(altered_xlsx(SHEET, b"<worksheet", b"<worksheet", compression))


def test_a_sheet_whose_name_no_database_takes_is_named_without_it() -> None:
    """A NUL ended in the database's error."""
    content = altered_xlsx(BOOK, b'name="More"', b'name="Mo\x00re"')
    try:
        left_out = open_table(io.BytesIO(content), TableLimits()).left_out
    except UnreadableTable:
        left_out = []
    assert not any("\x00" in name for name in left_out)


def test_an_archive_of_something_else_is_no_table() -> None:
    for parts in ({"word/document.xml": "<a/>"}, {"xl/workbook.bin": "a"}):
        assert "Only .xlsx, .xls, .ods and .csv files can be read" in refusal(archive(**parts))
