"""The bars of the code base that `make figures` measures; those that take a moment only."""

from pathlib import Path

from bench import code_figures
from bench.code_figures import LEAST_LINES, LONG_MODULES, MOST_LINES, MOST_SIBLINGS, Module


def test_no_package_has_more_parts_than_a_reader_can_hold() -> None:
    assert {name for name, most in MOST_SIBLINGS.items() if len(code_figures.siblings(name)) > most} == set()


def test_no_import_closes_a_circle_or_leads_to_a_higher_layer() -> None:
    assert code_figures.import_cycles() == []
    assert code_figures.upward_imports() == []


def test_modules_are_neither_fragments_nor_volumes() -> None:
    modules = code_figures.modules()

    assert code_figures.short_modules(modules) == []
    assert code_figures.long_modules(modules) == []


def test_a_module_that_may_be_long_exists() -> None:
    assert set(LONG_MODULES) <= {str(module.path) for module in code_figures.modules()}


def test_hardly_a_function_is_longer_than_a_screen() -> None:
    lengths = code_figures.function_lengths(code_figures.modules())

    assert len(code_figures.long_functions(lengths)) <= len(lengths) * 0.005


def test_what_is_too_long_or_too_short_is_named_with_its_lines() -> None:
    found = [
        Module(Path("classes/long.py"), "x = 1\n" * (MOST_LINES + 1)),
        Module(Path("classes/short.py"), "x = 1\n" * (LEAST_LINES - 1)),
        Module(Path("classes/urls.py"), "x = 1\n"),
        Module(Path("console/settings.py"), "x = 1\n" * (MOST_LINES + 1)),
    ]

    assert code_figures.long_modules(found) == ["classes/long.py (351)"]
    assert code_figures.short_modules(found) == ["classes/short.py (19)"]


def test_the_lines_of_a_function_reach_from_its_definition_to_its_end() -> None:
    body = "    x = 1\n" * 40
    found = [
        Module(Path("classes/services.py"), f"@decorated\ndef long():\n{body}\n\ndef short():\n    pass\n")
    ]

    lengths = code_figures.function_lengths(found)

    assert lengths == {"classes/services.py:2 long": 41, "classes/services.py:45 short": 2}
    assert code_figures.long_functions(lengths) == ["classes/services.py:2 long (41)"]


def test_a_line_without_types_is_found(tmp_path: Path) -> None:
    (tmp_path / "classes" / "migrations").mkdir(parents=True)
    (tmp_path / "classes" / "migrations" / "0001_initial.py").write_text("x = 1  # type: ignore\n")
    (tmp_path / "classes" / "views.py").write_text("x = 1\ny = x  # type: ignore[misc]\n")

    found = code_figures.modules(tmp_path)

    assert code_figures.ignored_types(found) == ["classes/views.py:2"]
    assert code_figures.count_lines(found) == 2
