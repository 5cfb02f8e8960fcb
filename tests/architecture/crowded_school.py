"""A school with one row of everything, and of what lists show many more than a page holds."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Enterprise, Role, StudentGroup, User
from bench import planting
from classes.models import Alarm, Course, Lesson, Recording
from console.audit.trail import record
from console.inbox.models import Callback
from console.notifications.models import Notification
from console.outbox.models import Operation
from documents.models import Document
from tests.console.mirror.remote_states import mark_different
from tests.security.sample_school import SampleSchool, build_sample_school


def build_crowded_school(
    school: Enterprise, other: Enterprise, operator: User, *, many: int, teachers: int = 2
) -> SampleSchool:
    """Return the sample school with `many` of everything, and as many lessons with thirty marks each."""
    world = build_sample_school(school, other, operator)
    alice, bob, dina = (world.people[who] for who in ("admin", "teacher", "student"))
    assert alice is not None
    planting.create_people(school, "t", Role.TEACHER, teachers)
    planting.create_people(school, "s", Role.STUDENT, max(many * 2, teachers * planting.SIZE))
    planting.create_past_lessons(school, many)
    numbers = range(many)
    classes = StudentGroup.objects.bulk_create(
        StudentGroup(enterprise=school, name=f"Year {n}") for n in numbers
    )
    for group in classes[:3]:
        group.students.set(User.objects.filter(enterprise=school, role=Role.STUDENT))
    lessons = list(Lesson.objects.filter(enterprise=school, status="end"))
    Recording.objects.bulk_create(
        Recording(
            enterprise=school,
            lesson=lesson,
            class_id=lesson.remote_id,
            video_id=f"v{lesson.pk}",
            video_type=0,
            url="https://x.example",
        )
        for lesson in lessons
    )
    Alarm.objects.bulk_create(Alarm(enterprise=school, lesson=one, kind="ghost") for one in lessons)
    Document.objects.bulk_create(
        Document(enterprise=school, owner=bob, name=f"Hats {n}", ext="pdf") for n in numbers
    )
    Course.objects.bulk_create(
        Course(
            enterprise=school,
            title=f"Croquet {n}",
            teacher=bob,
            starts_local=timezone.now().replace(tzinfo=None) + timedelta(days=n),
            duration_minutes=45,
        )
        for n in numbers
    )
    Operation.objects.bulk_create(
        Operation(
            enterprise=school,
            kind="user.pull",
            subject_type="accounts.user",
            subject_id=dina.pk,
            subject_label="Dina",
            lane=f"lane {n}",
            created_by=alice,
        )
        for n in numbers
    )
    Callback.objects.bulk_create(
        Callback(enterprise=school, fingerprint=f"many {n}", event="class_event", body={}) for n in numbers
    )
    Notification.objects.bulk_create(
        Notification(enterprise=school, person=alice, kind="job.done", key=f"many {n}", shown=True)
        for n in numbers
    )
    for person in User.objects.filter(enterprise=school, user_id__startswith="s")[:many]:
        mark_different(person, nickname="Other")
    for n in numbers:
        record("person.change", dina, by=alice, after={"nickname": f"Dina {n}"})
    return world
