"""The undo of a roll-over: the state before, except for what somebody changed since."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Enterprise, Grade, Role, StudentGroup, User
from accounts.people.grades.services import delete_grade
from accounts.people.group_services import save_group
from accounts.people.services import deactivate_person, reactivate_person
from accounts.tasks import delete_expired_imports
from classes.lessons.passwords import set_passwords
from classes.models import Attachment, Course, Lesson, Member, RollOver, Subject, Term
from classes.timetable.bulk.cancellation import cancel_lessons
from classes.timetable.roll_over import undo
from classes.timetable.roll_over.result import describe_kept
from classes.timetable.roll_over.services import UNDO_JOB
from console.concurrency import Conflict
from console.jobs.models import Job
from console.outbox.models import Operation
from documents.models import Document
from tests.classes.timetable.roll_over.conftest import choose
from tests.classes.timetable.roll_over.school_state import school_state
from tests.support.cast import create_person

HOUR = timedelta(hours=1)
HOUR_AGO = timezone.now() - HOUR
Confirm = Callable[..., RollOver]


@pytest.fixture
def maths(groups: dict[str, StudentGroup], plan: Callable[..., Course], draft: RollOver) -> Course:
    return plan("7A Maths", groups=[groups["7A"]])


def copy_of(course: Course) -> Course:
    return Course.objects.exclude(pk=course.pk).get()


def test_an_undo_is_the_state_before(
    school: Enterprise, alice: User, draft: RollOver, maths: Course, confirm: Confirm
) -> None:
    before = school_state(school)
    done = confirm(draft)
    assert school_state(school) != before
    undone = undo.start_undo(roll_over=done, by=alice)
    assert school_state(school) == before
    assert (undone.state, undone.kept) == (RollOver.State.UNDONE, [])
    assert Course.objects.get() == maths


def test_what_iclass_has_already_is_deleted_there(
    alice: User, draft: RollOver, maths: Course, confirm: Confirm
) -> None:
    done = confirm(draft)
    sent, *others = copy_of(maths).lessons.order_by("pk")
    Lesson.objects.filter(pk=sent.pk).update(remote_id="4711", sync_state="in_sync")
    for state in ("sending", "done"):
        Operation.objects.filter(subject_id=sent.pk, kind="class.create").update(state=state)
    undo.start_undo(roll_over=done, by=alice)
    deletes = Operation.objects.filter(kind="class.delete")
    assert [one.subject_id for one in deletes] == [sent.pk]
    creates = Operation.objects.filter(kind="class.create", subject_id__in=[one.pk for one in others])
    assert set(creates.values_list("state", flat=True)) == {"superseded"}


def test_it_can_be_rolled_over_again_after_an_undo(
    alice: User, draft: RollOver, confirm: Confirm, groups: dict[str, StudentGroup]
) -> None:
    undo.start_undo(roll_over=confirm(draft), by=alice)
    again = RollOver.objects.create(
        enterprise=draft.enterprise, ending=draft.ending, beginning=draft.beginning, by=alice
    )
    assert confirm(again).counts["promoted"] == 2


def test_a_group_that_somebody_renamed_stays_and_is_listed(
    alice: User, draft: RollOver, confirm: Confirm, groups: dict[str, StudentGroup]
) -> None:
    done = confirm(draft)
    changed = StudentGroup.objects.get(pk=groups["8A"].pk)
    save_group(group=changed, students=None, by=alice, name="9Z")
    undone = undo.start_undo(roll_over=done, by=alice)
    names = {key: StudentGroup.objects.get(pk=one.pk).name for key, one in groups.items()}
    assert names == {"7A": "7A", "8A": "9Z", "9A": "9A", "Choir": "Choir"}
    assert [one.name for one in describe_kept(undone)] == ["9A"]


def test_a_group_whose_name_was_given_away_stays(
    school: Enterprise, alice: User, draft: RollOver, confirm: Confirm, groups: dict[str, StudentGroup]
) -> None:
    done = confirm(draft)
    save_group(group=StudentGroup(enterprise=school, name="7A"), students=(), by=alice)
    undone = undo.start_undo(roll_over=done, by=alice)
    names = {key: StudentGroup.objects.get(pk=one.pk).name for key, one in groups.items()}
    assert names["7A"] == "8A"  # the new group has its name, and so on
    assert names["8A"] == "9A"
    assert len(undone.kept) == 3


def test_a_course_that_somebody_changed_stays_with_its_lessons(
    school: Enterprise, alice: User, draft: RollOver, maths: Course, confirm: Confirm
) -> None:
    done = confirm(draft)
    copy = copy_of(maths)
    cancel_lessons(school, list(copy.lessons.all()[:1]), by=alice)
    undone = undo.start_undo(roll_over=done, by=alice)
    assert copy.lessons.filter(cancelled_at=None).count() == 10
    assert [(one.name, one.url) for one in describe_kept(undone)] == [("8A Maths", copy.get_absolute_url())]


def test_people_who_were_reactivated_meanwhile_are_no_trouble(
    school: Enterprise, alice: User, draft: RollOver, confirm: Confirm
) -> None:
    done = confirm(draft)
    reactivate_person(person=User.objects.get(user_id="kid92"), by=alice)
    assert undo.start_undo(roll_over=done, by=alice).kept == []
    assert not User.objects.filter(enterprise=school, is_active=False).exists()


@pytest.mark.parametrize("values", [{"status": "ing"}, {"starts_at": HOUR_AGO, "ends_at": HOUR_AGO + HOUR}])
def test_nothing_is_undone_once_a_lesson_has_begun(
    school: Enterprise,
    alice: User,
    draft: RollOver,
    maths: Course,
    confirm: Confirm,
    values: dict[str, Any],
) -> None:
    done = confirm(draft)
    Lesson.objects.filter(pk=copy_of(maths).lessons.order_by("starts_at")[0].pk).update(**values)
    state = school_state(school)
    with pytest.raises(Conflict):
        undo.start_undo(roll_over=done, by=alice)
    assert school_state(school) == state


def test_nothing_is_undone_twice_or_after_the_time_of_imports(
    alice: User, draft: RollOver, confirm: Confirm, settings: Any
) -> None:
    done = confirm(draft)
    settings.IMPORT_KEEP_DAYS = 0
    with pytest.raises(Conflict):
        undo.start_undo(roll_over=done, by=alice)
    settings.IMPORT_KEEP_DAYS = 90
    undo.start_undo(roll_over=done, by=alice)
    with pytest.raises(Conflict):
        undo.start_undo(roll_over=done, by=alice)


def attach(lesson: Lesson) -> None:
    document = Document.objects.create(enterprise=lesson.enterprise, name="Deck", ext="pdf")
    Attachment.objects.create(enterprise=lesson.enterprise, document=document, lesson=lesson)


def add_by_hand(lesson: Lesson) -> None:
    guest = create_person(lesson.enterprise, "guest", Role.STUDENT)
    Member.objects.create(lesson=lesson, user=guest)


def change_settings(lesson: Lesson) -> None:
    Lesson.objects.filter(pk=lesson.pk).update(capacity=5)


def set_password(lesson: Lesson) -> None:
    set_passwords([lesson], "Jabberwock1")


@pytest.mark.parametrize("change", [attach, add_by_hand, change_settings, set_password])
def test_a_course_with_a_lesson_that_somebody_changed_stays(
    alice: User, draft: RollOver, maths: Course, confirm: Confirm, change: Callable[[Lesson], None]
) -> None:
    done = confirm(draft)
    copy = copy_of(maths)
    change(copy.lessons.order_by("pk")[0])
    undone = undo.start_undo(roll_over=done, by=alice)
    assert copy.lessons.filter(cancelled_at=None).count() == 11
    assert [one.name for one in describe_kept(undone)] == ["8A Maths"]


def test_a_subject_or_term_that_is_deleted_is_no_change_of_a_course(
    school: Enterprise,
    alice: User,
    draft: RollOver,
    groups: dict[str, StudentGroup],
    plan: Callable[..., Course],
    confirm: Confirm,
    beginning: Term,
    settings: Any,
) -> None:
    subject = Subject.objects.create(enterprise=school, name="Maths", colour=1)
    source = plan("7A Maths", groups=[groups["7A"]], subject=subject)
    done = confirm(draft)
    assert copy_of(source).subject == subject
    subject.delete()
    beginning.delete()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, []
    assert undo.start_undo(roll_over=done, by=alice).kept == []
    assert Course.objects.get() == source


def test_people_who_were_deactivated_again_stay_inactive_and_are_listed(
    alice: User, draft: RollOver, confirm: Confirm
) -> None:
    done = confirm(draft)
    again = User.objects.get(user_id="kid92")
    reactivate_person(person=again, by=alice)
    deactivate_person(person=again, by=alice)
    undone = undo.start_undo(roll_over=done, by=alice)
    assert [one.name for one in describe_kept(undone)] == ["Kid92"]
    assert list(User.objects.filter(is_active=False)) == [again]


def test_a_grade_that_was_deleted_leaves_its_group_as_it_is(
    alice: User, draft: RollOver, confirm: Confirm, grades: list[Grade]
) -> None:
    done = confirm(draft)
    delete_grade(grade=grades[0], by=alice)
    undone = undo.start_undo(roll_over=done, by=alice)
    assert "8A" in [one.name for one in describe_kept(undone)]


def test_what_an_old_roll_over_changed_is_deleted_with_the_rows_of_imports(
    alice: User, draft: RollOver, confirm: Confirm
) -> None:
    choose(draft, leavers="keep")
    done = confirm(draft)
    for days, is_kept in ((89, True), (91, False)):
        RollOver.objects.update(applied_at=timezone.now() - timedelta(days=days))
        assert delete_expired_imports() == (0 if is_kept else 1)
        done.refresh_from_db()
        assert bool(done.applied) == bool(done.choices) == is_kept
    assert done.counts["promoted"] == 2
    assert delete_expired_imports() == 0


@pytest.mark.parametrize("state", Job.State.values)
def test_what_a_stopped_undo_left_is_deleted_as_well(
    school: Enterprise, alice: User, draft: RollOver, confirm: Confirm, state: str
) -> None:
    done = confirm(draft)
    job = Job.objects.create(enterprise=school, created_by=alice, kind=UNDO_JOB, state=state)
    old = timezone.now() - timedelta(days=91)
    RollOver.objects.update(state=RollOver.State.UNDOING, job=job, applied_at=old)
    delete_expired_imports()
    done.refresh_from_db()
    assert bool(done.applied) == job.is_open


def test_what_an_undo_without_its_job_left_is_deleted_as_well(
    alice: User, draft: RollOver, confirm: Confirm
) -> None:
    done = confirm(draft)
    old = timezone.now() - timedelta(days=91)
    RollOver.objects.update(state=RollOver.State.UNDOING, job=None, applied_at=old)
    delete_expired_imports()
    done.refresh_from_db()
    assert done.applied == {}


def test_what_is_gone_has_no_link_in_what_an_undo_left(
    school: Enterprise, draft: RollOver, maths: Course, groups: dict[str, StudentGroup]
) -> None:
    draft.kept = [
        {"group": groups["7A"].pk, "name": "7A"},
        {"group": 0, "name": "7B"},
        {"course": maths.pk, "name": "Maths"},
        {"course": 0, "name": "Art"},
        {"course": "x", "name": "Music"},
    ]
    found = {one.name: one.url for one in describe_kept(draft)}
    assert found == {
        **{"7A": reverse("accounts:groups"), "7B": "", "Art": "", "Music": ""},
        "Maths": maths.get_absolute_url(),
    }
