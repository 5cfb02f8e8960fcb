"""The package stands alone."""

import subprocess
import sys

import console.iclass


def test_it_imports_without_django_and_without_settings() -> None:
    program = "import sys, console.iclass; print([name for name in sys.modules if name.startswith('django')])"
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


def test_what_it_names_it_has() -> None:
    assert all(hasattr(console.iclass, name) for name in console.iclass.__all__)
    assert console.iclass.__all__ == sorted(console.iclass.__all__)


def test_its_docstring_draws_the_whole_error_tree() -> None:
    def below(kind: type) -> set[str]:
        return {kind.__name__}.union(*map(below, kind.__subclasses__()))

    drawn = console.iclass.__doc__ or ""
    assert [name for name in below(console.iclass.IClassError) if name not in drawn] == []
