"""Figures as they are judged and written into the page."""

import pytest

from bench.figures import Figure, measure_in_turns, write

SLOWER = Figure("a page", "10 ms", "20 ms", 2.0, 1.5)
FASTER = Figure("looks", "9/s", "120/s", 13.3, 12.0, at_least=True)


def test_a_bar_is_a_most_or_a_least():
    assert (SLOWER.met, FASTER.met) == (False, True)
    assert (SLOWER.asked, FASTER.asked) == ("≤ 1.5×", "≥ 12×")


def test_ways_take_turns_and_the_first_round_is_not_counted():
    order = []
    ways = [lambda: order.append("ours") or len(order), lambda: order.append("theirs") or len(order)]
    assert measure_in_turns(2, *ways) == [[3, 5], [4, 6]]
    assert order == ["ours", "theirs"] * 3


def test_the_program_writes_between_its_marks_and_nowhere_else(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- one -->\nold\n<!-- /one -->\nafter\n<!-- two -->\nkept\n<!-- /two -->\n")
    write("one", [SLOWER, FASTER], ["a note"], page)
    told = page.read_text()
    assert "| a page | 10 ms | 20 ms | 2× | ≤ 1.5× | **missed** |" in told
    assert "| looks | 9/s | 120/s | 13.3× | ≥ 12× | met |" in told
    assert "- a note" in told
    assert "commit " in told
    assert "seed 1" in told
    assert "old" not in told
    assert told.startswith("before\n")
    assert told.endswith("after\n<!-- two -->\nkept\n<!-- /two -->\n")
    with pytest.raises(ValueError, match="three"):
        write("three", [], (), page)
