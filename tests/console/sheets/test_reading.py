"""Tables as schools send them, and as an attacker would."""

import io
import zipfile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from console.sheets.columns import Column, Kind
from console.sheets.csv import csv_text, inert, original
from console.sheets.reading import Limits, Unreadable, open_table
from console.sheets.xlsx import xlsx

pytestmark = pytest.mark.usefixtures("english")

SHANGHAI = ZoneInfo("Asia/Shanghai")
PEOPLE = [["账号", "姓名"], ["li.lei", "李雷"], ["han", "韩梅梅, 一班"]]
COLUMNS = [Column("a", "A"), Column("b", "B", Kind.ID)]


def read(content: bytes, limits: Limits | None = None) -> list[list[str]]:
    return [row.cells for row in open_table(io.BytesIO(content), limits or Limits()).rows]


def book(rows: list[list[object]], **options: object) -> bytes:
    file = io.BytesIO()
    with Workbook(file, options) as made:
        sheet = made.add_worksheet("People")
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                write = sheet.write_string if isinstance(value, str) else sheet.write
                write(number, place, value)
        made.add_worksheet("More")
    return file.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", ",;\t")
def test_csv_is_read_in_every_encoding_and_with_every_separator(encoding: str, separator: str) -> None:
    lines = [separator.join(f'"{cell}"' for cell in row) for row in PEOPLE]
    assert read("\r\n".join(lines).encode(encoding)) == PEOPLE


def test_the_line_in_which_excel_names_the_separator_is_no_row() -> None:
    table = open_table(io.BytesIO(b"sep=;\r\na;b\r\n1;2,3\r\n"), Limits())
    assert [tuple(row) for row in table.rows] == [(2, ["a", "b"]), (3, ["1", "2,3"])]


def test_rows_keep_the_number_that_a_spreadsheet_shows_and_empty_ones_are_left_out() -> None:
    table = open_table(io.BytesIO(b"a,b\n\n,\n1,2\n"), Limits())
    assert [row.number for row in table.rows] == [1, 4]


def test_an_excel_file_is_read_as_text_and_its_other_sheets_are_named() -> None:
    rows = [["id", "phone", "share"], ["007", 13812345678, 0.25], ["x", 1.0, True]]
    table = open_table(io.BytesIO(book(rows)), Limits())
    assert [row.cells for row in table.rows] == [
        ["id", "phone", "share"],
        ["007", "13812345678", "0.25"],
        ["x", "1", "TRUE"],
    ]
    assert table.left_out == ["More"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(st.text(max_size=12), min_size=2, max_size=2), min_size=1, max_size=6), st.booleans()
)
def test_excel_reads_like_an_independent_reader(rows: list[list[str]], texts_in_cells: bool) -> None:
    content = book([["a", "b"], *rows], constant_memory=texts_in_cells)
    theirs = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    wanted = [[str(cell) for cell in row] for row in theirs]
    ours = [row + [""] * (2 - len(row)) for row in read(content)]
    assert ours == [
        [cell.replace("\x00", "\ufffd") for cell in row] for row in wanted if any(map(str.strip, row))
    ]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(alphabet="=+-@'＝ ;\t\nab1\"", min_size=1, max_size=8), min_size=1, max_size=4))
def test_what_our_files_hold_is_read_back_as_it_was(texts: list[str]) -> None:
    rows = [{"a": text, "b": f"x{text}"} for text in texts]
    wanted = [[text, f"x{text}"] for text in texts]
    with xlsx(rows, COLUMNS, "A", zone=SHANGHAI) as file:
        assert [row.cells for row in open_table(file, Limits()).rows][1:] == wanted
    back = read(csv_text(rows, COLUMNS, zone=SHANGHAI).encode())[1:]
    for cells, told in zip(back, wanted, strict=True):
        # A text that begins like our own mark reads without it; it is known by what it is written as.
        assert all(cell == text or inert(text) == inert(cell) for cell, text in zip(cells, told, strict=True))


@pytest.mark.parametrize("text", ["'", "'a", "it's", "a;'b"])
def test_a_quote_that_is_not_ours_stays(text: str) -> None:
    assert original(text) == text


def test_a_cell_in_the_last_corner_costs_nothing() -> None:
    file = io.BytesIO()
    with Workbook(file) as made:
        made.add_worksheet().write(1_048_575, 16_383, "far")
    with pytest.raises(Unreadable, match="too large"):
        read(file.getvalue())


def bomb(entries: int = 1, size: int = 1_000, name: str = "xl/workbook.xml") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(entries):
            archive.writestr(f"{number}/{name}", b" " * size)
    return file.getvalue()


@pytest.mark.parametrize("content", [bomb(entries=501), bomb(entries=3, size=400_000)])
def test_an_archive_of_too_many_or_too_large_parts_is_not_unpacked(content: bytes) -> None:
    with pytest.raises(Unreadable, match="too large"):
        read(content, Limits(unpacked=1_000_000))


def test_a_part_larger_than_it_says_is_cut_where_it_says() -> None:
    content = book([["a"]])
    whole = zipfile.ZipFile(io.BytesIO(content)).getinfo("xl/worksheets/sheet1.xml").file_size
    lied = content.replace(whole.to_bytes(4, "little"), (40).to_bytes(4, "little"))
    assert lied != content
    with pytest.raises(Unreadable, match="no Excel file"):
        read(lied)


def test_one_long_text_that_many_cells_name_is_bounded() -> None:
    rows = [["x" * 5_000] * 20 for _ in range(50)]
    assert {len(cell) for row in read(book(rows)) for cell in row} == {2_000}
    with pytest.raises(Unreadable, match="too large"):
        read(book(rows), Limits(characters=100_000))


def altered(part: str, old: bytes, new: bytes, packed: int = zipfile.ZIP_STORED) -> bytes:
    """A book in one part of which something stands in place of something else."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book([["a"]]))) as given, zipfile.ZipFile(file, "w", packed) as made:
        for name in given.namelist():
            data = given.read(name)
            assert name != part or old in data
            made.writestr(name, data.replace(old, new, 1) if name == part else data)
    return file.getvalue()


BOOK, SHEET, TEXTS = "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


@pytest.mark.parametrize(("part", "root"), [(BOOK, b"<workbook"), (SHEET, b"<worksheet"), (TEXTS, b"<sst")])
def test_a_document_type_and_its_entities_are_refused(part: str, root: bytes) -> None:
    with pytest.raises(Unreadable, match="no Excel file"):
        read(altered(part, root, b'<!DOCTYPE x [<!ENTITY a "aa">]>' + root))


@pytest.mark.parametrize("part", [BOOK, SHEET, TEXTS])
@pytest.mark.parametrize("encoding", [b"of nobody", b"nobodys", b"gb2312", b"base64"])
def test_a_part_in_an_encoding_that_xml_has_not_is_told_in_a_sentence(part: str, encoding: bytes) -> None:
    with pytest.raises(Unreadable, match="no Excel file"):
        read(altered(part, b'"UTF-8"', b'"' + encoding + b'"'))


def test_a_sheet_that_names_no_part_is_told_in_a_sentence() -> None:
    with pytest.raises(Unreadable, match="no Excel file"):
        read(altered(BOOK, b"r:id=", b"r:no="))


@pytest.mark.parametrize("packed", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_packing_that_excel_does_not_use_is_refused(packed: int) -> None:
    with pytest.raises(Unreadable, match="no Excel file"):
        read(altered(SHEET, b"<worksheet", b"<worksheet", packed))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0rest", "Only .xlsx and .csv"),
        (b"PK\x03\x04 nothing of an archive", "no Excel file"),
        (b"a,b\n\xff\xff\xff\n", "letters"),
        (b"PK\x03\x04" + bomb()[4:], "no Excel file"),
        (b'a,"' + b"x" * 200_000, "no table"),
    ],
)
def test_what_is_no_table_is_told_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read(content)


def test_more_rows_than_allowed_are_refused() -> None:
    with pytest.raises(Unreadable, match="at most 2 rows"):
        read(b"a\n1\n2\n3\n", Limits(rows=2))
