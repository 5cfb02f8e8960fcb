"""Two administrators on the same page of a preview: only what was typed is a choice."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Enterprise, Role, StudentGroup, User
from accounts.people.group_services import save_group
from classes.models import Course, RollOver
from tests.classes.timetable.roll_over.conftest import choose
from tests.support.cast import create_person

Browse = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("english")


class Fields(HTMLParser):
    """What a browser would send of the page as it is."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.data: dict[str, str] = {}
        self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        is_off = given.get("type") in ("checkbox", "radio") and "checked" not in given
        if tag == "select":
            self.select = name
        elif tag == "option" and "selected" in given:
            self.data[self.select] = given.get("value") or ""
        elif tag == "input" and name and not is_off:
            self.data[name] = given.get("value") or ""


@pytest.fixture
def opened(browse: Browse, alice: User, draft: RollOver) -> Callable[..., dict[str, str]]:
    """The form of a step as Alice has it open."""
    return lambda name: Fields(browse(alice, step(draft, name)).content.decode()).data


def step(draft: RollOver, name: str) -> str:
    return f"/year/roll-over/{draft.pk}/?step={name}"


def stored(draft: RollOver, name: str) -> Any:
    draft.refresh_from_db()
    return draft.choices.get(name, {})


def test_a_page_that_was_not_touched_leaves_the_choices_of_others(
    browse: Browse, alice: User, draft: RollOver, groups: Any, opened: Callable[..., dict[str, str]]
) -> None:
    page = opened("groups")
    seven = groups["7A"].pk
    choose(draft, groups={str(seven): {"act": "archive", "name": "Old 7A"}})
    answer = browse(alice, step(draft, "groups"), {**page, f"act_{groups['8A'].pk}": "keep"})
    assert answer.status_code == 302
    assert stored(draft, "groups") == {
        str(seven): {"act": "archive", "name": "Old 7A"},
        str(groups["8A"].pk): {"act": "keep", "name": ""},
    }


def test_a_proposal_that_was_shown_is_no_typed_name(
    browse: Browse, alice: User, draft: RollOver, groups: Any, opened: Callable[..., dict[str, str]]
) -> None:
    page = opened("groups")
    save_group(group=groups["7A"], students=None, by=alice, name="7B")
    browse(alice, step(draft, "groups"), page)
    assert stored(draft, "groups") == {}
    assert opened("groups")[f"name_{groups['7A'].pk}"] == "8B"


def test_a_row_that_both_changed_keeps_what_was_typed_and_is_saved_the_second_time(
    browse: Browse, alice: User, draft: RollOver, groups: Any, opened: Callable[..., dict[str, str]]
) -> None:
    page = opened("groups")
    seven, nine = groups["7A"].pk, groups["9A"].pk
    theirs = {str(seven): {"act": "", "name": "8 Blue"}}
    choose(draft, groups=theirs)
    answer = browse(alice, step(draft, "groups"), {**page, f"name_{seven}": "8 Red", f"act_{nine}": "keep"})
    text = answer.content.decode()
    assert "Someone changed this to “8 Blue” while you were editing." in text
    assert "Someone changed what is marked" in text
    assert f'aria-describedby="error-{seven}"' in text
    assert stored(draft, "groups") == theirs
    again = Fields(text).data
    assert (again[f"name_{seven}"], again[f"act_{nine}"]) == ("8 Red", "keep")
    assert browse(alice, step(draft, "groups"), again).status_code == 302
    assert stored(draft, "groups") == {
        str(seven): {"act": "", "name": "8 Red"},
        str(nine): {"act": "keep", "name": ""},
    }


def test_the_same_change_by_both_is_no_conflict(
    browse: Browse, alice: User, draft: RollOver, groups: Any, opened: Callable[..., dict[str, str]]
) -> None:
    seven = groups["7A"].pk
    page = {**opened("groups"), f"name_{seven}": "8 Blue"}
    theirs = {str(seven): {"act": "", "name": "8 Blue"}}
    choose(draft, groups=theirs)
    assert browse(alice, step(draft, "groups"), page).status_code == 302
    assert stored(draft, "groups") == theirs


@pytest.mark.parametrize(
    ("theirs", "ours", "sentence"),
    [
        ({"act": "", "name": "8 Blue"}, {"act": "archive"}, "changed this to “8 Blue”"),
        ({"act": "keep", "name": ""}, {"name": "8 Red"}, "changed this to “Leave as it is”"),
        ({"act": "archive", "name": ""}, {"act": "keep"}, "changed this to “Archive”"),
    ],
)
def test_a_name_and_what_happens_to_its_group_belong_together(
    browse: Browse,
    alice: User,
    draft: RollOver,
    groups: Any,
    opened: Callable[..., dict[str, str]],
    theirs: dict[str, str],
    ours: dict[str, str],
    sentence: str,
) -> None:
    page, seven = opened("groups"), groups["7A"].pk
    choose(draft, groups={str(seven): theirs})
    posted = {**page, **{f"{name}_{seven}": value for name, value in ours.items()}}
    assert sentence in browse(alice, step(draft, "groups"), posted).content.decode()
    assert stored(draft, "groups") == {str(seven): theirs}


def test_different_values_of_a_course_are_both_kept_and_the_same_one_is_a_conflict(
    browse: Browse,
    alice: User,
    draft: RollOver,
    groups: Any,
    plan: Callable[..., Course],
    opened: Callable[..., dict[str, str]],
) -> None:
    course = plan("7A  Maths", groups=[groups["7A"]]).pk
    page = opened("courses")
    theirs = {"copy": False, "teacher": None, "title": ""}
    choose(draft, courses={str(course): theirs})
    browse(alice, step(draft, "courses"), {**page, f"title_{course}": "Sums"})
    assert stored(draft, "courses") == {str(course): {**theirs, "title": "Sums"}}
    answer = browse(alice, step(draft, "courses"), {**page, f"title_{course}": "Numbers"})
    assert "changed this to “Sums”" in answer.content.decode()
    again = Fields(answer.content.decode()).data
    assert again[f"title_{course}"] == "Numbers"
    assert f"copy_{course}" not in again
    browse(alice, step(draft, "courses"), again)
    assert stored(draft, "courses") == {str(course): {**theirs, "title": "Numbers"}}


def test_a_teacher_whom_both_chose_differently_is_a_conflict(
    browse: Browse,
    alice: User,
    bob: User,
    school: Enterprise,
    draft: RollOver,
    groups: Any,
    plan: Callable[..., Course],
    opened: Callable[..., dict[str, str]],
) -> None:
    course = plan("Maths", groups=[groups["7A"]]).pk
    User.objects.filter(pk=bob.pk).update(is_active=False)
    dora, emil = (create_person(school, name, Role.TEACHER) for name in ("dora", "emil"))
    page = opened("courses")
    choose(draft, courses={str(course): {"copy": None, "teacher": dora.pk, "title": ""}})
    answer = browse(alice, step(draft, "courses"), {**page, f"teacher_{course}": emil.pk})
    assert "changed this to “Dora”" in answer.content.decode()
    assert Fields(answer.content.decode()).data[f"teacher_{course}"] == str(emil.pk)
    browse(alice, step(draft, "courses"), Fields(answer.content.decode()).data)
    assert stored(draft, "courses")[str(course)]["teacher"] == emil.pk


def test_what_happens_to_leavers_stays_where_the_page_was_not_touched(
    browse: Browse, alice: User, draft: RollOver, groups: Any, opened: Callable[..., dict[str, str]]
) -> None:
    page = opened("students")
    choose(draft, leavers="keep")
    browse(alice, step(draft, "students"), page)
    assert stored(draft, "leavers") == "keep"
    browse(alice, step(draft, "students"), {**opened("students"), "leavers": "deactivate"})
    assert stored(draft, "leavers") == "deactivate"


def test_a_page_that_changes_nothing_builds_one_preview(
    browse: Browse, alice: User, draft: RollOver, groups: Any, opened: Callable[..., dict[str, str]]
) -> None:
    page = opened("groups")
    with CaptureQueriesContext(connection) as queries:
        browse(alice, step(draft, "groups"), page)
    table = StudentGroup._meta.db_table
    assert len([one for one in queries.captured_queries if f'FROM "{table}"' in one["sql"]]) == 1
