"""Every string that a page shows is there in Chinese, and the compiled catalogue is that of the text."""

import ast
import gettext
import re
from collections.abc import Container, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.utils.translation.template import templatize
from jinja2 import Environment, nodes

from tests.architecture import repository
from tests.support.environment import ROOT
from tests.support.untranslated import NAMES, untranslated_pieces

CATALOGUES = [
    ROOT / "console/locale/zh_Hans/LC_MESSAGES/django.po",
    ROOT / "console/locale/zh_Hans/LC_MESSAGES/djangojs.po",
    ROOT / "console/sandbox/locale/zh_Hans/LC_MESSAGES/django.po",
]
ENTRY = re.compile(r'^(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) "(.*)"$|^"(.*)"$')
#: The calls that look a string up, with how many strings they take.
LOOKUPS = {"_": 1, "gettext": 1, "gettext_lazy": 1, "gettext_noop": 1, "ngettext": 2, "ngettext_lazy": 2}
IN_CONTEXT = {"pgettext": 1, "pgettext_lazy": 1, "npgettext": 2, "npgettext_lazy": 2}
#: Where a string is read by people: keywords of fields, forms and columns, and the sentence of a refusal.
READ_BY_PEOPLE = {"label", "help_text", "verbose_name", "verbose_name_plural", "empty_label"}
REFUSALS = {"ValidationError", "PermissionDenied", "JobFailed"}
#: A call that looks something up, and one with a text that stands in the module as in the catalogue.
LOOKUP = re.compile(rf"\b(?:{'|'.join((*LOOKUPS, *IN_CONTEXT))})\(")
PLAIN_LOOKUP = re.compile(
    r"""\b(?:_|gettext|gettext_lazy|gettext_noop)\(\s*((?:"(?:[^"\\\n]|\\["\\nt])*"\s*)+)[,)]"""
)
PIECE = re.compile(r'"((?:[^"\\]|\\.)*)"')
#: Begins what is written bare: a label or a refusal, and a quote behind it.
BARE = rf"""\b(?:(?:{"|".join(READ_BY_PEOPLE)})=|(?:{"|".join(REFUSALS)})\()(?:[\s(]|#.*\n)*[bru]?["']"""
#: What a template says besides its text: tags, variables, comments.
MACHINERY = re.compile(
    r"{% block \w*_class %}.*?{% endblock %}|{% comment %}.*?{% endcomment %}|{#.*?#}|{%.*?%}|{{.*?}}",
    re.DOTALL,
)
IN_BLOCKS = re.compile(r"{% blocktrans(?:late)?\b.*?{% endblocktrans(?:late)? %}", re.DOTALL)
IN_TEMPLATES = re.compile(r"""{%\s*translate\s+(["'])(.+?)\1""")


@cache
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
    missing |= {
        text
        for template in (ROOT / "templates").rglob("*.jinja")
        for text in strings_of_jinja(template.read_text(encoding="utf-8"))
        if text not in known
    }
    assert not missing


def strings_of_jinja(source: str) -> Iterator[str]:
    """What a Jinja template looks up; `makemessages` finds it only in a tag of one line."""
    tree = Environment(extensions=["jinja2.ext.do"]).parse(source)
    for call in tree.find_all(nodes.Call):
        if getattr(call.node, "name", "") == "_" and isinstance(call.args[0], nodes.Const):
            assert f'_("{call.args[0].value}")' in templatize(source), call.args[0].value
            yield call.args[0].value


def modules() -> Iterator[Path]:
    """Those of the console; the sandbox has a catalogue of its own, its codes are the document's."""
    for folder in ("accounts", "classes", "console", "documents"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts and "sandbox" not in path.parts:
                yield path


def sources(words: str) -> Iterator[tuple[Path, ast.Module]]:
    """The modules of the console with these words."""
    return repository.parsed(modules(), words)


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            yield getattr(called, "id", getattr(called, "attr", "")), node


def constant(node: ast.AST) -> str:
    """The string that is written there; empty for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def spelled(text: str) -> str:
    """As a catalogue writes it."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")


def looked_up(source: str, known: Container[str]) -> Iterator[list[str]]:
    """What each lookup of a module is given, as a catalogue writes it: a text, or one and its plural;
    empty where that is no text.

    Most modules have nothing but plain lookups of what is known, and need not be parsed, which takes long.
    """
    plain = ["".join(PIECE.findall(pieces)) for pieces in PLAIN_LOOKUP.findall(source)]
    if len(plain) == len(LOOKUP.findall(source)) and all(text in known for text in plain):
        yield from ([text] for text in plain)
        return
    for name, call in calls(ast.parse(source)):
        given = (*call.args[: LOOKUPS.get(name, 0)], *call.args[1 : 1 + IN_CONTEXT.get(name, 0)])
        yield [spelled(constant(node)) for node in given]


def test_every_string_of_a_module_stands_in_the_catalogue() -> None:
    known = {entry["msgid"] for entry in entries(CATALOGUES[0])}
    missing = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in modules()
        for given in looked_up(path.read_text(encoding="utf-8"), known)
        for text in given[:1]
        if text and text not in known
    ]
    assert not missing, "\n".join(missing)


def test_a_string_is_looked_up_however_it_is_written() -> None:
    plain = '_("one") + gettext_lazy(\n    "two "\n    "\\"2\\"",\n) + f("none")'
    for known in ({"one", 'two \\"2\\"'}, set[str]()):
        assert sorted(filter(any, looked_up(plain, known))) == [["one"], ['two \\"2\\"']]
    parsed = (
        """_(name) + gettext('three') + ngettext("four", "fours", 4) + pgettext("many", "five") + f("none")"""
    )
    assert sorted(filter(any, looked_up(parsed, ()))) == [["five"], ["four", "fours"], ["three"]]


def test_nothing_that_people_read_is_written_bare_in_a_module() -> None:
    """The description of REST is for programmers, in English."""
    bare = []
    for path, tree in sources(BARE):
        if "api" in (path.stem, *path.parts):
            continue
        for name, call in calls(tree):
            said = [constant(one.value) for one in call.keywords if one.arg in READ_BY_PEOPLE]
            said += [constant(one) for one in call.args[:1] if name in REFUSALS]
            bare += [
                f"{path.relative_to(ROOT)}: {one}"
                for one in said
                if re.search(r"[A-Za-z]{3}", NAMES.sub("", one))
            ]
    assert not bare, "\n".join(bare)


def test_no_template_says_a_word_that_is_not_translated() -> None:
    bare = {
        f"{template.relative_to(ROOT)}: {said}"
        for template in (ROOT / "templates").rglob("*.html")
        for said in untranslated_pieces(
            MACHINERY.sub("", IN_BLOCKS.sub("", template.read_text(encoding="utf-8"))), re.compile("DOCTYPE")
        )
    }
    assert not bare, "\n".join(sorted(bare))


def test_no_script_of_ours_holds_a_sentence() -> None:
    """Words come from the page, in data attributes."""
    said = re.compile(r"""(["'`])([A-Z][a-z]+(?: [a-z]+)+.*?|[a-z]+(?: [a-z]+){2,}.*?)\1""")
    found = {
        f"{script.name}: {match[2]}"
        for script in (ROOT / "static/js").glob("*.js")
        for match in said.finditer(re.sub(r"//.*", "", script.read_text(encoding="utf-8")))
    }
    assert not found, "\n".join(sorted(found))


@pytest.mark.parametrize("package", ["django.conf", "django.contrib.admin", "django.contrib.auth", "allauth"])
def test_what_a_package_says_and_has_no_chinese_for_is_in_our_catalogue(package: str) -> None:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    english, chinese = (
        entries(Path(spec.origin).parent / f"locale/{code}/LC_MESSAGES/django.po")
        for code in ("en", "zh_Hans")
    )
    told = {
        one["msgid"] for one in chinese if (one.get("msgstr") or one.get("msgstr[0]")) and not one["fuzzy"]
    }
    told |= {one["msgid"] for one in entries(CATALOGUES[0])}
    assert not {one["msgid"] for one in (*english, *chinese)} - told
