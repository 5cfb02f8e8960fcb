"""The build backend of pyproject.toml (PEP 517), which builds nothing and says what to do instead.

A wheel of the console would lack what it runs with: the npm packages of the browser and
the environment that `.ci/setup` makes. An empty one would look like a success.
"""

from typing import Any, NoReturn

SENTENCE = (
    "iclass console is not distributed as a wheel: run `make install` in its folder, or `make bundle` for a "
    "machine without package registries."
)


def refuse(*_arguments: Any, **_options: Any) -> NoReturn:
    """End the build with the sentence alone, without a traceback of this module."""
    raise SystemExit(SENTENCE)


build_wheel = build_sdist = build_editable = refuse
get_requires_for_build_wheel = get_requires_for_build_sdist = get_requires_for_build_editable = refuse
