"""docs/acts.md: every act of the pages stands there, with how it asks and how it is taken back."""

import re

import pytest

from tests.architecture.test_translations import CATALOGUES, entries
from tests.security.addresses import AREAS, Address
from tests.support.environment import ROOT

PAGE = ROOT / "docs/acts.md"
NAME = re.compile(r"`([^`]+)`")
QUOTE = re.compile("“([^”]+)”")
ASKS = ("no", "form", "preview", "dialog", "question", "question, reason", "question if early")
FINAL = "cannot be taken back"
QUESTION = "generic/confirm.html"


def rows() -> list[list[str]]:
    """The cells of all tables of the page that have the columns of acts: act, addresses, asks, undo."""
    tables = re.findall(r"^\| act \|.*\n\|-.*\n((?:\|.*\n)+)", PAGE.read_text(), re.MULTILINE)
    lines = [line for table in tables for line in table.splitlines()]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def posts() -> list[Address]:
    """The addresses of pages that take a POST."""
    return [one for one in AREAS["pages"] if one.knows("POST")]


def test_the_tables_are_those_of_the_page() -> None:
    assert len(rows()) > 100
    assert {len(row) for row in rows()} == {4}


def in_rows() -> list[tuple[str, str, str]]:
    """Each address with its cells: asks, undo."""
    return [(name, asks, undo) for _act, cell, asks, undo in rows() for name in NAME.findall(cell)]


def test_every_address_that_takes_a_post_has_a_row_and_every_row_an_address() -> None:
    listed = [name for name, _asks, _undo in in_rows()]
    assert sorted({one.name for one in posts()} - set(listed)) == [], "Add a row to docs/acts.md."
    assert sorted(set(listed) - {one.name for one in posts()}) == []
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_row_says_how_the_act_asks_and_how_it_is_taken_back(row: list[str]) -> None:
    _act, _addresses, asks, undo = row
    assert asks in ASKS
    assert undo
    if FINAL in undo:
        assert asks != "no"
        assert QUOTE.findall(undo), "Quote the sentence by which the page says so."


def test_what_a_page_says_of_final_acts_is_what_the_table_quotes() -> None:
    known = [entry["msgid"].replace('\\"', '"') for entry in entries(CATALOGUES[0])]
    quoted = [quote for _name, _asks, undo in in_rows() for quote in QUOTE.findall(undo)]
    assert quoted
    assert [quote for quote in quoted if not any(quote in text for text in known)] == []


def question_templates() -> set[str]:
    """The template of a question, and those that extend it."""
    folder = ROOT / "templates"
    extending = [path for path in folder.rglob("*.html") if f'extends "{QUESTION}"' in path.read_text()]
    return {QUESTION} | {str(path.relative_to(folder)) for path in extending}


def test_a_page_that_is_a_question_is_listed_as_one_and_no_other() -> None:
    """Acts of little weight have such a page for browsers without script; their button does them at once."""
    templates, by_name = question_templates(), {one.name: one for one in posts()}
    asks = {name: asks for name, asks, _undo in in_rows()}
    pages = {name for name, one in by_name.items() if one.template in templates and one.knows("GET")}
    assert sorted(name for name in asks if "question" in asks[name] and name not in pages) == []
    assert sorted(name for name in pages if asks[name] in ("form", "preview")) == []
