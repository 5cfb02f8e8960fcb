"""The words around the code hold: links, files, commands and variables that they name exist."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.architecture import repository
from tests.support.environment import ROOT

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
INLINE_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
FENCE = re.compile(r"^ *```.*?^ *```$", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
ASSIGNED = re.compile(r"^#?([A-Z][A-Z0-9_]+)=", re.MULTILINE)
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]+")

#: Read in the code, but not for a person to set.
SET_BY_PROGRAMS = {
    "PATH": "the machine's",
    "MAKELEVEL": "make tells its children that they are its children",
    "SANDBOX_DATA": "the sandbox command hands its --data to its settings",
}
#: How the code reads the environment: these objects, and these functions by their first argument.
ENVIRONMENTS = {"os.environ", "env", "env.env"}
READERS = {"seconds", "_port"}
DOCUMENTS = [pytest.param(path, id=repository.name(path)) for path in sorted(ROOT.glob("*.md"))]
DOCUMENTS += [pytest.param(path, id=repository.name(path)) for path in sorted(ROOT.glob("docs/**/*.md"))]
DOCUMENTS += [pytest.param(path, id=repository.name(path)) for path in sorted(ROOT.glob("tests/**/*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document: Path) -> None:
    dead = [target for target in LINK.findall(_prose(document)) if not _there(document, target)]

    assert dead == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_named_in_a_sentence_exists(document: Path) -> None:
    folders = {repository.top(path) for path in repository.committed() if path.parent != ROOT}
    named = [words for words in INLINE_CODE.findall(_prose(document)) if re.fullmatch(r"[\w./-]+", words)]

    missing = [
        path for path in named if "/" in path and path.split("/")[0] in folders and not (ROOT / path).exists()
    ]

    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_exists(document: Path) -> None:
    text = document.read_text()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    made = set(re.findall(r"(?:^|`)(?:[A-Z_]+=\S+ )*make ([a-z]+)", text, re.MULTILINE))
    managed = set(re.findall(r"manage\.py ([a-z_]+)", text))

    assert made - targets == set()
    assert managed - set(get_commands()) - {"sandbox", "help"} == set()


def test_every_variable_that_the_code_reads_is_explained() -> None:
    assert _read_in_code() - set(SET_BY_PROGRAMS) - _explained() == set()


def test_every_variable_that_is_explained_is_read() -> None:
    assert _explained() - _read_in_code() == set()


def test_the_example_for_a_server_names_only_variables_that_are_explained() -> None:
    assert _set_in("deploy/console.env.example") - _explained() == set()


def test_nothing_is_put_off_in_a_comment() -> None:
    word = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
    texts = [path for path in repository.committed() if path.suffix in {".py", ".html", ".css", ".js", ".md"}]

    assert [repository.name(path) for path in texts if word.search(path.read_text())] == []


def _prose(document: Path) -> str:
    return FENCE.sub("", document.read_text())


def _there(document: Path, target: str) -> bool:
    """Whether a link's file exists, and in it the heading that it names. Web addresses are not asked."""
    if re.match(r"https?:|mailto:", target):
        return True
    path, _, anchor = target.partition("#")
    file = document.parent / path if path else document
    return file.exists() and (not anchor or anchor in map(_anchor, HEADING.findall(_prose(file))))


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")


def _explained() -> set[str]:
    return _set_in(".env.example")


def _set_in(path: str) -> set[str]:
    """The variables of an example, also those behind a `#`."""
    return set(ASSIGNED.findall((ROOT / path).read_text()))


def _read_in_code() -> set[str]:
    words = rf"\b(?:environ|env)\b|\b(?:{'|'.join(READERS)})\("
    names = (name for _, tree in repository.parsed(repository.code(), words) for name in _names_read(tree))
    return {name for name in names if VARIABLE.fullmatch(name)}


def _names_read(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=of, attr=reader), args=[ast.Constant(value=name), *_]):
                found = ast.unparse(of) in ENVIRONMENTS and reader != "setdefault"
            case ast.Call(func=ast.Name(id=reader), args=[ast.Constant(value=name), *_]):
                found = reader in READERS
            case ast.Subscript(value=of, slice=ast.Constant(value=name), ctx=ast.Load()):
                found = ast.unparse(of) in ENVIRONMENTS
            case ast.Compare(left=ast.Constant(value=name), comparators=[of]):
                found = ast.unparse(of) in ENVIRONMENTS
            case _:
                continue
        if found:
            yield str(name)
