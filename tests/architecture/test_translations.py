"""Every string that a page shows is there in Chinese, and the compiled catalogue is that of the text."""

import gettext
import re
from pathlib import Path

import pytest

from tests.support.environment import ROOT

CATALOGUES = [
    ROOT / "console/locale/zh_Hans/LC_MESSAGES/django.po",
    ROOT / "console/locale/zh_Hans/LC_MESSAGES/djangojs.po",
    ROOT / "console/sandbox/locale/zh_Hans/LC_MESSAGES/django.po",
]
ENTRY = re.compile(r'^(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) "(.*)"$|^"(.*)"$')
IN_TEMPLATES = re.compile(r"""{%\s*translate\s+(["'])(.+?)\1""")


def entries(path: Path) -> list[dict[str, str]]:
    """The entries of a .po file, each with its parts; comments are left out."""
    found: list[dict[str, str]] = []
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        parts: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if match := ENTRY.match(line):
                name = match[1] or name
                parts[name] = parts.get(name, "") + (match[2] if match[1] else match[3])
        parts["fuzzy"] = "yes" if re.search(r"^#,.*fuzzy", block, re.MULTILINE) else ""
        if parts.get("msgid"):
            found.append(parts)
    return found


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_left_untranslated_or_guessed(path: Path) -> None:
    open_ones = [
        entry["msgid"]
        for entry in entries(path)
        if entry["fuzzy"] or not (entry.get("msgstr") or entry.get("msgstr[0]"))
    ]
    assert not open_ones


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_compiled_catalogue_is_that_of_the_text(path: Path) -> None:
    with path.with_suffix(".mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)
    for entry in entries(path):
        if "msgid_plural" in entry or "\\" in entry["msgid"] or "msgctxt" in entry:
            continue
        told = catalogue.gettext(entry["msgid"])
        assert told == entry["msgstr"].replace('\\"', '"').replace("\\n", "\n"), entry["msgid"]


def test_every_string_of_a_template_stands_in_the_catalogue() -> None:
    known = {entry["msgid"].replace('\\"', '"') for entry in entries(CATALOGUES[0])}
    missing = {
        match[2]
        for template in (ROOT / "templates").rglob("*.html")
        for match in IN_TEMPLATES.finditer(template.read_text(encoding="utf-8"))
        if match[2] not in known
    }
    assert not missing
