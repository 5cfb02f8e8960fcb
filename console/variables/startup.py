"""The validation of all variables at the start of every program."""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import environ

from console.variables.kinds import InvalidSetting
from console.variables.rules import validate_combinations
from console.variables.table import VARIABLES


def exit_on_invalid_variables(base: Path) -> None:
    """Exit with a sentence for each invalid variable. `base` is the folder of manage.py with its `.env`."""
    try:
        environ.Env.read_env(base / ".env")
    except (OSError, UnicodeDecodeError) as error:
        sys.exit(f"console.E045: {base / '.env'} cannot be read: {error}. Write it as text in UTF-8.")
    if invalid := list(validate_variables(os.environ)):
        sys.exit("\n".join(map(str, invalid)))


def validate_variables(variables: Mapping[str, str]) -> Iterator[InvalidSetting]:
    """Yield a sentence for each invalid variable."""
    for name, kind in VARIABLES.items():
        value = variables.get(name)
        if value is None or (not value and kind.may_be_empty):
            continue
        if invalid := _reference(name, value, variables) or kind.check(name, value):
            yield invalid
    yield from validate_combinations(variables)


def _reference(name: str, value: str, variables: Mapping[str, str]) -> InvalidSetting | None:
    """Check a value that begins with a dollar sign: django-environ takes it for the name of a variable."""
    if not value.startswith("$") or value.lstrip("$") in variables:
        return None
    text = f"{name} begins with $, so it names another variable, which is not set."
    return InvalidSetting("E043", text, "Choose a value that does not begin with $, or set that variable.")
