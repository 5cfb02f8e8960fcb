"""Columns of any import: headings that are recognized, and cells that hold several names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.imports.columns import (
    guess_columns,
    join_names,
    looks_like_headings,
    split_names,
    values_by_field,
)

KNOWN = {"title": "topic", "thema": "topic", "startsat": "start"}


@given(st.lists(st.text(alphabet='ab;,、|"\n 一', min_size=1, max_size=6), max_size=4, unique=True))
def test_names_in_a_cell_are_read_back_as_they_were_written(names: list[str]) -> None:
    assert split_names(join_names(names)) == names


@pytest.mark.parametrize(
    "cell", ["一班;二班", "一班；二班", "一班、二班", "一班,二班", " 一班 | 二班 ", "一班\n二班；"]
)
def test_names_may_be_separated_as_people_do_it(cell: str) -> None:
    assert split_names(cell) == ["一班", "二班"]


def test_of_two_columns_for_one_field_the_first_takes_it() -> None:
    assert guess_columns(["Title", "Thema", "Starts at", "Shoe size"], KNOWN) == ["topic", "", "start", ""]


def test_a_title_row_does_not_look_like_headings() -> None:
    assert not looks_like_headings(["Title", ""], KNOWN)
    assert looks_like_headings(["title", "STARTS-AT"], KNOWN)


def test_a_short_row_has_empty_values_and_unmapped_cells_are_left_out() -> None:
    assert values_by_field(["topic", "", "start"], ["Hats", "36"]) == {"topic": "Hats", "start": ""}
