"""Grades sent to a OneRoster service: once, again, cut off, refused; and who is not sent."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import RosterConnection, SourcedId, User
from classes.attendance.grades.sending.display import sending_state
from classes.attendance.grades.sending.runs import start_sending
from classes.attendance.grades.services import fix_grades
from classes.models import Course, GradeRevision, Lesson, Term
from console.audit.models import AuditEntry
from tests.classes.attendance.grades.conftest import set_marks
from tests.classes.attendance.grades.sending.conftest import Gradebook, run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
NO_ID = "no OneRoster ID: this person did not come from your student information system"


def test_percentages_go_to_a_line_item_of_the_class_and_who_has_no_id_is_listed(
    gradebook: Gradebook, revision: GradeRevision, alice: User
) -> None:
    start_sending(revision=revision, by=alice)
    job = run_jobs()
    assert (job.state, job.done, job.failed) == ("done", 2, 1)
    (item,) = gradebook.kept("lineItems")
    assert item["class"]["sourcedId"] == "k-1"
    assert item["gradingPeriod"]["sourcedId"] == "t-1"
    assert (item["resultValueMin"], item["resultValueMax"]) == (0, 100)
    assert item["dueDate"].startswith(revision.until.isoformat())
    assert ("school" in item) == (gradebook.version == "1.2")
    assert gradebook.kept("categories")[0]["sourcedId"] == item["category"]["sourcedId"]
    assert gradebook.scores() == {"u-2": 87.5, "u-3": 50.0}
    result = gradebook.kept("results")[0]
    assert (result["scoreStatus"], result["comment"]) == ("fully graded", "3.50/4")
    assert sending_state(revision).unsent == [("Kid3", NO_ID)]
    entries = AuditEntry.objects.filter(action__startswith="grades.sen").order_by("id")
    assert [(one.action, one.actor) for one in entries] == [("grades.send", alice), ("grades.sent", alice)]
    assert (entries[1].after["succeeded"], entries[1].after["refused"]) == (2, 1)


def test_sending_again_and_a_later_revision_replace_the_same_rows(
    gradebook: Gradebook,
    revision: GradeRevision,
    alice: User,
    course: Course,
    term: Term,
    lessons: list[Lesson],
    linked: list[User],
) -> None:
    start_sending(revision=revision, by=alice)
    run_jobs()
    before = {name: gradebook.kept(name) for name in ("categories", "lineItems", "results")}
    start_sending(revision=revision, by=alice)
    assert run_jobs().state == "done"
    assert {name: gradebook.kept(name) for name in before} == before
    set_marks(lessons, linked[0], ["present"] * 4)
    set_marks(lessons, linked[1], ["excused"] * 4)
    second = fix_grades(course=course, term=term, by=alice)
    with pytest.raises(ValidationError, match="Revision 2 is newer"):
        start_sending(revision=revision, by=alice)
    start_sending(revision=second, by=alice)
    run_jobs()
    assert gradebook.scores() == {"u-2": 100.0, "u-3": 0.0 if gradebook.version == "1.1" else None}
    assert [one["scoreStatus"] for one in gradebook.kept("results")] == ["fully graded", "exempt"]
    assert len(gradebook.kept("lineItems")) == 1


def test_cut_answers_are_tried_again_and_double_nothing(
    gradebook: Gradebook, revision: GradeRevision, alice: User
) -> None:
    gradebook.misbehave(cut=[1, 3, 4, 6])
    start_sending(revision=revision, by=alice)
    job = run_jobs()
    assert (job.state, job.done, job.failed) == ("done", 2, 1)
    assert [len(gradebook.kept(name)) for name in ("categories", "lineItems", "results")] == [1, 1, 2]


def test_a_service_that_never_answers_ends_the_job_with_a_sentence(
    gradebook: Gradebook, revision: GradeRevision, alice: User
) -> None:
    gradebook.misbehave(cut=list(range(100)))
    start_sending(revision=revision, by=alice)
    job = run_jobs()
    assert (job.state, job.done) == ("failed", 0)
    assert "Send the grades again later." in job.reason
    gradebook.misbehave()
    start_sending(revision=revision, by=alice)
    assert run_jobs().state == "done"
    assert len(gradebook.kept("results")) == 2


def test_a_refused_result_ends_in_a_sentence_and_the_others_are_sent(
    gradebook: Gradebook, revision: GradeRevision, alice: User
) -> None:
    gradebook.misbehave(refused={"u-2": 422})
    start_sending(revision=revision, by=alice)
    assert run_jobs().failed == 2
    assert sending_state(revision).unsent[0] == ("Kid1", "the service refuses this grade (answer 422)")
    assert gradebook.scores() == {"u-3": 50.0}


@pytest.mark.parametrize(
    ("faults", "sentence"),
    [({"closed": True}, "does not allow writing grades"), ({"secret": "other"}, "client ID or secret")],
)
def test_a_closed_gradebook_ends_the_job_at_once(
    gradebook: Gradebook, revision: GradeRevision, alice: User, faults: dict[str, Any], sentence: str
) -> None:
    gradebook.misbehave(**faults)
    start_sending(revision=revision, by=alice)
    job = run_jobs()
    assert (job.state, sentence in job.reason) == ("failed", True)


def test_a_class_that_the_service_does_not_have_and_an_unknown_root_are_said(
    gradebook: Gradebook, revision: GradeRevision, alice: User
) -> None:
    gradebook.records["classes"] = []
    gradebook.write()
    start_sending(revision=revision, by=alice)
    assert "refuses the line item" in run_jobs().reason
    RosterConnection.objects.update(version="1.2", url=f"{gradebook.address}/v1p2")
    start_sending(revision=revision, by=alice)
    assert "does not contain “/rostering/”" in run_jobs().reason


def test_who_left_the_groups_of_the_course_is_not_sent(
    gradebook: Gradebook, revision: GradeRevision, alice: User, course: Course, linked: list[User]
) -> None:
    group = course.groups.get()
    group.entries.filter(student=linked[1]).delete()
    start_sending(revision=revision, by=alice)
    run_jobs()
    reasons = dict(sending_state(revision).unsent)
    assert reasons["Kid2"] == "in no group of this course that has a OneRoster ID"
    assert gradebook.scores() == {"u-2": 87.5}
    SourcedId.objects.filter(kind="class").delete()
    with pytest.raises(ValidationError, match="No student of this revision can be sent"):
        start_sending(revision=revision, by=alice)


def test_one_job_at_a_time_sends_a_course(
    gradebook: Gradebook,
    revision: GradeRevision,
    alice: User,
    course: Course,
    term: Term,
    lessons: list[Lesson],
    linked: list[User],
) -> None:
    job = start_sending(revision=revision, by=alice)
    assert start_sending(revision=revision, by=alice) == job
    set_marks(lessons, linked[0], ["present"] * 4)
    second = fix_grades(course=course, term=term, by=alice)
    with pytest.raises(ValidationError, match="Another revision of this course is being sent"):
        start_sending(revision=second, by=alice)
    RosterConnection.objects.all().delete()
    assert run_jobs().reason == "The settings of the OneRoster service were deleted."
