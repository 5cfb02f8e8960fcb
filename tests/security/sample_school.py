"""A school with one row of everything, and a person for every column of the matrix."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils import timezone

from accounts.models import Enterprise, Export, PeopleImport, Role, StudentGroup, User
from classes.models import (
    Alarm,
    Appeal,
    Attendance,
    AttendanceWarning,
    CallbackDifference,
    Correction,
    Course,
    Cover,
    Entry,
    Feed,
    GuestCredit,
    Holiday,
    Leave,
    Member,
    Observation,
    Recording,
    Register,
    ReportSchedule,
    Stay,
    TeacherAbsence,
    Term,
    ThresholdRule,
    TimetableImport,
    WarningFollowUp,
)
from console.audit.trail import record
from console.inbox.models import Callback
from console.jobs.models import Job
from console.mirror.models import IgnoredDifference
from console.notifications.models import Notification
from console.outbox.models import Attempt, Gate, Operation
from console.policy.models import ApiToken
from documents.models import Document, DocumentUpload
from tests.classes.factories import create_planned_lesson
from tests.support.cast import create_person

EVIDENCE = {"mark": "absent", "facts": {}}
CAUSE = {"kind": "absences", "number": 3, "days": None, "least": None, "count": 3, "total": 3, "marks": []}


class SampleSchool(NamedTuple):
    """`people` by column, `rows` by subject; `owners` names the columns whose own a subject is."""

    people: dict[str, User | None]
    rows: dict[str, Any]
    owners: dict[str, set[str]]


def build_sample_school(school: Enterprise, other: Enterprise, operator: User) -> SampleSchool:
    """Bob teaches Dina; Tom is another teacher, Charlie another school's administrator."""
    people: dict[str, User | None] = {
        "anonymous": None,
        "student": create_person(school, "dina", Role.STUDENT),
        "teacher": create_person(school, "bob", Role.TEACHER),
        "other teacher": create_person(school, "tom", Role.TEACHER),
        "admin": create_person(school, "alice", Role.ADMIN),
        "admin of another school": create_person(other, "charlie", Role.ADMIN),
        "supervisor": create_person(school, "sue", Role.SUPERVISOR),
        "superadmin": create_person(school, "root", Role.SUPERADMIN),
        "operator": operator,
    }
    dina, bob, alice = people["student"], people["teacher"], people["admin"]
    User.objects.filter(pk=dina.pk).update(remote_id="dina", sync_state="in_sync", phone_no="13800130001")
    lesson = create_planned_lesson(bob)
    member = Member.objects.create(lesson=lesson, user=dina)
    course = Course.objects.create(
        enterprise=school,
        title="Croquet",
        teacher=bob,
        starts_local=datetime(2027, 3, 2),
        duration_minutes=45,
    )
    course.members.add(dina)
    day = {"starts_on": date(2027, 3, 2), "ends_on": date(2027, 3, 2)}
    term = Term.objects.create(enterprise=school, name="Spring", **day)
    holiday = Holiday.objects.create(enterprise=school, name="Fair", **day)
    mark = Attendance.objects.create(lesson=lesson, person=dina, user_id="dina", role="student")
    operation = Operation.objects.create(
        enterprise=school,
        kind="user.pull",
        subject_type="accounts.user",
        subject_id=dina.pk,
        subject_label="Dina",
        lane="x",
    )
    absence = TeacherAbsence.objects.create(
        enterprise=school, teacher=people["other teacher"], begins_at=lesson.starts_at, ends_at=lesson.ends_at
    )
    rule = ThresholdRule.objects.create(
        enterprise=school,
        scope="course",
        course=course,
        kind="absences",
        number=3,
        checked_on=date(2200, 1, 1),
    )
    warning = AttendanceWarning.objects.create(enterprise=school, rule=rule, person=dina, facts=CAUSE)
    rows = {
        "threshold": rule,
        "warning": warning,
        "follow_up": WarningFollowUp.objects.create(warning=warning, kind="called", by=bob),
        "lesson": lesson,
        "absence": absence,
        "cover": Cover.objects.create(
            enterprise=school, absence=absence, lesson=lesson, absent=absence.teacher, covering=bob
        ),
        "person": dina,
        "taught student": dina,
        "course": course,
        "term": term,
        "holiday": holiday,
        "member": member,
        "attendance": mark,
        "appeal": Appeal.objects.create(lesson=lesson, person=dina, mark="absent", evidence=EVIDENCE),
        "credit": GuestCredit.objects.create(lesson=lesson, guest_id="guest", person=dina),
        "callback_difference": CallbackDifference.objects.create(
            lesson=lesson, user_id="dina", entered=True, told_at=lesson.starts_at
        ),
        "correction": Correction.objects.create(lesson=lesson, user_id="dina", mark="present", by=bob),
        "register": Register.objects.create(
            lesson=lesson, number=1, body={}, digest="0" * 64, reopened_at=timezone.now()
        ),
        "leave": Leave.objects.create(
            enterprise=school, person=dina, begins_at=lesson.starts_at, ends_at=lesson.ends_at
        ),
        "entry": Entry.objects.create(enterprise=school, lesson=lesson, person=dina, act="join"),
        "timetable_import": TimetableImport.objects.create(
            enterprise=school, by=alice, filename="a.csv", kind="csv", headings=["topic"], columns=["topic"]
        ),
        "report_schedule": ReportSchedule.objects.create(
            enterprise=school, person=alice, every="week", due_at=lesson.ends_at, is_on=False
        ),
        "feed": Feed.objects.create(enterprise=school, person=bob, digest=str(school.pk)),
        "group": StudentGroup.objects.create(enterprise=school, name="Hatters"),
        "import": PeopleImport.objects.create(
            enterprise=school,
            by=alice,
            filename="a.csv",
            digest=str(school.pk),
            kind="csv",
            headings=["id"],
            columns=[""],
        ),
        "export": Export.objects.create(
            enterprise=school, by=alice, suffix=".csv", filename="a.csv", ready_at=timezone.now()
        ),
        "document": Document.objects.create(enterprise=school, owner=bob, name="Hats", ext="pdf"),
        "upload": DocumentUpload.objects.create(
            enterprise=school, by=bob, told="a.pdf", bytes=9, file="incoming/a.pdf"
        ),
        "recording": Recording.objects.create(
            enterprise=school,
            lesson=lesson,
            class_id="1",
            video_id="1",
            video_type=0,
            url="https://x.example",
        ),
        "alarm": Alarm.objects.create(enterprise=school, lesson=lesson, kind="ghost"),
        "operation": operation,
        "attempt": Attempt.objects.create(
            operation=operation, fence=1, endpoint="user/info", started_at=timezone.now(), outcome="ok"
        ),
        "gate": Gate.objects.create(enterprise=school),
        "callback": Callback.objects.create(enterprise=school, fingerprint="1", event="class_event", body={}),
        "job": Job.objects.create(enterprise=school, kind="matrix", created_by=alice),
        "group change": Job.objects.create(
            enterprise=school,
            kind="groups.push",
            created_by=alice,
            args={"group": 0, "name": "Hatters", "came": 1, "went": 0, "sent": [], "locked": [], "left": []},
        ),
        "lessons changed": Job.objects.create(
            enterprise=school,
            kind="lessons.push",
            created_by=alice,
            args={"lessons": [], "locked": [], "same": []},
        ),
        "people changed": Job.objects.create(
            enterprise=school, kind="people.bulk", created_by=alice, args={"act": "deactivate"}
        ),
        "notice": Notification.objects.create(enterprise=school, person=bob, kind="matrix", key="1"),
        "audit": record("person.pull", dina, by=alice),
        "stay": Stay.objects.create(lesson=lesson, user_id="dina", entered_at=timezone.now()),
        "observation": Observation.objects.create(lesson=lesson, source="poll", user_id="dina"),
        "ignored": IgnoredDifference.objects.create(
            enterprise=school, subject_type="accounts.user", subject_id=dina.pk, field="nickname"
        ),
        "token": ApiToken.objects.create(user=alice, digest=str(school.pk)),
        "school": school,
    }
    owners = {
        **dict.fromkeys(("lesson", "course"), {"student", "teacher"}),
        **dict.fromkeys(("recording", "attendance"), {"student", "teacher"}),
        "member": {"student", "teacher"},
        "appeal": {"student", "teacher"},
        "leave": {"student"},
        **dict.fromkeys(("credit", "taught student", "warning"), {"teacher"}),
        "alarm": {"teacher"},
        "entry": {"teacher"},
        "person": {"student"},
        **dict.fromkeys(("document", "upload"), {"teacher"}),
        "notice": {"teacher"},
        "feed": {"teacher"},
        "cover": {"teacher"},
        **dict.fromkeys(("token", "export"), {"admin"}),
    }
    return SampleSchool(people, rows, owners)
