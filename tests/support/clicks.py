"""How many clicks a task takes, printed as one line for each task at the end of the run.

    clicks.count(page)                 before the page is opened, or on the page that the task begins on
    clicks.done("a day of cover")      →    task a day of cover: 5 clicks (at most 5)

A click is a press of the mouse or a tap, on any page of the tab. A choice from a list is two: Chromium draws
the list outside of the page. Keys count, but for those that type a text. This module is a pytest plugin,
named in tests/conftest.py.
"""

from collections.abc import Callable
from typing import Any

import pytest

KEY = "task"
#: The tasks of a school: the file of tests/browser with the test that counts, and the most clicks and keys.
TASKS: dict[str, tuple[str, int | None]] = {
    "what needs me today": ("test_home.py", None),
    "a course of ten lessons with a conflict": ("test_plan_course.py", None),
    "move a lesson, refused once and then done": ("test_timetable.py", None),
    "cancel a lesson with a reason": ("test_undo.py", None),
    "call somebody who is missing in a running lesson": ("test_own_group_calls.py", 3),
    "close a register on a phone with one correction": ("test_register_on_phone.py", 6),
    "a day of cover, from its list": ("test_cover.py", 5),
    "leave from request to register": ("test_leave.py", 6),
    "who is absent too often: a note, and the warning closed": ("test_warnings.py", None),
    "a report as picture, print, Excel and mail": ("test_reports.py", None),
    "import with three mistakes": ("test_few_clicks.py", 4),
    "two files of courseware onto a lesson": ("test_attach_courseware.py", None),
    "the minute that a student missed": ("test_courseware_and_recordings.py", None),
    "what did not reach the service is sent again": ("test_few_clicks.py", 1),
    "operator's visit with a forgotten reason": ("test_import_people.py", None),
    "search": ("test_search.py", None),
    "language, dark, keyboard, 400 %": ("test_menu.py", 3),
    "service away": ("test_live_wall.py", 1),
    "wrong input in five forms": ("test_keyboard.py", None),
}
#: Kept by the tab, so that a click that leads to another page is not lost.
COUNT = """() => {
  const add = (name, number) => {
    sessionStorage[name] = Number(sessionStorage[name] ?? 0) + number;
  };
  const typed = "input:not([type=checkbox], [type=radio], [type=submit]), select, textarea";
  addEventListener("pointerdown", (event) => { if (event.isTrusted) add("clicks", 1); }, true);
  addEventListener("change", (event) => {
    if (!event.isTrusted && event.target.matches("select")) add("clicks", 2);
  }, true);
  addEventListener("keydown", (event) => {
    const types = event.key.length === 1 && !event.ctrlKey && !event.metaKey && event.target.matches(typed);
    if (event.isTrusted && !types) add("keys", 1);
  }, true);
}"""
READ = "name => Number(sessionStorage[name] ?? 0)"
_lines: list[str] = []


class Clicks:
    """The clicks and keys of one task, on all pages that it counts."""

    def __init__(self, record_property: Callable[[str, object], None]) -> None:
        self._record = record_property
        self._pages: list[Any] = []

    def count(self, page: Any) -> None:
        """Count what is done on this page from now on, and on those that follow in its tab."""
        page.add_init_script(f"({COUNT})()")
        if page.url != "about:blank":
            page.evaluate(COUNT)
        self._pages.append(page)

    @property
    def number(self) -> int:
        """Clicks and taps until now."""
        return self._sum("clicks")

    def done(self, task: str) -> None:
        """Print what the task took; fails where that is more than it may take."""
        clicks, keys, (_file, most) = self.number, self._sum("keys"), TASKS[task]
        line = f"task {task}: {clicks} clicks" + (f", {keys} keys" if keys else "")
        line += f" (at most {most})" if most else ""
        print(line)
        self._record(KEY, line)
        assert most is None or clicks + keys <= most, line

    def _sum(self, name: str) -> int:
        return sum(page.evaluate(READ, name) for page in self._pages)


@pytest.fixture
def clicks(record_property: Callable[[str, object], None]) -> Clicks:
    return Clicks(record_property)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Lines travel on the report, so that they reach the process that prints the summary."""
    if report.when == "call":
        _lines.extend(str(line) for key, line in report.user_properties if key == KEY)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if _lines:
        terminalreporter.section("tasks")
        for line in sorted(_lines):
            terminalreporter.write_line(line)
