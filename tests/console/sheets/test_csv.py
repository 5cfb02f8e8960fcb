import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.sheets.columns import Column, ColumnType
from console.sheets.csv_writer import csv_text
from console.sheets.formulas import FORMULA_STARTS, NUMBER, escape_formula, unescape_formula
from tests.faults.sizes import size
from tests.support.time_growth import MAX_GROWTH, time_growth

SHANGHAI = ZoneInfo("Asia/Shanghai")
DANGEROUS = FORMULA_STARTS.replace("\\", "")
# What a number becomes where quotes and commas are read otherwise: no formula goes on with a quote.
NUMBER_AND_TEXT = re.compile(r'[+-]?[0-9]+(\.[0-9]+)?%?,?"')

# Text as an attacker would write it: mostly the letters that matter, sometimes anything.
cells = st.one_of(
    st.text(alphabet="=+-@＝＋－＠\t\r\n ;,\"'|!A1()cmd\ufeff\u200b\x00", max_size=12),
    st.text(max_size=20),
    st.sampled_from(
        [
            "-1",
            "2*A0",
            "=1+1",
            "+1+cmd|' /C calc'!A0",
            "-2+3",
            "@SUM(1)",
            "\t=1",
            "a;=1;b",
            ';"=1',
            'x","=1',
            "a\n=1",
        ]
    ),
)


@pytest.mark.parametrize("unit", ["\t", "; ", "\t'", '"\n'])
@pytest.mark.parametrize("function", [escape_formula, unescape_formula])
def test_a_cell_of_tabs_takes_time_in_proportion_to_its_length(function, unit) -> None:
    """60 KB of them took 22 seconds."""
    assert time_growth(lambda size: partial(function, unit * size), 3_000) <= MAX_GROWTH


def runs(cell: str) -> bool:
    """Whether a spreadsheet would take the cell for a formula."""
    bare = cell.strip().strip("\ufeff\u200b\x00").strip()
    harmless = NUMBER.fullmatch(cell.strip()) or NUMBER_AND_TEXT.match(bare)
    return bool(bare) and bare[0] in DANGEROUS and not harmless


@pytest.mark.faults
@settings(max_examples=size(full=1500, ci=300))
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=4))
def test_no_cell_runs_whatever_program_reads_the_file(pairs) -> None:
    rows = [{"topic": topic, "name": name} for topic, name in pairs]
    columns = [Column("topic", "Topic"), Column("name", "=Name", ColumnType.ID)]
    text = csv_text(rows, columns, zone=SHANGHAI).removeprefix("\ufeff")
    for separator in ",;\t":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            assert not [cell for cell in row if runs(cell)]


@pytest.mark.parametrize("number", ["5", "-5", "+3.50", "-12%", "0012"])
def test_a_plain_number_stays_a_number(number: str) -> None:
    assert escape_formula(number) == number


@pytest.mark.parametrize("text", ["-5a", "+86 138", "--1", "-", "=5", "- 5", "1-2=@", "a-b", "é"])
def test_only_what_could_run_is_touched(text: str) -> None:
    expected = f"'{text}" if text[0] in "=+-@" else text
    assert escape_formula(text) == expected


def test_a_file_says_its_zone_and_tells_time_as_the_school_does() -> None:
    columns = [
        Column("name", "姓名"),
        Column("id", "Id", ColumnType.ID),
        Column("at", "Joined", ColumnType.DATETIME),
        Column("day", "Day", ColumnType.DATE),
        Column("there", "Present", ColumnType.DURATION),
        Column("share", "Share", ColumnType.SHARE),
        Column("times", "Times", ColumnType.NUMBER),
    ]
    row = {
        "name": "李雷, 一班",
        "id": "0012",
        "at": datetime(2026, 11, 24, 0, 3, 10, 999_999, tzinfo=UTC),
        "day": date(2026, 11, 24),
        "there": timedelta(hours=100, seconds=5),
        "share": 0.911,
        "times": -3,
    }
    text = csv_text([row, dict.fromkeys(row)], columns, zone=SHANGHAI)
    assert text == (
        '\ufeff"姓名","Id","Joined (北京时间)","Day","Present","Share","Times"\r\n'
        '"李雷, 一班","0012","2026-11-24 08:03:10","2026-11-24","100:00:05","91.1%","-3"\r\n'
        '"","","","","","",""\r\n'
    )


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 11, 24)
    with pytest.raises(ValueError, match="zone"):
        csv_text([{"at": naive}], [Column("at", "At", ColumnType.DATETIME)], zone=SHANGHAI)
