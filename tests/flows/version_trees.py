"""Copies of the console's code as later versions: each with one more column, other pages and style sheets."""

import shutil
from pathlib import Path

from django.db.migrations.loader import MigrationLoader

from tests.support.environment import ROOT

COPIED = ("accounts", "classes", "console", "documents", "static", "templates")
MODEL = "classes/models/lesson.py"
#: The last column of a lesson, after which each version adds one, and a column whose changes are recorded.
LAST_FIELD = "    revision = models.PositiveIntegerField(default=0, editable=False)\n"
WATCHED = '        "conflict_allowed",\n'
HEAD = '<meta name="viewport"'
MIGRATION = """\
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("classes", "{before}")]
    operations = [{operation}]
"""
ADDITION = 'migrations.AddField("lesson", "{name}", models.{field})'
FIELD = "IntegerField(default=0, db_default=0, editable=False)"


def next_version(folder: Path, before: Path, number: int) -> Path:
    """The version after `before`, which only adds: every one of its pages reads a new column of lessons."""
    tree, name = _copy(folder, before, number), f"added_{number}"
    _add_migration(tree, number, ADDITION.format(name=name, field=FIELD))
    _replace(tree / MODEL, LAST_FIELD, f"{LAST_FIELD}    {name} = models.{FIELD}\n")
    _replace(tree / "classes/models/data_rules.py", WATCHED, f'{WATCHED}        "{name}",\n')
    return tree


def breaking_version(folder: Path, before: Path, number: int) -> Path:
    """A version that removes a column which `before` reads, without a release in between that does not."""
    tree = _copy(folder, before, number)
    _add_migration(tree, number, 'migrations.RemoveField("lesson", "revision")')
    _replace(tree / MODEL, LAST_FIELD, "")
    return tree


def _copy(folder: Path, before: Path, number: int) -> Path:
    tree = folder / f"version{number}"
    tree.mkdir()
    for name in COPIED:
        shutil.copytree(before / name, tree / name)
    for name in ("manage.py", "pyproject.toml", "requirements.txt"):
        shutil.copy2(before / name, tree / name)
    (tree / "node_modules").symlink_to(ROOT / "node_modules")
    _replace(
        tree / "templates/partials/head.html", HEAD, f'<meta name="test-version" content="{number}">{HEAD}'
    )
    with (tree / "static/css/app.css").open("a") as sheet:
        sheet.write(f"/* version {number} */\n")
    return tree


def _add_migration(tree: Path, number: int, operation: str) -> None:
    [(_, newest)] = [one for one in MigrationLoader(None).graph.leaf_nodes() if one[0] == "classes"]
    before = newest if number == 1 else f"9{number - 1:03}_next"
    text = MIGRATION.format(before=before, operation=operation)
    (tree / f"classes/migrations/9{number:03}_next.py").write_text(text)


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, f"{path} has changed: {old!r} is there {text.count(old)} times"
    path.write_text(text.replace(old, new))
