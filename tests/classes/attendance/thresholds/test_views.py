"""Pages of warnings and their rules: who sees which, and what they do there."""

import pytest
from django.utils import timezone

from accounts.models import Role, StudentGroup
from classes.attendance.thresholds.evaluation import evaluate_due_rules
from classes.attendance.thresholds.preview import MAX_NAMED
from classes.models import AttendanceWarning, ThresholdRule, WarningFollowUp
from tests.classes.attendance.thresholds.conftest import set_marks
from tests.classes.factories import create_students
from tests.support.cast import create_person
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db
LIST, RULES = "/warnings/", "/warnings/rules/"


@pytest.fixture
def warning(three_absences, lessons, pupils) -> AttendanceWarning:
    set_marks(lessons, pupils[0], ["absent"] * 4)
    evaluate_due_rules()
    return AttendanceWarning.objects.get()


def test_an_administrator_makes_a_rule_from_its_preview(browse, alice, lessons, pupils):
    set_marks(lessons, pupils[0], ["late"] * 6)
    assert "No warning rules" in page_text(browse(alice, RULES))
    form = {"number": 3, "days": 7, "group": StudentGroup.objects.get().pk, "tells_office": "on"}
    address = f"{RULES}new/?kind=late"
    page = page_text(browse(alice, address, form | {"preview": "1"}))
    assert "Today this rule would warn 1 student." in page
    assert not ThresholdRule.objects.exists()
    assert browse(alice, address, form).status_code == 302
    rule = ThresholdRule.objects.get()
    assert (rule.kind, rule.number, rule.days, rule.scope, rule.tells_teachers) == (
        "late",
        3,
        7,
        "group",
        False,
    )
    assert "Late 3 times within 7 days, students of group “Year 7”" in page_text(browse(alice, RULES))
    assert "迟到" in page_text(browse(alice, RULES, language="zh-hans"))
    assert "Your school has this rule already." in page_text(browse(alice, address, form))


def test_the_preview_names_each_student_with_group_course_and_figure(browse, alice, lessons, pupils):
    set_marks(lessons[1:], pupils[0], ["late"] * 5)
    set_marks(lessons[3:], pupils[1], ["late"] * 3)
    answer = browse(alice, f"{RULES}new/?kind=late", {"number": 3, "days": 7, "preview": "1"})
    lines = answer.context["preview"].lines
    assert [(line.student, line.groups, line.courses, line.cause) for line in lines] == [
        (pupils[0], "Year 7", "Croquet", "Late for 5 lessons."),
        (pupils[1], "Year 7", "", "Late for 3 lessons."),
    ]
    for student in pupils[:2]:
        assert f'href="/people/{student.pk}/"' in page_text(answer)
    assert f'href="/people/{pupils[2].pk}/"' not in page_text(answer)
    assert "Only the first" not in page_text(answer)


def test_the_preview_says_that_it_names_only_the_first_students(browse, alice, lessons, school):
    for student in create_students(school, MAX_NAMED + 1, "Year 7"):
        set_marks(lessons, student, ["late"])
    page = page_text(browse(alice, f"{RULES}new/?kind=late", {"number": 1, "days": 7, "preview": "1"}))
    assert f"would warn {MAX_NAMED + 1} students" in page
    assert page.split("<tbody")[1].count("<tr") == MAX_NAMED
    assert f"Only the first {MAX_NAMED} are shown." in page


def test_a_rule_is_edited_switched_and_removed(browse, alice, warning):
    address = f"{RULES}{warning.rule_id}/"
    assert 'value="3"' in page_text(browse(alice, address))
    browse(alice, address, {"number": 4, "tells_office": "on"})
    assert ThresholdRule.objects.get().number == 4
    browse(alice, f"{address}switch/", {"on": "0"})
    assert not ThresholdRule.objects.get().is_on
    assert "Warnings that it raised end for good" in page_text(browse(alice, f"{address}remove/"))
    browse(alice, f"{address}remove/", {})
    assert browse(alice, address).status_code == 404
    assert AttendanceWarning.objects.get().pk == warning.pk


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"number": 0}, "Enter a number that is not below 1."),
        ({"number": 51}, "Enter a number that is not above 50."),
        ({"number": 3, "group": "0"}, "This choice is not offered here."),
    ],
)
def test_the_form_names_what_is_wrong(browse, alice, school, fields, said):
    assert said in page_text(browse(alice, f"{RULES}new/?kind=absences", fields))


def test_a_rule_is_about_a_group_or_a_course(browse, alice, croquet, pupils):
    both = {"number": 3, "group": StudentGroup.objects.get().pk, "course": croquet.pk}
    assert "Choose only one of grade, group and course." in page_text(
        browse(alice, f"{RULES}new/?kind=absences", both)
    )
    assert browse(alice, f"{RULES}new/", {"number": 3, "course": croquet.pk}).status_code == 302
    assert "3 absences in a row, in course “Croquet”" in page_text(browse(alice, RULES))


def test_the_teacher_in_charge_handles_a_warning_and_records_what_was_done(browse, bob, warning, pupils):
    page = page_text(browse(bob, LIST))
    assert "Kid1" in page
    assert "Absent from 4 lessons in a row." in page
    address = f"{LIST}{warning.pk}/"
    page = page_text(browse(bob, address))
    assert f'href="/attendance/{pupils[0].attendance.first().pk}/"' in page
    assert "Handle this" in page
    browse(bob, f"{address}handle/", {})
    browse(bob, f"{address}follow-up/", {"kind": "called", "text": "Line busy."})
    assert "Line busy." in page_text(browse(bob, address))
    assert "Write the note." in page_text(browse(bob, f"{address}follow-up/", {"kind": "note"}))
    browse(bob, f"{address}close/", {})
    assert WarningFollowUp.objects.get().by == bob
    assert AttendanceWarning.objects.get().state == "closed"


def test_each_sees_the_warnings_of_their_own(browse, school, warning, croquet, charlie, alice, sue, pupils):
    tom = create_person(school, "tom", Role.TEACHER)
    address = f"{LIST}{warning.pk}/"
    assert browse(tom, address).status_code == 403
    assert "Kid1" not in page_text(browse(tom, LIST))
    ThresholdRule.objects.update(scope="course", course=croquet)
    croquet.assistants.add(tom)
    assert browse(tom, address).status_code == 200
    assert browse(tom, f"{address}handle/", {}).status_code == 302
    assert "Handle this" not in page_text(browse(sue, address))
    assert browse(sue, f"{address}close/", {}).status_code == 403
    assert browse(pupils[0], LIST).status_code == 403
    assert browse(pupils[0], address).status_code == 403
    for path in (address, f"{RULES}{warning.rule_id}/"):
        assert browse(charlie, path).status_code == 404
    assert browse(tom, RULES).status_code == 403


def test_the_list_is_filtered_and_the_menu_counts_what_is_new(browse, alice, warning):
    group = StudentGroup.objects.get().pk
    for query in (f"rule={warning.rule_id}", f"group={group}", "state=open", "q=kid1"):
        assert "Absent from 4" in page_text(browse(alice, f"{LIST}?{query}")), query
    for query in ("state=closed", "q=kid2"):
        assert "No matching" in page_text(browse(alice, f"{LIST}?{query}")), query
    still = f"{LIST}?rule={warning.rule_id}"
    assert still in page_text(browse(alice, f"{LIST}rules/"))
    assert "Absent from 4" in page_text(browse(alice, still))
    assert browse(alice, "/menu-counts/").json()["warnings"]["text"] == "1 new warning"
    browse(alice, f"{LIST}{warning.pk}/handle/", {})
    assert "warnings" not in browse(alice, "/menu-counts/").json()


def test_a_warning_whose_threshold_is_no_longer_crossed_is_not_new_and_has_a_list_of_its_own(
    browse, alice, warning
):
    assert "<tbody" not in page_text(browse(alice, f"{LIST}ended/"))
    AttendanceWarning.objects.update(ended_at=warning.opened_at, ending="over")
    for query in ("", "?state=open"):
        assert "<tbody" not in page_text(browse(alice, f"{LIST}{query}")), query
    rows = page_text(browse(alice, f"{LIST}ended/")).split("<tbody")[1]
    for sentence in ("Absent from 4", "no longer crossed", "The threshold is no longer crossed."):
        assert sentence in rows
    assert f'href="{LIST}ended/"' in page_text(browse(alice, LIST))


def test_a_warning_that_was_taken_back_says_in_the_list_which_marks_changed(browse, alice, warning, lessons):
    change = {"lesson": lessons[1].pk, "at": "", "was": "absent", "now": "present"}
    AttendanceWarning.objects.update(
        state="back", ending="marks", ended_at=warning.opened_at, changes=[change]
    )
    rows = page_text(browse(alice, f"{LIST}ended/")).split("<tbody")[1]
    assert "“present” instead of “absent”" in rows
    assert "taken back" in rows


def test_nobody_sees_ended_warnings_of_others(browse, school, warning, charlie, pupils):
    AttendanceWarning.objects.update(ended_at=warning.opened_at, ending="over")
    tom = create_person(school, "tom", Role.TEACHER)
    for reader in (tom, charlie):
        assert "Kid1" not in page_text(browse(reader, f"{LIST}ended/"))
    assert browse(pupils[0], f"{LIST}ended/").status_code == 403


def test_the_filter_offers_the_groups_that_the_reader_works_with(
    browse, alice, bob, school, other_school, warning
):
    StudentGroup.objects.create(enterprise=school, name="Year 8")
    StudentGroup.objects.create(enterprise=school, name="Year 6", archived_at=timezone.now())
    StudentGroup.objects.create(enterprise=other_school, name="Year 9")
    for reader, offered in ((alice, ["Year 7", "Year 8"]), (bob, ["Year 7"])):
        field = browse(reader, "/warnings/").context["filter_form"].fields["group"]
        assert [str(label) for value, label in field.choices if value] == offered


def test_the_page_of_the_student_shows_open_warnings(browse, alice, warning):
    path = f"/people/{warning.person_id}/"
    assert f'href="/warnings/{warning.pk}/"' in page_text(browse(alice, path))
    assert "/warnings/" not in page_text(browse(warning.person, path)).split("<main")[1]


def test_a_warning_that_was_taken_back_names_the_corrected_marks(browse, alice, warning, lessons):
    change = {"lesson": lessons[1].pk, "at": "", "was": "absent", "now": "present"}
    AttendanceWarning.objects.update(
        state="back",
        ending="marks",
        ended_at=warning.opened_at,
        changes=[change, change | {"lesson": 0, "now": ""}],
    )
    page = page_text(browse(alice, f"{LIST}{warning.pk}/"))
    assert "Taken back, because marks were corrected" in page
    assert "“present” instead of “absent”" in page
    assert "a deleted lesson: “no mark”" in page
