"""Writes docs/api.md, the reference of REST, from the OpenAPI description that the console gives of itself.

    python docs/reference.py [FILE]

It needs no database. The page is made with the site and not committed.
"""

import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

HERE = Path(__file__).resolve().parent
INTRODUCTION = """# REST

Under `/api/v1/`, JSON both ways. `Authorization: Token …`, with a token of your own (*Your REST tokens* in
the console, or `manage.py apitoken LOGIN`). The same as OpenAPI: `/api/schema/`. Lists are paged: follow
`next`.

Every address may refuse: `400` says at each field what is wrong; `401` wants a token; `403` names the right
or the scope that is missing; `404` stands for what is not there or not in your school; `406` and `415` for
anything but JSON, asked for or sent. All but `400` hold a sentence in `detail`.
"""
#: Told once, in the introduction.
REFUSALS = ("400", "401", "403", "404", "406", "415")


def page(schema: dict[str, Any]) -> str:
    """The whole reference: a chapter a resource, a section an address and method."""
    chapters: dict[str, list[str]] = {}
    for path, methods in sorted(schema["paths"].items()):
        for method, operation in methods.items():
            chapter = (operation.get("tags") or ["other"])[0]
            chapters.setdefault(chapter, []).extend(_section(path, method, operation, schema))
    parts = [INTRODUCTION]
    for chapter, lines in sorted(chapters.items()):
        parts += [f"## {chapter}\n", *lines]
    return "\n".join(parts).rstrip() + "\n"


def _section(path: str, method: str, operation: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    yield f"### `{method.upper()} {path}`\n"
    if told := operation.get("description", "").strip():
        yield f"{told}\n"
    asked = [one for one in operation.get("parameters", ()) if one["in"] == "query"]
    if asked:
        yield "Asks: " + ", ".join(f"`{one['name']}`" for one in asked) + ".\n"
    body = operation.get("requestBody", {}).get("content", {})
    for kind, content in body.items():
        if kind in ("application/json", "multipart/form-data"):
            yield f"Takes (`{kind}`):\n"
            yield from _fields(content["schema"], schema, sent=True)
    for status, answer in operation["responses"].items():
        content = answer.get("content", {}).get("application/json")
        told = answer.get("description", "")
        if status in REFUSALS and not told:
            continue
        yield f"Answers `{status}`{f': {told}' if told else ''}\n"
        if content:
            yield from _fields(content["schema"], schema, sent=False)


def _fields(shape: dict[str, Any], schema: dict[str, Any], *, sent: bool) -> Iterator[str]:
    """A table of the fields of a shape; of a list's, those of its rows."""
    shape = _resolved(shape, schema)
    rows = shape.get("properties", {})
    if "results" in rows:
        shape = _resolved(rows["results"]["items"], schema)
        rows = shape.get("properties", {})
    rows = {name: one for name, one in rows.items() if not (sent and one.get("readOnly"))}
    if not rows:
        return
    required = set(shape.get("required", ()))
    yield "| field | kind | |\n|---|---|---|"
    for name, one in rows.items():
        needed = "needed" if sent and name in required else ""
        told = " ".join(one.get("description", "").split()).replace("|", "\\|")
        yield f"| `{name}` | {_kind(one, schema)} | {' · '.join(part for part in (needed, told) if part)} |"
    yield ""


def _kind(one: dict[str, Any], schema: dict[str, Any]) -> str:
    if one.get("type") == "array":
        return f"list of {_kind(one['items'], schema)}"
    one = _resolved(one, schema)
    if "enum" in one:
        return ", ".join(f"`{value}`" for value in one["enum"])
    return str(one.get("format") or one.get("type") or "any")


def _resolved(shape: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    for wrapper in ("allOf", "oneOf"):
        if len(shape.get(wrapper, ())) >= 1:
            shape = shape[wrapper][0]
    if shape.get("type") == "array":
        shape = shape["items"]
    if "$ref" in shape:
        found: dict[str, Any] = schema["components"]["schemas"][shape["$ref"].rsplit("/", 1)[1]]
        return _resolved(found, schema)
    return shape


def main(target: Path) -> None:
    # Settings ask for no server, only for their names.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
    os.environ.setdefault("SECRET_KEY", "for-this-page")
    sys.path.insert(0, str(HERE.parent))
    django.setup()
    described = io.StringIO()
    call_command("spectacular", "--format", "openapi-json", stdout=described)
    target.write_text(page(json.loads(described.getvalue())), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "api.md")
