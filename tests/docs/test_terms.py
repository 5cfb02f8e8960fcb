"""docs/terms.md: the interface calls each thing by one name, and keeps technical words to technical pages."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.test_translations import (
    CATALOGUES,
    IN_BLOCKS,
    IN_TEMPLATES,
    entries,
    looked_up,
    modules,
    spelled,
)
from tests.support.environment import ROOT

PAGE = ROOT / "docs/terms.md"
HAN = re.compile("[\u4e00-\u9fff]")
#: The tags around and between the texts of a translated block of a template.
BLOCK_TAG = re.compile(r"{%-?\s*(?:(?:end)?blocktrans(?:late)?\b.*?|plural\s*)%}", re.DOTALL)
VARIABLE = re.compile(r"{{\s*(\w+)\s*}}")
#: Where technical words may stand: details, the iclass connection, webhooks, the audit trail, the admin.
TECHNICAL_PLACES = (
    "classes/lessons/remote_panel.py",
    "console/audit/",
    "console/audit_pages/",
    "console/inbox/",
    "console/outbox/",
    "console/ui/admin_labels.py",
    "console/webhooks/",
    "templates/audit/",
    "templates/inbox/",
    "templates/outbox/",
    "templates/webhooks/",
)


def rows(heading: str) -> list[list[str]]:
    """The cells of every table below a heading of the page, without the heads of the tables."""
    _, _, below = PAGE.read_text(encoding="utf-8").partition(f"\n{heading}\n")
    part = re.split(r"^## ", below, maxsplit=1, flags=re.MULTILINE)[0]
    tables = re.findall(r"^\|.*\n\|-.*\n((?:\|.*\n)+)", part, re.MULTILINE)
    lines = [line for table in tables for line in table.splitlines()]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def listed(cell: str) -> list[str]:
    return [word.strip() for word in cell.split("·") if word.strip()]


def translations(entry: dict[str, str]) -> list[str]:
    return [text for name, text in entry.items() if name.startswith("msgstr")]


ENTRIES = [entry for path in CATALOGUES for entry in entries(path)]
ENGLISH = [entry[name] for entry in ENTRIES for name in ("msgid", "msgid_plural") if name in entry]
CHINESE = [text for entry in ENTRIES for text in translations(entry)]
IN_CHINESE: dict[str, list[str]] = {}
for console_entry in entries(CATALOGUES[0]):
    IN_CHINESE.setdefault(console_entry["msgid"], []).extend(translations(console_entry))
HANDBOOKS = sorted([*(ROOT / "docs").glob("handbook-*.zh.md"), ROOT / "docs/first-lesson.zh.md"])
TERMS = rows("## Names of things")
TECHNICAL_WORDS = rows("## Technical words")

each_term = pytest.mark.parametrize("row", TERMS, ids=lambda row: row[1])


def says(text: str, word: str) -> bool:
    """Whether an English text has the word, also in the plural."""
    return re.search(rf"\b{re.escape(word)}(?:e?s)?\b", text, re.IGNORECASE) is not None


def without(text: str, words: list[str]) -> str:
    """The text with the words cut out: 假日 is no variant within 节假日."""
    for word in words:
        text = text.replace(word, "\n")
    return text


def texts_of_template(template: Path) -> Iterator[str]:
    """The strings that a template translates, as the catalogue writes them."""
    source = template.read_text(encoding="utf-8")
    for match in IN_TEMPLATES.finditer(source):
        yield match[2]
    for block in IN_BLOCKS.findall(source):
        yield from (VARIABLE.sub(r"%(\1)s", " ".join(text.split())) for text in BLOCK_TAG.split(block))


def texts_by_place() -> Iterator[tuple[str, str]]:
    """Every string that a module or a template of the console translates, with the path of its file."""
    for path in modules():
        for given in looked_up(path.read_text(encoding="utf-8"), IN_CHINESE):
            yield from ((str(path.relative_to(ROOT)), text) for text in given if text)
    for template in sorted((ROOT / "templates").rglob("*.html")):
        for text in texts_of_template(template):
            yield str(template.relative_to(ROOT)), spelled(text)


def test_the_page_lists_terms_and_technical_words() -> None:
    assert len(TERMS) >= 50
    assert all(len(row) == 4 for row in TERMS)
    assert len(TECHNICAL_WORDS) >= 8
    assert all(len(row) == 3 for row in TECHNICAL_WORDS)


@each_term
def test_both_catalogues_use_the_term(row: list[str]) -> None:
    _, english, chinese, _ = row
    assert any(says(text, english) for text in ENGLISH), english
    assert any(chinese in text for text in CHINESE), chinese


@each_term
def test_no_text_uses_another_name(row: list[str]) -> None:
    _, english, chinese, variants = row
    for variant in listed(variants):
        if HAN.search(variant):
            found = [text for text in CHINESE if variant in without(text, [chinese])]
        else:
            found = [text for text in ENGLISH if says(text, variant)]
        assert not found, f"“{variant}” instead of “{english}” or “{chinese}”"


def test_technical_words_stand_on_technical_pages_alone() -> None:
    said = {
        (place, word)
        for place, text in set(texts_by_place())
        for word, _, allowed in TECHNICAL_WORDS
        if any(word in without(one, listed(allowed)) for one in IN_CHINESE.get(text, []))
    }
    assert len(said) >= 5, "no text is found in its place any more"
    misplaced = {f"{place}: {word}" for place, word in said if not place.startswith(TECHNICAL_PLACES)}
    assert not misplaced, "\n".join(sorted(misplaced))


@pytest.mark.parametrize("page", HANDBOOKS, ids=lambda path: path.name)
def test_the_handbooks_use_the_terms(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    found = {
        variant: chinese
        for _, _, chinese, variants in TERMS
        for variant in listed(variants)
        if HAN.search(variant) and variant in without(text, [chinese])
    }
    assert not found
