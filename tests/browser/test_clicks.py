"""What counts as a click and as a key, and that each task of a school is counted."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.support.clicks import TASKS, Clicks

PAGE = """<title>Clicks</title><button>Press</button>
<label>Tick <input type=checkbox></label><input name=text>
<select><option>One<option>Two</select><a href="/next">Next</a>"""


@pytest.mark.browser
def test_clicks_and_keys_of_a_person_are_counted_over_several_pages(page: Page) -> None:
    lines: list[object] = []
    clicks = Clicks(lambda _key, line: lines.append(line))
    page.route("http://school.example/**", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.goto("http://school.example/")
    clicks.count(page)
    page.get_by_role("button").click()
    page.get_by_text("Tick").click()
    page.get_by_role("link").click()
    page.wait_for_url("**/next")
    page.locator("select").select_option("Two")
    assert clicks.number == 5
    page.evaluate("document.querySelector('button').click()")
    page.locator("[name=text]").press_sequentially("Tea")
    page.keyboard.press("Tab")
    assert clicks.number == 5
    with pytest.raises(AssertionError, match="5 clicks, 1 keys"):
        clicks.done("service away")
    assert lines == ["task service away: 5 clicks, 1 keys (at most 1)"]


@pytest.mark.parametrize(("task", "file"), [(task, file) for task, (file, _most) in TASKS.items()])
def test_each_task_has_its_test(task: str, file: str) -> None:
    assert f'clicks.done("{task}")' in Path(__file__).with_name(file).read_text(encoding="utf-8")
