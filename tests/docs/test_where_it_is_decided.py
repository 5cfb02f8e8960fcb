"""docs/architecture.md, "Where it is decided": each place that a question leads to exists."""

import ast
import re

import pytest

from tests.support.environment import ROOT

PAGE = ROOT / "docs/architecture.md"
CELL = re.compile(r"`([\w/]+\.(?:py|html))`((?:,? (?:and )?`\w+`)*)")


def questions() -> list[list[str]]:
    """The lines of the table: question and place."""
    _, _, below = PAGE.read_text().partition("\n## Where it is decided\n")
    lines = [line for line in below.partition("\n## ")[0].splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def names_of(path: str) -> set[str]:
    """The functions, classes and constants of a module."""
    found: set[str] = set()
    for node in ast.parse((ROOT / path).read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        targets = node.targets if isinstance(node, ast.Assign) else getattr(node, "target", None)
        for target in targets if isinstance(targets, list) else [targets]:
            if isinstance(target, ast.Name):
                found.add(target.id)
    return found


@pytest.mark.parametrize(("question", "place"), questions(), ids=lambda cell: cell[:40])
def test_the_place_that_answers_a_question_exists(question: str, place: str) -> None:
    cited = CELL.findall(place)
    assert question.endswith("?")
    assert cited, place
    for path, named in cited:
        assert (ROOT / path).is_file(), path
        if path.endswith(".py"):
            names = set(re.findall(r"`(\w+)`", named))
            assert names, f"{path} names nothing"
            assert names <= names_of(path), path


def test_ten_questions_of_a_newcomer_are_answered() -> None:
    assert len(questions()) >= 10
