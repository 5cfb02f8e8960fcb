"""Two readers of the same sheet, the quick and the exact one: whatever it holds, they give the same."""

import gc
import time
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.sheets.shape import Limits
from console.sheets.usual import CELL, LONGEST, ROW, UsualRows
from console.sheets.xlsxparsers import SheetParser
from tests.console.sheets.feeding import given_by, in_pieces

pytestmark = pytest.mark.usefixtures("english")

LIMITS = Limits(columns=30, cell=12)
SHARED = ["账号", "", "Bob"]
EXCEL = (
    '<row r="1" spans="1:4" ht="15.75" thickBot="1" x14ac:dyDescent="0.3"><c r="A1" s="3" t="s"><v>0</v></c>'
    '<c r="B1" s="3"/><c r="C1"><v>13812345678</v></c><c r="D1" t="b"><v>1</v></c></row>'
)
WRITER = (
    '<row r="2"><c r="A2" s="2" t="inlineStr"><is><t>s0</t></is></c>'
    '<c r="C2" s="2" t="inlineStr"><is><t xml:space="preserve"> 王小明 </t></is></c></row>'
)
OPENPYXL = '<row r="4"><c r="A4" t="inlineStr"><is><t>a</t></is></c><c r="B4" t="n"><v>0.25</v></c></row>'
LIBREOFFICE = (
    '<row r="5" customFormat="false" ht="12.8" hidden="false" customHeight="false" outlineLevel="0">'
    '<c r="A5" s="0" t="str"><v>a_x0041_b</v></c><c r="B5" s="0" t="e"><v>#N/A</v></c></row>'
)
WPS = '<row r="6"><c r="A6" t="str"><v>&amp;lt;&quot;R&amp;D&apos;&gt;</v></c></row>'
EMPTY = '<row r="6" spans="1:4"/>'
USUAL = [EXCEL, WRITER, OPENPYXL, LIBREOFFICE, WPS, EMPTY + '<row r="7"><c r="C7"><v>1</v></c></row>']

ODD = [
    '<row><c><v>1</v></c><c t="str"><v>no places</v></c></row>',
    '<row r="9"><c r="B9"><v>2</v></c><c r="A9"><v>1</v></c><c r="A9"><v>3</v></c></row>',
    '<row r="8"><c r="A8"><f>1+1</f><v>2</v></c></row>',
    '<row r="8"><c r="A8" t="s" s="1"><v>2</v></c></row>',
    '<row r="8"><c r="A8" t="str"><v>&lt;a&#65;&amp;</v></c></row>',
    '<row r="8"><c r="A8"><v>1&amp;2</v></c></row>',
    '<row r="8"><c r="A8" t="inlineStr"><is><r><t>A</t></r><r><t>b</t></r><rPh><t>x</t></rPh></is></c></row>',
    '<row r="8"><!-- </row> --><c r="A8"><v>1</v></c></row>',
    "<!-- <row r='1'></row> -->",
    '<row r="8"><c r="A8" t="str"><v><![CDATA[</row>]]></v></c></row>',
    "<?skip </row>?>",
    '<x:row r="8"><x:c r="A8"><x:v>1</x:v></x:c></x:row>',
    "<row r='8'><c r='A8'><v>1</v></c></row>",
    '<row r="8" ><c r="A8" ><v >1</v ></c ></row >',
    '\n  <row r="8">\n<c r="A8"><v>1</v></c>\n</row>',
    '<row r="8"><c r="A8" t="str"><v>a\r\nb\rc\td</v></c></row>',
    '<row r="8"><c r="A8" t="str"><v>much longer than a cell may be</v></c></row>',
    '<row r="8"><c r="A8" t="str"><v></v></c><c r="B8" t="str"><v/></c></row>',
    '<row r="8"><c r="A8" t="s"><v>-1</v></c></row>',
    '<row r="8"><row r="9"><c r="A8"><v>1</v></c></row></row>',
    '<row r="8"></row>',
    "<v>1</v>",
    '<c r="A8"><v>1</v></c>',
    "<other><row r='8'><c r='B8'><v>1</v></c></row></other>",
    "</sheetData><sheetData>",
    "</sheetData><row r='8'><c r='B8'><v>1</v></c></row><sheetData>",
]
WRONG = [
    '<row r="8"><c r="A8"><v>no number</v></c></row>',
    '<row r="8"><c r="A8" t="s"><v>99</v></c></row>',
    '<row r="8"><c r="AE8"><v>1</v></c></row>',
    '<row r="8"><c r="ZZZ8"/></row>',
    '<row r="8"><c r="A8" r="B8"><v>1</v></c></row>',
    '<row r="8" r="9"><c r="A8"><v>1</v></c></row>',
    '<row r="8" ht="1" ht="1"><c r="A8"><v>1</v></c></row>',
    '<row r="8" ht="1" ht="1"/><row r="9"><c r="A9"><v>1</v></c></row>',
    '<row r="8"><c r="A8"><v>1</t></is></c></row>',
    '<row r="8"><c r="A8"><is><t>1</v></c></row>',
    '<row r="8"><c r="A8" t="str"><v>a]]>b</v></c></row>',
    '<row r="8"><c r="A8" t="str"><v>a\x01\ufffe</v></c></row>',
    '<row r="8"><c r="A8" t="str"><v>a\uffff</v></c></row>',
    '<row r="8"><c r="A8" t="str"><v>&nothing;</v></c></row>',
    '<!DOCTYPE a [<!ENTITY b "c">]>',
    "</row>",
    "<row>",
]
BEFORE = '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns:x="y"><dimension ref="A1:D7"/><sheetData>'
AFTER = '</sheetData><autoFilter ref="A1:D7"/></worksheet>'


def exact() -> SheetParser:
    return SheetParser(SHARED, LIMITS)


def many_attributes(number: int) -> str:
    return " ".join(f'a{number}b{place}="1"' for place in range(5000))


@pytest.mark.parametrize("row", USUAL)
def test_rows_as_programs_write_them_pass_the_parser_by(row: str) -> None:
    quick = UsualRows(exact())
    quick.feed((BEFORE + row + OPENPYXL).encode())
    assert quick.usual
    assert quick.taken() == given_by(exact(), [(BEFORE + row + OPENPYXL + AFTER).encode()])


def test_what_rows_hold_is_read_in_its_place() -> None:
    assert given_by(UsualRows(exact()), [(BEFORE + "".join(USUAL) + AFTER).encode()]) == [
        (1, ["账号", "", "13812345678", "TRUE"]),
        (2, ["s0", "", " 王小明 "]),
        (4, ["a", "0.25"]),
        (5, ["aAb", "#N/A"]),
        (6, ["&lt;\"R&D'>"]),
        (7, ["", "", "1"]),
    ]


@pytest.mark.parametrize("odd", [*ODD, *WRONG])
def test_what_is_not_usual_is_read_as_the_parser_reads_it(odd: str) -> None:
    content = (BEFORE + EXCEL + odd + WRITER + odd + OPENPYXL + AFTER).encode()
    assert given_by(UsualRows(exact()), [content]) == given_by(exact(), [content])


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_refused_after_usual_rows(wrong: str) -> None:
    assert isinstance(given_by(UsualRows(exact()), [(BEFORE + EXCEL + wrong + AFTER).encode()]), str)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.sampled_from([*USUAL * 4, *ODD, *WRONG]), max_size=8),
    st.lists(st.integers(0, 5_000), max_size=6),
)
def test_sheets_of_any_rows_in_any_pieces_are_read_alike(rows: list[str], cuts: list[int]) -> None:
    content = (BEFORE + "".join(rows) + AFTER).encode()
    assert given_by(UsualRows(exact()), in_pieces(content, cuts)) == given_by(exact(), [content])


@settings(max_examples=1_000, deadline=None)
@given(
    st.integers(0, 5_000),
    st.integers(0, 12),
    st.binary(max_size=3) | st.sampled_from([b"<", b">", b"&", b'"', b"/", b"=", b":", b"]]>", b"--", b"9"]),
)
def test_sheets_with_any_bytes_put_into_them_are_read_alike(at: int, out: int, put: bytes) -> None:
    content = (BEFORE + "".join(USUAL) + AFTER).encode()
    at %= len(content)
    content = content[:at] + put + content[at + out :]
    assert given_by(UsualRows(exact()), [content]) == given_by(exact(), [content])


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=15))
def test_any_text_of_a_cell_is_read_alike(text: str) -> None:
    row = f'<row r="1"><c r="A1" t="str"><v>{text}</v></c></row>'
    content = (BEFORE + row + AFTER).encode(errors="surrogatepass")
    assert given_by(UsualRows(exact()), [content]) == given_by(exact(), [content])


@pytest.mark.parametrize(
    "before",
    [
        BEFORE.replace("UTF-8", "ISO-8859-1"),
        BEFORE.replace("<dimension", "<!-- <sheetData> --><dimension"),
        BEFORE.replace("<dimension", "<sheetData/><dimension"),
        BEFORE.replace("<worksheet", '<!DOCTYPE a [<!ENTITY b "c">]><worksheet'),
        "<worksheet><c r='A1'><sheetData>",
        "<row><sheetData>",
        "<worksheet>",
        "",
    ],
)
def test_a_sheet_that_begins_in_any_way_is_read_alike(before: str) -> None:
    content = (before + WRITER + WRITER + AFTER).encode()
    assert given_by(UsualRows(exact()), [content]) == given_by(exact(), [content])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_sheet_in_another_encoding_is_read_alike(encoding: str) -> None:
    content = (BEFORE.replace("UTF-8", encoding.removesuffix("-sig")) + WRITER + AFTER).encode(encoding)
    for reader in (UsualRows(exact()), exact()):
        assert given_by(reader, [content]) == [(2, ["s0", "", " 王小明 "])]


def test_a_row_without_end_is_not_kept_for_long() -> None:
    quick = UsualRows(exact())
    quick.feed((BEFORE + '<row r="1">').encode())
    for _ in range(100):
        quick.feed(b'<c r="A1"><v>7</v></c>' * 200)
        assert len(quick.pending) < LONGEST
    quick.feed(b"</row>" + AFTER.encode(), True)
    assert quick.taken() == [(1, ["7"])]


def test_of_a_text_without_end_no_more_is_kept_than_a_cell_may_hold() -> None:
    sheet = exact()
    sheet.feed((BEFORE + '<row r="1"><c r="A1" t="str"><v>').encode())
    for _ in range(3):
        sheet.feed(b"x" * 1_000 + b"</v><v>")
        assert sum(map(len, [*sheet.raw, *sheet.text])) <= 2 * LIMITS.cell


@pytest.mark.parametrize(
    "row",
    [
        lambda n: f'<row r="{n}" a="{n:050000}"><c r="A{n}"><v>1</v></c></row>',
        lambda n: f'<row r="{n}" {many_attributes(n)}><c r="A{n}"><v>1</v></c></row>',
        lambda n: f'<row r="{n}" odd="&lt;"><c r="{"a" * 50000}{n}x"><v>1</v></c></row>',
    ],
    ids=["attribute", "attributes", "reference"],
)
def test_nothing_of_a_sheet_that_was_read_stays_in_memory(row: Callable[[int], str]) -> None:
    """What is remembered of one row for the next ones is of a few letters."""
    gc.collect()
    tracemalloc.start()
    for number in range(1, 101):
        given_by(UsualRows(exact()), [(BEFORE + row(number) + AFTER).encode()])
    gc.collect()
    kept, _most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 1_000_000


@pytest.mark.parametrize(
    "many",
    [
        '<c r="A',
        '<c r="A1"><v>',
        '<c r="A1"><v>x</v></c>',
        '<c r="A1" t="inlineStr"><is><t xml:space="preserve">',
        "1",
        "<c ",
        ' r="1"',
        ' a="1"',
    ],
)
@pytest.mark.parametrize("start", ["", '<row r="1"', '<c r="A1', '<c r="A1" s="', '<c r="A1"><v>'])
def test_no_row_takes_the_expressions_long(start: str, many: str) -> None:
    """With one that looks at letters again and again the longest row takes minutes."""
    text = start + many * (LONGEST // len(many))
    began = time.process_time()
    ROW.match(text)
    CELL.split(text)
    assert time.process_time() - began < 1
