"""How rows are written: a stored one by naming its columns, what the service told by the mirror alone.

A row that was read before a lock and then saved whole puts old values over newer ones: one lesson became nine
classes at the service.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from console.outbox.mirrored import Mirrored
from tests.architecture import repository

APPS = ("accounts", "classes", "documents", "console")
#: What writes down what the service told, or how the sending of a row stands.
MIRROR = {"mirror", "mirrored", "outbound", "inbound", "sync_state"}
MIRROR_TOO = {
    "console/outbox/bulk_services.py": "as `reflect`, for many rows at once",
    "classes/outbound/create.py": "the answer to a create",
    "accounts/people/erasure.py": "what the service told of somebody who is erased",
    "classes/lessons/entry_operations.py": "the answer to an entry",
    "classes/timetable/bulk/cancellation.py": "as `reflect`, for many rows whose commands were taken back",
}
#: `save()` that writes no row that was read: a form, a file, a base class that is handed the names.
NO_ROWS = {"form", "files", "storage", "track.copy", "self", "super()", "upright", "request.session"}


def calls(*methods: str) -> Iterator[tuple[str, ast.Call, str, str, set[str | None]]]:
    """Every call of such a method in the program: module, call, receiver, method, keywords."""
    for path, tree in repository.parsed(modules(), rf"\.(?:{'|'.join(methods)})\("):
        for call in ast.walk(tree):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                continue
            if call.func.attr in methods:
                receiver = ast.unparse(call.func.value)
                keywords = {keyword.arg for keyword in call.keywords}
                yield repository.name(path), call, receiver, call.func.attr, keywords


def modules() -> list[Path]:
    return [
        path
        for path in repository.code()
        if repository.top(path) in APPS
        and "migrations" not in path.parts
        and not repository.name(path).startswith("console/sandbox/")
    ]


def is_mirror(module: str) -> bool:
    path = Path(module)
    return bool(MIRROR & {path.stem, *path.parent.parts}) or module in MIRROR_TOO


def test_a_stored_row_is_saved_by_naming_its_columns() -> None:
    whole = [
        f"{module}:{call.lineno} {receiver}.save()"
        for module, call, receiver, method, keywords in calls("save")
        if not keywords & {"update_fields", "force_insert"} and receiver not in NO_ROWS
    ]
    assert whole == []


def test_only_the_mirror_writes_what_the_service_told() -> None:
    elsewhere = [
        f"{module}:{call.lineno} {receiver}.{method}()"
        for module, call, receiver, method, keywords in calls("save_mirrored", "update")
        if (method == "save_mirrored" or keywords & Mirrored.MIRROR_COLUMNS) and not is_mirror(module)
    ]
    assert elsewhere == []
