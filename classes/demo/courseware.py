"""Courseware of the demo, uploaded as by its teachers, and a series that uses it."""

from datetime import datetime, time, timedelta
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Enterprise, User
from classes.courseware.attachments import attach_document
from classes.demo import personas
from classes.demo.school import may_teach
from classes.demo.timetable import CONFLICT_REASON, ensure_subjects, school_day
from classes.models import Course, Lesson
from classes.timetable.courses.planning import plan_course
from console.outbox import relay
from documents.models import Document
from documents.upload_services import upload_document

FILES = Path(__file__).parent / "files"
#: File name shown, file in `files`, owner, and whether iclass makes an H5 version.
COURSEWARE = (
    ("函数的图像.pptx", "graphs.pptx", personas.TEACHERS[0], True),
    ("课前预习.pdf", "preparation.pdf", personas.TEACHERS[0], False),
    ("课堂约定.png", "rules.png", None, False),
)
NAMES = [filename.partition(".")[0] for filename, *_more in COURSEWARE]
COURSE = "口语俱乐部"
EVENINGS, SATURDAY = 6, 5


def ensure_courseware(school: Enterprise, people: dict[str, User], by: User) -> list[Document]:
    """Upload the courseware; the sandbox already allows H5 for this school."""
    if not school.h5_white_listed:
        school.h5_white_listed = True
        school.save(update_fields=["h5_white_listed"])
    for name, (filename, file, owner, transcode) in zip(NAMES, COURSEWARE, strict=True):
        if not Document.objects.filter(enterprise=school, name=name).exists():
            upload_document(
                enterprise=school,
                file=SimpleUploadedFile(filename, (FILES / file).read_bytes()),
                owner=people[owner.user_id] if owner else None,
                permission=Document.Permission.PRIVATE if owner else Document.Permission.PUBLIC,
                transcode=transcode,
                by=by,
            )
    relay.drain()
    return list(Document.objects.filter(enterprise=school, name__in=NAMES).order_by("pk"))


def ensure_attachments(lesson: Lesson, decks: list[Document], by: User) -> None:
    """Attach the documents to the running lesson, in the order in which they are shown."""
    if not lesson.attachments.exists():
        for deck in decks:
            attach_document(owner=lesson, document=deck, by=by)


def ensure_course(school: Enterprise, people: dict[str, User], by: User, decks: list[Document]) -> None:
    """Plan six Saturday evenings for a group, with a document, if their teacher is active."""
    teacher = people[personas.TEACHERS[2].user_id]
    if Course.objects.filter(enterprise=school, title=COURSE).exists() or not may_teach(teacher):
        return
    today = school_day(school)
    first = today + timedelta(days=(SATURDAY - today.weekday()) % 7 or 7)
    course = plan_course(
        by=by,
        conflict_reason=CONFLICT_REASON,
        title=COURSE,
        teacher=teacher,
        subject=ensure_subjects(school, people, by).get(personas.SUBJECTS[2]),
        starts_local=datetime.combine(first, time(19, 0)),
        duration_minutes=60,
        rrule=f"FREQ=WEEKLY;COUNT={EVENINGS}",
        groups=list(school.groups.filter(archived_at=None).order_by("name")[:1]),
    )
    attach_document(owner=course, document=decks[-1], by=by)
    relay.drain()
