"""A roll-over as it is previewed is carried out, all or nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Enterprise, Grade, Role, StudentGroup, TeacherInCharge, User
from accounts.people.charges import groups_in_charge
from accounts.people.group_services import save_group
from classes.models import Course, Holiday, Lesson, Member, RollOver, Term
from classes.timetable.roll_over.plan import build_preview
from classes.timetable.roll_over.services import RollOverOutdated, apply_roll_over, start_roll_over
from console.audit.models import AuditEntry
from console.concurrency import Conflict
from console.outbox.models import Operation
from tests.classes.timetable.roll_over.conftest import choose, digest
from tests.support.cast import create_person

Confirm = Callable[..., RollOver]


def states(school: Enterprise) -> dict[str, tuple[str, bool]]:
    rows = StudentGroup.objects.filter(enterprise=school).select_related("grade")
    return {one.name: (one.grade.name if one.grade else "", one.is_archived) for one in rows}


def test_groups_move_to_the_next_grade_and_the_last_ones_are_archived(
    school: Enterprise, draft: RollOver, confirm: Confirm, ending: Term
) -> None:
    done = confirm(draft)
    assert states(school) == {
        "8A": ("Grade 8", False),
        "9A": ("Grade 9", False),
        f"9A ({ending.ends_on.year})": ("Grade 9", True),
        "Choir": ("", False),
    }
    assert done.counts == {
        **{"promoted": 2, "archived": 1, "leavers": 2, "deactivated": 2},
        **{"courses": 0, "lessons": 0},
    }


def test_the_search_by_pinyin_finds_the_new_names(draft: RollOver, confirm: Confirm, groups: Any) -> None:
    choose(draft, groups={str(groups["7A"].pk): {"act": "", "name": "初二甲班"}})
    confirm(draft)
    group = StudentGroup.objects.get(pk=groups["7A"].pk)
    assert group.name == "初二甲班"
    assert group.sort_name.startswith("chu")


def test_students_who_are_in_no_other_group_are_deactivated_and_nothing_is_sent_for_it(
    school: Enterprise, draft: RollOver, confirm: Confirm
) -> None:
    confirm(draft)
    inactive = User.objects.filter(enterprise=school, is_active=False).values_list("user_id", flat=True)
    assert sorted(inactive) == ["kid92", "kid93"]  # kid91 sings in the choir
    assert not Operation.objects.exists()
    assert AuditEntry.objects.filter(action="person.deactivate").count() == 2
    assert AuditEntry.objects.filter(action="roll_over.apply").count() == 1


def test_leavers_may_be_kept(school: Enterprise, draft: RollOver, confirm: Confirm) -> None:
    choose(draft, leavers="keep")
    assert confirm(draft).counts["leavers"] == 2
    assert not User.objects.filter(enterprise=school, is_active=False).exists()


def test_a_course_is_copied_with_its_people_to_the_same_weekday_and_time(
    groups: dict[str, StudentGroup],
    plan: Callable[..., Course],
    draft: RollOver,
    confirm: Confirm,
    beginning: Term,
    bob: User,
    school: Enterprise,
) -> None:
    ann = create_person(school, "ann", Role.ASSISTANT)
    guest = create_person(school, "guest", Role.STUDENT)
    rules = {"late_after_s": 60}
    source = plan("7A Maths", groups=[groups["7A"]], assistants=[ann], members=[guest], rules=rules)
    free = beginning.starts_on + timedelta(days=12)  # the second Monday
    Holiday.objects.create(enterprise=school, term=beginning, name="Fair", starts_on=free, ends_on=free)
    done = confirm(draft)
    copy = Course.objects.get(term=beginning)
    assert (copy.title, copy.teacher, copy.rules) == ("8A Maths", bob, rules)
    assert list(copy.groups.all()) == [groups["7A"]]
    assert (list(copy.assistants.all()), list(copy.members.all())) == ([ann], [guest])
    assert copy.starts_local.date() == beginning.starts_on + timedelta(days=5)
    assert copy.starts_local.time() == source.starts_local.time()
    assert copy.rrule == f"FREQ=WEEKLY;UNTIL={beginning.ends_on:%Y%m%d}"
    lessons = list(copy.lessons.order_by("starts_at"))
    assert len(lessons) == done.counts["lessons"] == 10
    assert free not in {one.occurrence for one in lessons}
    people = set(lessons[0].members.values_list("user__user_id", "role"))
    kids = {(f"kid7{n}", Member.Role.STUDENT) for n in (1, 2, 3)}
    assert people == kids | {("ann", Member.Role.ASSISTANT), ("guest", Member.Role.STUDENT)}
    created = Operation.objects.filter(kind="class.create", subject_id__in=[one.pk for one in lessons])
    assert created.count() == 10


def test_days_of_a_week_that_come_first_in_the_new_term_are_taken(
    groups: dict[str, StudentGroup],
    plan: Callable[..., Course],
    draft: RollOver,
    confirm: Confirm,
    beginning: Term,
) -> None:
    plan("Maths", groups=[groups["7A"]], rrule="FREQ=WEEKLY;BYDAY=MO,TH;COUNT=6")
    confirm(draft)
    copy = Course.objects.get(term=beginning)
    assert copy.starts_local.date() == beginning.starts_on + timedelta(days=1)  # a Thursday
    assert copy.lessons.count() == 23


def test_only_courses_of_groups_that_go_on_are_copied_unless_chosen_otherwise(
    groups: dict[str, StudentGroup],
    plan: Callable[..., Course],
    draft: RollOver,
    confirm: Confirm,
    beginning: Term,
) -> None:
    plan("Leavers", groups=[groups["9A"]])
    left_out = plan("Left out", 1, groups=[groups["8A"]])
    chosen = plan("Nobody", 2)
    plan("Both", 3, groups=[groups["9A"], groups["8A"]])
    choose(draft, courses={str(left_out.pk): {"copy": False}, str(chosen.pk): {"copy": True}})
    confirm(draft)
    assert sorted(Course.objects.filter(term=beginning).values_list("title", flat=True)) == ["Both", "Nobody"]
    both = Course.objects.get(term=beginning, title="Both")
    assert list(both.groups.all()) == [groups["8A"]]


def test_a_teacher_who_left_is_an_error_until_another_one_is_chosen(
    groups: dict[str, StudentGroup],
    plan: Callable[..., Course],
    draft: RollOver,
    confirm: Confirm,
    beginning: Term,
    bob: User,
    school: Enterprise,
) -> None:
    course = plan("Maths", groups=[groups["7A"]])
    User.objects.filter(pk=bob.pk).update(is_active=False)
    with pytest.raises(ValidationError):
        confirm(draft)
    dora = create_person(school, "dora", Role.TEACHER)
    choose(draft, courses={str(course.pk): {"teacher": dora.pk}})
    confirm(draft)
    copy = Course.objects.get(term=beginning)
    assert copy.teacher == dora
    assert set(copy.lessons.values_list("teacher", flat=True)) == {dora.pk}


@pytest.mark.usefixtures("english")
def test_conflicts_need_a_reason(
    groups: dict[str, StudentGroup], plan: Callable[..., Course], draft: RollOver, confirm: Confirm
) -> None:
    plan("Maths", groups=[groups["7A"]])
    plan("Art", groups=[groups["8A"]], conflict_reason="A trip")
    preview = build_preview(draft)
    assert preview is not None
    assert preview.conflicts == 2 * 11  # Bob teaches both, as seen from each of both
    with pytest.raises(ValidationError, match="conflicts"):
        confirm(draft)
    confirm(draft, reason="A long trip")
    lessons = Lesson.objects.filter(course__term=draft.beginning)
    assert set(lessons.values_list("conflict_reason", flat=True)) == {"A long trip"}


@pytest.mark.parametrize("wanted", ["8A", "Choir", "Old"])
def test_a_name_that_is_taken_afterwards_is_an_error_at_its_field(
    school: Enterprise, groups: dict[str, StudentGroup], draft: RollOver, confirm: Confirm, wanted: str
) -> None:
    StudentGroup.objects.create(enterprise=school, name="Old", archived_at=draft.created_at)
    choose(draft, groups={str(groups["8A"].pk): {"act": "promote", "name": wanted}})
    draft.refresh_from_db()
    preview = build_preview(draft)
    assert preview is not None
    assert groups["8A"].pk in {one.group.pk for one in preview.group_errors}
    with pytest.raises(ValidationError):
        confirm(draft)


def test_a_school_that_changed_since_the_preview_stays_as_it_is(
    alice: User, school: Enterprise, groups: dict[str, StudentGroup], draft: RollOver
) -> None:
    seen = digest(draft)
    save_group(group=groups["7A"], students=None, by=alice, name="7B")
    before = states(school)
    with pytest.raises(RollOverOutdated):
        apply_roll_over(roll_over=draft, seen=seen, by=alice)
    assert states(school) == before
    draft.refresh_from_db()
    assert draft.state == RollOver.State.DRAFT


def test_it_is_carried_out_once(
    school: Enterprise, alice: User, draft: RollOver, ending: Term, beginning: Term
) -> None:
    seen = digest(draft)
    apply_roll_over(roll_over=draft, seen=seen, by=alice)
    after = states(school)
    with pytest.raises(Conflict):
        apply_roll_over(roll_over=draft, seen=seen, by=alice)
    with pytest.raises(ValidationError):
        start_roll_over(school=school, ending=ending, beginning=beginning, by=alice)
    assert states(school) == after


def test_a_school_has_one_draft(
    school: Enterprise, alice: User, draft: RollOver, ending: Term, beginning: Term
) -> None:
    with pytest.raises(Conflict):
        start_roll_over(school=school, ending=ending, beginning=beginning, by=alice)
    assert RollOver.objects.get() == draft


def test_teachers_in_charge_stay_with_a_promoted_group_and_lose_an_archived_one(
    school: Enterprise, bob: User, groups: dict[str, StudentGroup], draft: RollOver, confirm: Confirm
) -> None:
    for name in ("7A", "9A"):
        TeacherInCharge.objects.create(enterprise=school, group=groups[name], teacher=bob)
    confirm(draft)
    assert [one.name for one in StudentGroup.objects.filter(pk__in=groups_in_charge(bob))] == ["8A"]
    assert TeacherInCharge.objects.count() == 2


def test_a_group_without_a_next_grade_may_stay(
    school: Enterprise,
    groups: dict[str, StudentGroup],
    draft: RollOver,
    confirm: Confirm,
    grades: list[Grade],
) -> None:
    nine, eight = str(groups["9A"].pk), str(groups["8A"].pk)
    choose(draft, groups={nine: {"act": "keep"}, eight: {"act": "promote", "name": "9B"}})
    assert confirm(draft).counts["archived"] == 0
    groups["9A"].refresh_from_db()
    assert (groups["9A"].grade, groups["9A"].archived_at) == (grades[2], None)
