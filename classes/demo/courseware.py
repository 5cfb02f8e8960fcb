"""The demo's courseware, as its teachers would upload it, and a series that uses it."""

from datetime import datetime, time, timedelta
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Enterprise, User
from classes.courses.planning import plan_course
from classes.courseware.attaching import attach
from classes.demo import cast
from classes.demo.lessons import DEMO
from classes.models import Course, Lesson
from console.outbox import relay
from documents.models import Document
from documents.receiving import upload_document

FILES = Path(__file__).parent / "files"
#: The name that a teacher gives, the file of ours, who owns it, and whether iclass makes an H5 version.
DECKS = (
    ("函数的图像.pptx", "graphs.pptx", cast.TEACHERS[0], True),
    ("课前预习.pdf", "preparation.pdf", cast.TEACHERS[0], False),
    ("课堂约定.png", "rules.png", None, False),
)
NAMES = [told.partition(".")[0] for told, *_more in DECKS]
COURSE = "口语俱乐部"
EVENINGS, SATURDAY = 6, 5


def ensure_courseware(school: Enterprise, people: dict[str, User], by: User) -> list[Document]:
    """What the school's teachers show; the local service has the school on its list for H5."""
    if not school.h5_white_listed:
        school.h5_white_listed = True
        school.save(update_fields=["h5_white_listed"])
    for name, (told, file, owner, transcode) in zip(NAMES, DECKS, strict=True):
        if not Document.objects.filter(enterprise=school, name=name).exists():
            upload_document(
                enterprise=school,
                file=SimpleUploadedFile(told, (FILES / file).read_bytes()),
                owner=people[owner.user_id] if owner else None,
                permission=Document.Permission.PRIVATE if owner else Document.Permission.PUBLIC,
                transcode=transcode,
                by=by,
            )
    relay.drain()
    return list(Document.objects.filter(enterprise=school, name__in=NAMES).order_by("pk"))


def ensure_shown(lesson: Lesson, decks: list[Document], by: User) -> None:
    """The decks of the lesson that runs, in the order in which they are shown."""
    if not lesson.attachments.exists():
        for deck in decks:
            attach(owner=lesson, document=deck, by=by)


def ensure_course(school: Enterprise, people: dict[str, User], by: User, decks: list[Document]) -> None:
    """Six Saturday evenings, for a class and with a deck of their own."""
    if Course.objects.filter(enterprise=school, title=COURSE).exists():
        return
    today = timezone.now().astimezone(school.tz).date()
    first = today + timedelta(days=(SATURDAY - today.weekday()) % 7 or 7)
    course = plan_course(
        by=by,
        conflict_reason=DEMO,
        title=COURSE,
        teacher=people[cast.TEACHERS[2].user_id],
        starts_local=datetime.combine(first, time(19, 0)),
        duration_minutes=60,
        rrule=f"FREQ=WEEKLY;COUNT={EVENINGS}",
        groups=list(school.groups.order_by("name")[:1]),
    )
    attach(owner=course, document=decks[-1], by=by)
    relay.drain()
