"""Walking lists on servers of several habits."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.iclass import Client, HistoryMember, Page, UnreadableItem, walk
from tests.console.iclass.conftest import OK, StubService

Fetch = Callable[[int, int], Page[int]]


def by_offset(rows: list[int], asked: list[int] | None = None) -> Fetch:
    def fetch(index: int, size: int) -> Page[int]:
        if asked is not None:
            asked.append(index)
        lines = rows[index : index + size]
        return Page(lines=lines, finish=index + len(lines) >= len(rows), total=len(rows))

    return fetch


def by_page_number(rows: list[int], *, finish_by_page: bool) -> Fetch:
    def fetch(index: int, size: int) -> Page[int]:
        lines = rows[index * size : (index + 1) * size]
        done = (index + 1) * size if finish_by_page else index + len(lines)
        return Page(lines=lines, finish=done >= len(rows), total=len(rows))

    return fetch


def same(line: int) -> int:
    return line


@pytest.mark.parametrize(("count", "asked"), [(0, [0]), (1, [0]), (100, [0]), (101, [0, 100])])
def test_a_walk_asks_for_no_more_pages_than_there_are(count: int, asked: list[int]) -> None:
    seen: list[int] = []
    walked = walk(by_offset(list(range(count)), seen), same)
    assert (walked.lines, walked.total, walked.complete) == (list(range(count)), count, True)
    assert seen == asked
    assert walked.pages == len(asked)


@given(st.integers(0, 60), st.integers(1, 20), st.sampled_from(["offset", "page", "page, finish by page"]))
def test_a_walk_sees_everything_whichever_way_the_server_counts(count: int, size: int, habit: str) -> None:
    rows = list(range(count))
    fetch = by_offset(rows) if habit == "offset" else by_page_number(rows, finish_by_page="finish" in habit)
    walked = walk(fetch, same, size=size)
    assert sorted(walked.lines) == rows
    assert walked.complete


def test_a_server_that_never_finishes_and_repeats_itself_is_left() -> None:
    walked = walk(lambda index, size: Page(lines=[1, 2], finish=False, total=9), same, size=2)
    assert (walked.lines, walked.complete) == ([1, 2], False)
    assert walked.pages <= 4


def test_a_walk_stops_at_its_cap() -> None:
    walked = walk(by_offset(list(range(1000))), same, size=10, cap=30)
    assert (len(walked.lines), walked.complete, walked.pages) == (30, False, 3)


def test_a_list_that_changes_its_length_meanwhile_is_not_complete() -> None:
    pages = iter([Page(lines=[1, 2], finish=False, total=4), Page(lines=[3], finish=True, total=3)])
    walked = walk(lambda index, size: next(pages), same, size=2)
    assert (walked.lines, walked.complete) == ([1, 2, 3], False)


def test_a_total_larger_than_what_came_is_not_complete() -> None:
    walked = walk(lambda index, size: Page(lines=[1], finish=True, total=100), same, size=10)
    assert (walked.lines, walked.complete, walked.pages) == ([1], False, 1)


def test_without_a_total_nothing_is_complete() -> None:
    walked = walk(lambda index, size: Page(lines=[1], finish=True), same)
    assert (walked.total, walked.complete) == (None, False)


@pytest.mark.parametrize(("key", "complete"), [("3", True), ("", False)])
def test_an_odd_line_counts_as_seen_where_it_has_a_name(key: str, complete: bool) -> None:
    odd = UnreadableItem(place=2, key=key, reason="start_time is no whole number")
    walked = walk(lambda index, size: Page(lines=[1, 2], odd=[odd], finish=True, total=3), same)
    assert (walked.lines, walked.odd, walked.complete) == ([1, 2], [odd], complete)


def test_a_person_of_two_stays_is_two_lines_where_the_key_says_so(
    client: Client, service: StubService
) -> None:
    stays = [{"user_id": "bob", "enter_time": moment, "quit_time": moment + 60} for moment in (100, 200)]
    answer = OK | {"finish": True, "total": 2, "list": stays}
    service.answer(answer, answer)

    def fetch(index: int, size: int) -> Page[HistoryMember]:
        return client.members.history_list(1, index, size)

    assert len(walk(fetch, lambda line: (line.user_id, line.enter_time)).lines) == 2
    assert len(walk(fetch, lambda line: line.user_id).lines) == 1
