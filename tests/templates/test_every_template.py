"""Rules that hold for every template of the console: it compiles, says its contract, runs nothing inline."""

import importlib
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

FOLDER = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(str(file.relative_to(FOLDER)) for file in FOLDER.rglob("*.html"))
#: Rows of long tables (docs/decisions/0035-html-in-templates.md).
JINJA = sorted(str(file.relative_to(FOLDER)) for file in FOLDER.rglob("*.jinja"))

# What the content security policy would refuse, or what would ask a host of others.
FORBIDDEN = {
    "an inline style": r"\sstyle\s*=|<style\b",
    "an inline script": r"<script(?![^>]*\ssrc=)",
    "an event handler": r"<[^>]*\s(?:on[a-z]+|hx-on[:\w-]*)\s*=",
    "a script in an address": r"javascript:",
    "evaluated words": r"hx-(?:vals|headers)\s*=\s*['\"]js:",
    "a host of others": r"(?:src|href)\s*=\s*['\"](?:https?:)?//",
}


#: A class of ours by its module.
CLASS = re.compile(r"\b((?:accounts|classes|console|documents)(?:\.[a-z_]+)+)\.([A-Z][A-Za-z]+)")


def source(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_compiles(name: str) -> None:
    assert get_template(name)


@pytest.mark.parametrize("name", JINJA)
def test_a_jinja_template_compiles_and_escapes_every_value(name: str) -> None:
    assert get_template(name, using="jinja2")
    assert "{# " in source(name).splitlines()[0], "its contract stands at its head"
    assert [word for word in ("|safe", "autoescape", "Markup") if word in source(name)] == []


@pytest.mark.parametrize("name", TEMPLATES + JINJA)
def test_it_runs_nothing_inline_and_asks_no_other_host(name: str) -> None:
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", source(name), flags=re.DOTALL)
    found = [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text, re.IGNORECASE)]
    assert found == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_states_its_contract_at_its_head(name: str) -> None:
    assert "{% comment %}" in "\n".join(source(name).splitlines()[:3])


@pytest.mark.parametrize("name", TEMPLATES + JINJA)
def test_every_icon_that_it_names_exists(name: str) -> None:
    icons = Path(settings.BASE_DIR) / "node_modules/@tabler/icons/icons/outline"
    named = re.findall(r'(?:{% icon |icon\(|icon_name=)"([a-z0-9-]+)"', source(name))
    assert [icon for icon in named if not (icons / f"{icon}.svg").is_file()] == []


def test_every_empty_page_says_what_to_do() -> None:
    """Whoever includes it hands on a sentence or a next step; the list that has neither is always told."""
    silent = [
        name
        for name in TEMPLATES
        for tag in re.findall(r'{% include "partials/empty.html" with [^%]*%}', source(name))
        if "…" not in tag and "text=" not in tag and "action_url=" not in tag and name != "generic/list.html"
    ]
    assert silent == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_column_beside_another_has_its_place_before_it_arrives(name: str) -> None:
    """Where it makes its own place the page has been drawn without it already, and moves."""
    text = source(name)
    if "column-aside" in text:
        assert "columns-two" in text
    if '{% extends "generic/form.html" %}' in text:
        assert name == "generic/form_beside.html" or "{% block aside %}" not in text, "nobody would see it"


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_class_that_a_comment_names_is_there(name: str) -> None:
    for module, item in CLASS.findall(source(name)):
        assert hasattr(importlib.import_module(module), item), f"{module}.{item}"


def test_colours_have_their_names_in_one_place() -> None:
    """The page of a fault of ours stands alone: it needs no other file."""
    colour = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|oklab)a?\(", re.IGNORECASE)
    sheets = Path(settings.BASE_DIR) / "static/css"
    found = [
        f"{sheet.name}: {line.strip()[:90]}"
        for sheet in sorted(sheets.glob("*.css"))
        if sheet.name not in ("tokens.css", "error.css")
        for line in sheet.read_text(encoding="utf-8").splitlines()
        if colour.search(line)
    ]
    assert found == []
