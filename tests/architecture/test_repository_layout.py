"""The house: what stands at its top level, how long a module may be, where imports stand."""

import ast

from tests.architecture import repository

TOP_LEVEL = {
    "README.md": "what this is, how to run it, how to find one's way",
    "CHANGELOG.md": "what each version brought",
    "CONTRIBUTING.md": "how to change it",
    "LICENSE": "what others may do with it",
    "Makefile": "the commands of a developer",
    "manage.py": "the commands of the console",
    "pyproject.toml": "what it needs, and the settings of its tools",
    "requirements.txt": "what runs, locked",
    "requirements-saml.txt": "what sign-in with SAML 2.0 needs, locked",
    "requirements-dev.txt": "what tests need, locked",
    "requirements-node.txt": "npm for a machine that has none, locked",
    "package.json": "what the browser loads from npm",
    "package-lock.json": "the same, locked",
    ".npmrc": "npm: no address in the lock, no scripts",
    ".env.example": "every variable of the environment",
    ".dockerignore": "what no image holds, for engines that look for it here alone",
    ".gitignore": "what is made, not written",
    ".ci": "what runs on every change",
    "console": "the project and the machines that every app stands on",
    "accounts": "schools, people, groups",
    "documents": "courseware",
    "classes": "courses, lessons, attendance, recordings",
    "templates": "pages, by app",
    "static": "style sheets, scripts, pictures, by kind",
    "tests": "mirrors the source",
    "docs": "for people who use, run or change it",
    "bench": "figures, measured",
    "deploy": "examples for a server",
}
LONGEST_MODULE = 400


def test_the_top_level_holds_what_it_is_meant_to_and_nothing_else() -> None:
    assert {repository.top(path) for path in repository.committed()} == set(TOP_LEVEL)


def test_no_module_is_longer_than_one_can_keep_in_mind() -> None:
    """Migrations are written by a machine and read by one."""
    written = [path for path in repository.python() if path.parent.name != "migrations"]
    lengths = {repository.name(path): len(path.read_text().splitlines()) for path in written}

    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_no_import_stands_inside_a_function() -> None:
    """A circle of imports is a question of design; hiding it in a function is no answer. Only `ready()` of an
    app imports what registers itself, for that needs the models."""
    inside = [
        f"{repository.name(path)}:{statement.lineno}"
        for path, tree in repository.parsed(repository.code(), r"^[ \t]+(?:import|from)\b")
        if path.name != "apps.py"
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for statement in ast.walk(function)
        if isinstance(statement, ast.Import | ast.ImportFrom)
    ]

    assert inside == []
