"""Values that the trail names for other packages are theirs."""

import ast

from accounts.models.sign_in_throttle import SignInThrottle
from classes.attendance.reports.registry import REPORTS
from classes.timetable.courses.changes import ChangeScope
from classes.timetable.make_up.occasions import OCCASION_TEXTS
from classes.timetable.terms.holiday_lessons import MOVES
from console.audit.value_labels import FACT_VALUES, REASONS
from console.notifications.channels.answers import Outcome
from console.webhooks.reasons import PAUSE_REASONS
from tests.architecture import repository

#: What ends access or revokes, with the reason that the console gives.
ENDING = {
    "end_all_access",
    "end_all_sessions",
    "end_sessions",
    "revoke_open_invitations",
    "revoke_open_links",
    "record",
    "reset",
}


def test_the_labels_are_those_of_the_pages() -> None:
    labels = {
        name: {key: str(label) for key, label in values.items()} for name, values in FACT_VALUES.items()
    }
    assert labels["kind"] == {key: str(text) for key, text in OCCASION_TEXTS.items()}
    assert labels["scope"] == {one.value: str(one.label) for one in ChangeScope}
    assert labels["moved"] == {one.value: str(one.label) for one in MOVES}
    assert {name: str(one.title) for name, one in REPORTS.items()}.items() <= labels["report"].items()
    assert set(labels["locked"]) == set(SignInThrottle.Of.values)
    assert set(labels["outcome"]) == {one.value for one in Outcome}
    assert {key: str(text) for key, text in PAUSE_REASONS.items()}.items() <= labels["reason"].items()


def test_every_reason_that_the_console_gives_has_words() -> None:
    calls = [
        node
        for _, tree in repository.parsed(repository.code(), r"\breason=[\s(]*[a-z]?[\"']")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    ]
    given = {
        word.value.value
        for call in calls
        if (getattr(call.func, "id", "") or getattr(call.func, "attr", "")) in ENDING
        for word in call.keywords
        if word.arg == "reason" and isinstance(word.value, ast.Constant) and word.value.value
    }
    assert len(given) > 6
    assert given - set(REASONS) == set()
