"""The pages for users hold: two languages side by side, and the words on the screen as they stand there."""

import gettext
import re
from functools import cache
from pathlib import Path

import pytest

from tests.support.environment import ROOT

DOCS = ROOT / "docs"
CATALOGUES = [
    *(ROOT / "console/locale/zh_Hans/LC_MESSAGES").glob("*.mo"),
    *(ROOT / "console/sandbox/locale/zh_Hans/LC_MESSAGES").glob("*.mo"),
]
HANDBOOKS = sorted(path for path in DOCS.glob("handbook-*.md") if not path.name.endswith(".zh.md"))
PAGES = sorted(path.with_name(path.name.replace(".zh.md", ".md")) for path in DOCS.glob("*.zh.md"))
IMAGE = re.compile(r"!\[[^\]]*\]\((images/[^)]+)\)")
#: A picture larger than this makes its page slow to open.
LARGEST = 100_000

each_page = pytest.mark.parametrize("handbook", PAGES, ids=lambda path: path.stem)


def chinese(handbook: Path) -> Path:
    return handbook.with_name(f"{handbook.stem}.zh.md")


def headings(handbook: Path) -> list[str]:
    return re.findall(r"^(#+) ", handbook.read_text(), re.MULTILINE)


def shown(handbook: Path) -> list[set[str]]:
    """The words on the screen that a handbook names, in bold, heading by heading."""
    parts = re.split(r"^#+ .*$", handbook.read_text(), flags=re.MULTILINE)
    return [
        {" ".join(words.split()) for words in re.findall(r"\*\*(.+?)\*\*", part, re.DOTALL)} for part in parts
    ]


@cache
def words() -> dict[str, set[str]]:
    """The translations of each string that people see."""
    told: dict[str, set[str]] = {}
    for path in CATALOGUES:
        with path.open("rb") as file:
            catalogue = gettext.GNUTranslations(file)._catalog
        for key, translation in catalogue.items():
            source = key[0] if isinstance(key, tuple) else key
            told.setdefault(source.rpartition("\x04")[2], set()).add(translation)
    return told


def test_every_handbook_stands_in_both_languages() -> None:
    assert len(HANDBOOKS) >= 5
    assert [handbook.name for handbook in HANDBOOKS if not chinese(handbook).exists()] == []


@each_page
def test_both_languages_have_the_same_headings(handbook: Path) -> None:
    assert headings(handbook) == headings(chinese(handbook))


@each_page
def test_every_word_of_the_screen_is_one(handbook: Path) -> None:
    english, translated = set().union(*shown(handbook)), set().union(*shown(chinese(handbook)))
    assert english - words().keys() == set()
    assert translated - set().union(*words().values()) == set()


@each_page
def test_both_languages_name_the_same_words_of_the_screen(handbook: Path) -> None:
    for english, translated in zip(shown(handbook), shown(chinese(handbook)), strict=True):
        apart = {word for word in english if not words().get(word, set()) & translated}
        apart |= translated - set().union(*(words().get(word, set()) for word in english))
        assert apart == set()


@each_page
def test_both_languages_have_the_same_pictures_and_none_is_large(handbook: Path) -> None:
    english, translated = (IMAGE.findall(one.read_text()) for one in (handbook, chinese(handbook)))
    assert [name.replace(".en.", ".zh.") for name in english] == translated
    for name in (*english, *translated):
        assert (DOCS / name).stat().st_size <= LARGEST, name
