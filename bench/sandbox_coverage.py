"""Generate docs/sandbox-coverage.md: every field of every endpoint, its example, and the tests that cover it.

`python -m bench.sandbox_coverage` writes it; with `--check` it compares, and exits with 1 if the page is
outdated or a field has no test. Tests declare the fields with `tests.support.covers.covers`.
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
from console.sandbox.paas.views import ENDPOINTS  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests" / "console" / "sandbox"
PAGE = ROOT / "docs" / "sandbox-coverage.md"
EXAMPLES = TESTS / "examples.json"
ANSWERS = "test_examples.py::test_an_example_is_accepted_and_answered_in_the_shape_of_its_own_answer"
DESCRIBED = "test_openapi.py::test_generated_requests_never_break_the_description"


def names(declared: Any, prefix: str = "") -> list[tuple[str, fields.Field]]:
    """Return the fields of an endpoint, including nested ones: `settings.fps`, `members[].role`."""
    found: list[tuple[str, fields.Field]] = []
    for declared_field in declared:
        name = f"{prefix}{declared_field.name}"
        found.append((name, declared_field))
        if isinstance(declared_field, fields.Object):
            found += names(declared_field.fields, f"{name}.")
        if isinstance(declared_field, fields.ListOf) and isinstance(declared_field.item, fields.Object):
            found += names(declared_field.item.fields, f"{name}[].")
    return found


def covering_tests() -> dict[tuple[str, str], list[str]]:
    """Return the tests that cover each field, by the decorators of the tests."""
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
    """Store a constant that decorators may unpack (`*CARD`)."""
    target = node.targets[0]
    if isinstance(target, ast.Name):
        try:
            scope[target.id] = ast.literal_eval(node.value)
        except ValueError:
            return


def marks(node: ast.FunctionDef, scope: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the pairs of `@covers(endpoint, field, …)` on a test."""
    found = []
    for mark in node.decorator_list:
        if not (isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "covers"):
            continue
        arguments: list[str] = []
        for argument in mark.args:
            if isinstance(argument, ast.Starred) and isinstance(argument.value, ast.Name):
                arguments += list(scope[argument.value.id])
            else:
                arguments.append(str(ast.literal_eval(argument)))
        found += [(arguments[0], field) for field in arguments[1:]]
    return found


def in_example(example: Any, name: str) -> bool:
    """Return whether the document's example has the field."""
    for part in name.replace("[]", ".[]").split("."):
        if part == "[]":
            example = example[0] if isinstance(example, list) and example else None
        elif isinstance(example, dict) and part in example:
            example = example[part]
        else:
            return False
    return True


def examples() -> dict[tuple[str, str], Any]:
    """Return the document's examples by endpoint and kind."""
    kept = json.loads(EXAMPLES.read_text())
    return {
        (example["of"], example["kind"]): json.loads(example["text"].replace(",\n}", "\n}"))
        for example in kept
    }


def rows() -> list[tuple[str, str, str, str, str, list[str]]]:
    """Return rows of endpoint, way, field, source, example and tests."""
    tests, kept = covering_tests(), examples()
    found = []
    for path, endpoint in ENDPOINTS.items():
        for way, declared, kind in (
            ("asks", endpoint.fields, "request"),
            ("answers", endpoint.answer, "response"),
        ):
            for name, declared_field in names(declared):
                example = "yes" if in_example(kept[path, kind], name) else "–"
                by = (
                    tests.get((path, name), [])
                    if way == "asks"
                    else [ANSWERS if example == "yes" else DESCRIBED]
                )
                found.append((path, way, name, declared_field.source, example, by))
    return found


def page() -> tuple[str, list[str]]:
    """Return the page, and the documented fields without a test."""
    found = rows()
    gaps = [f"{path} {name}" for path, _, name, _, _, by in found if not by]
    asked = [row for row in found if row[1] == "asks"]
    lines = [
        "# What the sandbox implements, field by field",
        "",
        "Made by `python -m bench.sandbox_coverage`; a test fails while it is stale.",
        "",
        f"{len(ENDPOINTS)} endpoints, {len(asked)} request fields, {len(asked) - len(gaps)} shown by a "
        f"test of their own, {len(found) - len(asked)} answer fields, {len(knobs.KNOBS)} knobs.",
        "",
        "| endpoint | way | field | source | example | shown by |",
        "|---|---|---|---|---|---|",
    ]
    for path, way, name, source, example, by in found:
        tests = "<br>".join(f"`{test}`" for test in by) or "**none**"
        lines.append(f"| {path} | {way} | `{name}` | {source} | {example} | {tests} |")
    lines += ["", "## Knobs", "", "| knob | default | choices | source | about |", "|---|---|---|---|---|"]
    for knob in knobs.KNOBS:
        choices = ", ".join(map(str, knob.choices)) or "a number"
        lines.append(f"| `{knob.name}` | {knob.default} | {choices} | {knob.source} | {knob.about} |")
    return "\n".join(lines) + "\n", gaps


def main(check: bool) -> int:
    """Write or compare the page."""
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
