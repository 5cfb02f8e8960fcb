"""Rules are added, changed, switched and removed, and people handle warnings; each leaves an audit entry."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import translation

from accounts.people.erasure import erase_person
from classes.attendance.thresholds.evaluation import evaluate_due_rules
from classes.attendance.thresholds.services import (
    acknowledge_warning,
    add_follow_up,
    add_rule,
    close_warning,
    edit_rule,
    remove_rule,
    switch_rule,
)
from classes.models import AttendanceWarning, ThresholdRule, WarningFollowUp
from console.audit.models import AuditEntry
from console.concurrency import EditConflict, RowDeleted, value_digests
from console.notifications.types import notification_text
from tests.classes.attendance.thresholds.conftest import set_marks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
FIELDS = {"scope": "school", "group": None, "course": None, "kind": "absences", "days": None, "least": None}


@pytest.fixture
def warning(three_absences, lessons, pupils) -> AttendanceWarning:
    set_marks(lessons, pupils[0], ["absent"] * 4)
    evaluate_due_rules()
    return AttendanceWarning.objects.get()


def audited(action: str) -> int:
    return AuditEntry.objects.filter(action=action).count()


def test_a_school_has_each_rule_once(alice):
    rule = add_rule(by=alice, number=3, **FIELDS)
    assert (rule.enterprise, rule.created_by, rule.checked_on) == (alice.enterprise, alice, None)
    with pytest.raises(ValidationError, match="this rule already"):
        add_rule(by=alice, number=3, **FIELDS)
    remove_rule(rule=rule, by=alice)
    add_rule(by=alice, number=3, **FIELDS)
    assert (audited("threshold.add"), audited("threshold.delete")) == (2, 1)


def test_a_changed_condition_ends_the_warnings_and_is_evaluated_anew(warning, alice):
    rule = edit_rule(rule=warning.rule, by=alice, number=5)
    warning.refresh_from_db()
    assert (warning.ending, warning.state, rule.checked_on) == ("rule", "open", None)
    assert evaluate_due_rules() == 1
    assert not AttendanceWarning.objects.filter(ended_at=None).exists()


def test_who_is_told_changes_without_an_evaluation(warning, alice):
    rule = edit_rule(rule=warning.rule, by=alice, tells_student=True)
    assert rule.tells_student
    assert evaluate_due_rules() == 0
    assert AttendanceWarning.objects.get().ended_at is None


def test_two_edits_of_one_field_do_not_overwrite_each_other(three_absences, alice):
    seen = value_digests(three_absences, ["number"])
    edit_rule(rule=three_absences, by=alice, seen=seen, number=4)
    with pytest.raises(EditConflict):
        edit_rule(rule=three_absences, by=alice, seen=seen, number=5)


def test_a_rule_keeps_its_group_or_course_for_its_warnings_are_seen_by_their_teachers(
    warning, alice, croquet, browse
):
    with pytest.raises(ValidationError, match="keeps its grade, group or course"):
        edit_rule(rule=warning.rule, by=alice, scope="course", course=croquet)
    form = browse(alice, f"/warnings/rules/{warning.rule.pk}/").context["form"]
    assert not {"group", "course"} & set(form.fields)


def test_a_rule_that_is_off_warns_nobody(warning, alice):
    switch_rule(rule=warning.rule, on=False, by=alice)
    assert evaluate_due_rules() == 0
    assert AttendanceWarning.objects.get().ending == "rule"
    switch_rule(rule=warning.rule, on=True, by=alice)
    assert evaluate_due_rules() == 1
    assert AttendanceWarning.objects.filter(ended_at=None).count() == 1


def test_a_removed_rule_cannot_be_changed(warning, alice):
    remove_rule(rule=warning.rule, by=alice)
    assert AttendanceWarning.objects.get().ending == "rule"
    with pytest.raises(RowDeleted):
        edit_rule(rule=warning.rule, by=alice, number=4)


def test_a_warning_is_handled_by_one_person_and_closed(warning, alice, bob):
    acknowledge_warning(warning=warning, by=bob)
    with pytest.raises(ValidationError, match="already handling"):
        acknowledge_warning(warning=warning, by=alice)
    close_warning(warning=warning, by=alice)
    warning.refresh_from_db()
    assert (warning.state, warning.acknowledged_by, warning.closed_by) == ("closed", bob, alice)
    with pytest.raises(ValidationError, match="already closed"):
        close_warning(warning=warning, by=bob)
    assert (audited("warning.acknowledge"), audited("warning.close")) == (1, 1)


def test_who_says_twice_that_they_handle_a_warning_is_told_nothing_and_recorded_once(warning, bob):
    for _again in range(2):
        acknowledge_warning(warning=warning, by=bob)
    warning.refresh_from_db()
    assert (warning.state, warning.acknowledged_by) == ("taken", bob)
    assert audited("warning.acknowledge") == 1


def test_a_follow_up_takes_the_warning_and_stays_as_it_is(warning, bob):
    step = add_follow_up(warning=warning, kind="called", text=" The mother will write. ", by=bob)
    warning.refresh_from_db()
    assert (warning.state, warning.acknowledged_by, step.text) == ("taken", bob, "The mother will write.")
    with pytest.raises(ValidationError, match="Write the note"):
        add_follow_up(warning=warning, kind="note", text=" ", by=bob)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        WarningFollowUp.objects.update(text="Somebody else's words.")


def test_a_warning_that_was_taken_back_needs_nobody(warning, bob):
    AttendanceWarning.objects.update(state="back")
    for act in (acknowledge_warning, close_warning):
        with pytest.raises(ValidationError, match="taken back"):
            act(warning=warning, by=bob)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "rate", "number": 85, "days": 28},
        {"kind": "rate", "number": 101, "days": 28, "least": 5},
        {"kind": "absences", "number": 3, "days": 7},
        {"kind": "late", "number": 3},
        {"kind": "absences", "number": 0},
    ],
)
def test_the_database_refuses_a_rule_with_the_wrong_numbers(alice, fields):
    with pytest.raises(DatabaseError, match="threshold_"), transaction.atomic():
        ThresholdRule.objects.create(enterprise=alice.enterprise, **fields)


def test_erasing_a_student_removes_what_was_written_about_their_warnings(warning, alice, bob):
    add_follow_up(warning=warning, kind="called", text="The mother will write.", by=bob)
    erase_person(person=warning.person, by=alice, reason="The parents asked for it.")
    step = WarningFollowUp.objects.get()
    assert (step.kind, step.text, step.by) == ("called", "", bob)


@pytest.mark.parametrize(
    ("language", "count", "title"),
    [
        ("en", 1, "Ben was absent 1 time in a row"),
        ("en", 3, "Ben was absent 3 times in a row"),
        ("zh-hans", 3, "Ben连续缺勤 3 次"),
    ],
)
def test_the_title_of_a_notice_agrees_with_its_number(language, count, title):
    with translation.override(language):
        assert notification_text("warning.absences", {"count": count, "name": "Ben"}).title == title


def test_a_notice_of_an_earlier_version_names_nobody():
    with translation.override("en"):
        assert (
            notification_text("warning.absences", {"count": 3}).title
            == "A student was absent 3 times in a row"
        )
