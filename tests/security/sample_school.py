"""A school with one row of everything, and a person for every column of the matrix."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import (
    Enterprise,
    ErasureRequest,
    Export,
    Grade,
    Guardian,
    GuardianNotice,
    GuardianSession,
    IdentityProvider,
    IdentityRule,
    PasswordRequest,
    PeopleImport,
    Role,
    StudentGroup,
    StudentNote,
    TeacherInCharge,
    User,
)
from classes.models import (
    Alarm,
    Appeal,
    Attendance,
    AttendanceCode,
    AttendanceWarning,
    CallbackDifference,
    CodeUse,
    Correction,
    Course,
    Cover,
    Entry,
    Feed,
    GradeRevision,
    GradeRule,
    GuestCredit,
    Holiday,
    Leave,
    LeaveFile,
    Member,
    Observation,
    Recording,
    Register,
    ReportSchedule,
    RollOver,
    Stay,
    Subject,
    TeacherAbsence,
    Term,
    ThresholdRule,
    TimetableImport,
    WarningFollowUp,
)
from classes.models.leave_file import leave_file_storage
from console.audit.trail import record
from console.inbox.models import Callback
from console.jobs.models import Job
from console.mirror.models import IgnoredDifference
from console.notifications.models import Message, MessagingApp, MessagingBot, Notification
from console.outbox.models import Attempt, Gate, Operation
from console.policy.models import ApiToken
from documents.models import Document, DocumentUpload
from tests.classes.factories import create_planned_lesson
from tests.security.sample_export import create_export
from tests.security.sample_roster import create_roster
from tests.security.sample_sign_in import create_sign_ins
from tests.security.sample_webhook import create_webhook
from tests.support.cast import create_person
from tests.support.guardians import create_account

EVIDENCE = {"mark": "absent", "facts": {}}
FIXED: dict[str, Any] = {
    **{"since": date(2027, 3, 2), "until": date(2027, 3, 2)},
    "body": {"rule": {"absent": "0.00"}, "people": []},
}
#: Of the grade of Dina's group: today, as a deputy today, and until yesterday and from tomorrow on.
HEADS = {"head of grade": "hal", "deputy head of grade": "dan", "head on other days": "olaf"}
IN_CHARGE = {"head of grade", "deputy head of grade"}
CAUSE = {"kind": "absences", "number": 3, "days": None, "least": None, "count": 3, "total": 3, "marks": []}


class SampleSchool(NamedTuple):
    """`people` by column, `rows` by subject; `owners` names the columns whose own a subject is.

    A subject followed by an action ("attendance view") is the own for this action only.
    """

    people: dict[str, User | None]
    rows: dict[str, Any]
    owners: dict[str, set[str]]


def build_sample_school(school: Enterprise, other: Enterprise, operator: User) -> SampleSchool:
    """Bob teaches Dina; Tom is another teacher, Cora covers one lesson; Charlie is another school's
    administrator.
    """
    people: dict[str, User | None] = {
        "anonymous": None,
        "guardian": None,  # no user: a browser with a session of Dina's mother
        "student": create_person(school, "dina", Role.STUDENT),
        "teacher": create_person(school, "bob", Role.TEACHER),
        "other teacher": create_person(school, "tom", Role.TEACHER),
        "covering teacher": create_person(school, "cora", Role.TEACHER),
        **{column: create_person(school, name, Role.TEACHER) for column, name in HEADS.items()},
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
    subject = Subject.objects.create(enterprise=school, name="Games", colour=1)
    subject.teachers.add(bob)
    day = {"starts_on": date(2027, 3, 2), "ends_on": date(2027, 3, 2)}
    term = Term.objects.create(enterprise=school, name="Spring", **day)
    next_term = Term.objects.create(
        enterprise=school, name="Autumn", starts_on=date(2027, 9, 1), ends_on=date(2027, 12, 31)
    )
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
    _create_covered_lesson(people["covering teacher"], absence, course)
    rule = ThresholdRule.objects.create(
        enterprise=school,
        scope="course",
        course=course,
        kind="absences",
        number=3,
        checked_on=date(2200, 1, 1),
    )
    warning = AttendanceWarning.objects.create(enterprise=school, rule=rule, person=dina, facts=CAUSE)
    code = AttendanceCode.objects.create(enterprise=school, letters="A", name="Away")
    leave = Leave.objects.create(
        enterprise=school, person=dina, begins_at=lesson.starts_at, ends_at=lesson.ends_at
    )
    provider = IdentityProvider.objects.create(
        enterprise=school,
        kind="oidc",
        name="Hat",
        issuer="http://127.0.0.1:9",
        client_id="x",
        client_secret="y",
    )
    guardian = Guardian.objects.create(
        enterprise=school, person=dina, name="Ada", relation="mother", language="en"
    )
    account = create_account(guardian, password="!")
    rows = {
        "identity_provider": provider,
        "identity rule": IdentityRule.objects.create(provider=provider, claim="a", value="b", role="teacher"),
        "attendance_code": code,
        "code_use": CodeUse.objects.create(enterprise=school, code=code, mark="absent"),
        "grade_rule": GradeRule.objects.create(enterprise=school),
        "grade_revision": GradeRevision.objects.create(
            enterprise=school,
            course=course,
            term_name="Spring",
            number=1,
            digest="0" * 64,
            **FIXED,
        ),
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
        "subject": subject,
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
        "leave": leave,
        "leave file": LeaveFile.objects.create(
            enterprise=school,
            leave=leave,
            name="note",
            ext="pdf",
            bytes=9,
            file=leave_file_storage().save("note.pdf", ContentFile(b"%PDF-1.4\n")),
        ),
        "entry": Entry.objects.create(enterprise=school, lesson=lesson, person=dina, act="join"),
        "timetable_import": TimetableImport.objects.create(
            enterprise=school, by=alice, filename="a.csv", kind="csv", headings=["topic"], columns=["topic"]
        ),
        "roll_over": RollOver.objects.create(enterprise=school, by=alice, ending=term, beginning=next_term),
        "report_schedule": ReportSchedule.objects.create(
            enterprise=school, person=alice, every="week", due_at=lesson.ends_at, is_on=False
        ),
        "feed": Feed.objects.create(enterprise=school, person=bob, digest=str(school.pk)),
        "group": StudentGroup.objects.create(enterprise=school, name="Hatters"),
        "grade": _create_headed_grade(school, dina, people),
        "charge": TeacherInCharge.objects.create(
            enterprise=school,
            group=StudentGroup.objects.create(enterprise=school, name="Dodos"),
            teacher=people["other teacher"],
        ),
        "guardian": guardian,
        "session of guardian": GuardianSession.objects.create(
            account=account, session_key=f"guardian {school.pk}", ip="192.0.2.8", user_agent="Firefox"
        ),
        "leave of guardian": _create_leave_of_guardian(guardian, lesson),
        "notification to a guardian": _create_notice(guardian),
        "note": StudentNote.objects.create(enterprise=school, person=dina, text="Left early", by=bob),
        "person in charge": dina,
        "import": PeopleImport.objects.create(
            enterprise=school,
            by=alice,
            filename="a.csv",
            digest=str(school.pk),
            kind="csv",
            headings=["id"],
            columns=[""],
        ),
        "password request": PasswordRequest.objects.create(enterprise=school, person=dina),
        "erasure": ErasureRequest.objects.create(enterprise=school, person=dina, requested_by=alice),
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
        **_create_channels(school, bob),
        **create_export(school, alice),
        **create_webhook(school),
        **create_roster(school, alice, dina),
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
        **dict.fromkeys(("lesson", "course", "grade_revision"), {"student", "teacher"}),
        **dict.fromkeys(("recording", "attendance"), {"student", "teacher"}),
        "member": {"student", "teacher"},
        "appeal": {"student", "teacher"},
        "leave": {"student", *IN_CHARGE},
        "warning": {"teacher", *IN_CHARGE},
        "person in charge": IN_CHARGE,
        # The file of a single student has only the marks of lessons that they lead themselves.
        **dict.fromkeys(("attendance list", "attendance view", "person view", "person export"), IN_CHARGE),
        **dict.fromkeys(("credit", "subject"), {"teacher"}),
        "taught student": {"teacher", "covering teacher"},
        "alarm": {"teacher"},
        "entry": {"teacher"},
        "person": {"student"},
        "charge": {"other teacher"},
        "attendance_code": {"teacher", "other teacher", "covering teacher", *HEADS},
        **dict.fromkeys(("document", "upload"), {"teacher"}),
        "notice": {"teacher"},
        "feed": {"teacher"},
        "cover": {"teacher"},
        **dict.fromkeys(("token", "export", "erasure"), {"admin"}),
    }
    create_sign_ins(school)
    return SampleSchool(people, rows, owners)


def _create_notice(guardian: Guardian) -> GuardianNotice:
    """Create a notice that did not leave."""
    return GuardianNotice.objects.create(
        enterprise=guardian.enterprise, guardian=guardian, day=timezone.localdate(), delivery="refused"
    )


def _create_leave_of_guardian(guardian: Guardian, lesson: Any) -> Leave:
    """Create an open request of a guardian, two days after the lesson."""
    begins, ends = (at + timedelta(days=2) for at in (lesson.starts_at, lesson.ends_at))
    times = {"begins_at": begins, "ends_at": ends}
    asked = {"guardian": guardian, "guardian_relation": guardian.relation, "state": "requested"}
    return Leave.objects.create(enterprise=guardian.enterprise, person=guardian.person, **times, **asked)


def _create_channels(school: Enterprise, person: User) -> dict[str, Any]:
    """Create a bot and an app, whose addresses the console refuses to call, with a message each."""
    bot = MessagingBot.objects.create(
        enterprise=school, name="Office", provider="wecom", url="http://127.0.0.1:1/", language="en"
    )
    app = MessagingApp.objects.create(
        enterprise=school, provider="wecom", app_id="1", secret="1", api_url="http://127.0.0.1:1"
    )
    notice = Notification.objects.create(enterprise=school, person=person, kind="matrix", key="2")
    Message.objects.create(enterprise=school, notice=notice, app=app, kind="matrix", key="2")
    return {
        "channel": bot,
        "app": app,
        "message to a group": Message.objects.create(
            enterprise=school, bot=bot, kind="matrix", key="1", delivery="refused"
        ),
    }


def _create_headed_grade(school: Enterprise, student: User, people: dict[str, User | None]) -> Grade:
    """Create a grade with a group of the student and its HEADS."""
    grade = Grade.objects.create(enterprise=school, name="Y8", position=1)
    group = StudentGroup.objects.create(enterprise=school, name="Mice", grade=grade)
    group.students.add(student)
    today, day = timezone.localdate(timezone=school.tz), timedelta(days=1)
    entries: tuple[tuple[str, dict[str, Any]], ...] = (
        ("head of grade", {}),
        ("deputy head of grade", {"kind": "deputy", "starts_on": today - day, "ends_on": today + day}),
        ("head on other days", {"ends_on": today - day}),
        ("head on other days", {"starts_on": today + day}),
    )
    for column, fields in entries:
        TeacherInCharge.objects.create(enterprise=school, grade=grade, teacher=people[column], **fields)
    return grade


def _create_covered_lesson(covering: User | None, absence: TeacherAbsence, course: Course) -> None:
    """Create another lesson of the course, which somebody covers for the absent teacher."""
    lesson = create_planned_lesson(covering, course=course)
    for student in course.members.all():
        Member.objects.create(lesson=lesson, user=student)
    Cover.objects.create(
        enterprise=absence.enterprise,
        absence=absence,
        lesson=lesson,
        absent=absence.teacher,
        covering=covering,
    )
