"""Writes docs/sandbox-coverage.md: every field of every endpoint, its example, and the tests that show it.

`python -m bench.sandbox_coverage` writes; with `--check` it compares and ends with 1 where the page is stale
or a field is shown by no test. Tests say what they show with `tests.support.covers.covers`.
"""

import ast
import json
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import django

os.environ["SANDBOX_DATA"] = tempfile.gettempdir()
os.environ["DJANGO_SETTINGS_MODULE"] = "console.sandbox.settings"
django.setup()

from console.sandbox import fields, knobs  # noqa: E402
from console.sandbox.paas.table import ENDPOINTS  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests" / "console" / "sandbox"
PAGE = ROOT / "docs" / "sandbox-coverage.md"
EXAMPLES = TESTS / "examples.json"
ANSWERS = "test_examples.py::test_an_example_is_accepted_and_answered_in_the_shape_of_its_own_answer"
DESCRIBED = "test_openapi.py::test_generated_requests_never_break_the_description"


def names(declared: Any, prefix: str = "") -> list[tuple[str, fields.Field]]:
    """The fields of an endpoint with the fields within them: `settings.fps`, `members[].role`."""
    found: list[tuple[str, fields.Field]] = []
    for one in declared:
        name = f"{prefix}{one.name}"
        found.append((name, one))
        if isinstance(one, fields.Obj):
            found += names(one.fields, f"{name}.")
        if isinstance(one, fields.ListOf) and isinstance(one.item, fields.Obj):
            found += names(one.item.fields, f"{name}[].")
    return found


def shown() -> dict[tuple[str, str], list[str]]:
    """Which tests show which field, read from the tests' own marks."""
    tests: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in sorted(TESTS.glob("test_*.py")):
        scope: dict[str, Any] = {}
        tree = ast.parse(path.read_text())
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                constant(node, scope)
            if isinstance(node, ast.FunctionDef):
                for endpoint, field in marks(node, scope):
                    tests[endpoint, field].append(f"{path.name}::{node.name}")
    return tests


def constant(node: ast.Assign, scope: dict[str, Any]) -> None:
    """Keep a constant that marks may unpack (`*CARD`)."""
    target = node.targets[0]
    if isinstance(target, ast.Name):
        try:
            scope[target.id] = ast.literal_eval(node.value)
        except ValueError:
            return


def marks(node: ast.FunctionDef, scope: dict[str, Any]) -> list[tuple[str, str]]:
    """The pairs of `@covers(endpoint, field, …)` above a test."""
    found = []
    for mark in node.decorator_list:
        if not (isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "covers"):
            continue
        said: list[str] = []
        for one in mark.args:
            if isinstance(one, ast.Starred) and isinstance(one.value, ast.Name):
                said += list(scope[one.value.id])
            else:
                said.append(str(ast.literal_eval(one)))
        found += [(said[0], field) for field in said[1:]]
    return found


def in_example(example: Any, name: str) -> bool:
    """Whether the document's example has the field."""
    for part in name.replace("[]", ".[]").split("."):
        if part == "[]":
            example = example[0] if isinstance(example, list) and example else None
        elif isinstance(example, dict) and part in example:
            example = example[part]
        else:
            return False
    return True


def examples() -> dict[tuple[str, str], Any]:
    """The document's examples by endpoint and kind."""
    kept = json.loads(EXAMPLES.read_text())
    return {(one["of"], one["kind"]): json.loads(one["text"].replace(",\n}", "\n}")) for one in kept}


def rows() -> list[tuple[str, str, str, str, str, list[str]]]:
    """endpoint, way, field, source, example, tests."""
    tests, kept = shown(), examples()
    told = []
    for path, endpoint in ENDPOINTS.items():
        for way, declared, kind in (
            ("asks", endpoint.fields, "request"),
            ("answers", endpoint.answer, "response"),
        ):
            for name, one in names(declared):
                example = "yes" if in_example(kept[path, kind], name) else "–"
                by = (
                    tests.get((path, name), [])
                    if way == "asks"
                    else [ANSWERS if example == "yes" else DESCRIBED]
                )
                told.append((path, way, name, one.source, example, by))
    return told


def page() -> tuple[str, list[str]]:
    """The page, and the documented fields that no test shows."""
    told = rows()
    gaps = [f"{path} {name}" for path, _, name, _, _, by in told if not by]
    asked = [row for row in told if row[1] == "asks"]
    lines = [
        "# What the sandbox implements, field by field",
        "",
        "Made by `python -m bench.sandbox_coverage`; a test fails while it is stale.",
        "",
        f"{len(ENDPOINTS)} endpoints, {len(asked)} request fields, {len(asked) - len(gaps)} shown by a "
        f"test of their own, {len(told) - len(asked)} answer fields, {len(knobs.KNOBS)} knobs.",
        "",
        "| endpoint | way | field | source | example | shown by |",
        "|---|---|---|---|---|---|",
    ]
    for path, way, name, source, example, by in told:
        tests = "<br>".join(f"`{one}`" for one in by) or "**none**"
        lines.append(f"| {path} | {way} | `{name}` | {source} | {example} | {tests} |")
    lines += ["", "## Knobs", "", "| knob | default | choices | source | about |", "|---|---|---|---|---|"]
    for knob in knobs.KNOBS:
        choices = ", ".join(map(str, knob.choices)) or "a number"
        lines.append(f"| `{knob.name}` | {knob.default} | {choices} | {knob.source} | {knob.about} |")
    return "\n".join(lines) + "\n", gaps


def main(check: bool) -> int:
    """Write or compare."""
    text, gaps = page()
    if not check:
        PAGE.write_text(text)
    stale = PAGE.read_text() != text
    for gap in gaps:
        print(f"no test shows {gap}")
    if stale:
        print(f"{PAGE.name} is stale: run python -m bench.sandbox_coverage")
    return 1 if gaps or stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
