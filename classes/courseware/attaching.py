"""What is attached to a lesson, and to each lesson of its course. iclass is not told of any of it."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.dispatch import receiver
from django.utils.translation import gettext as _

from accounts.models import User
from classes.models import Attachment, Course, Lesson
from console.audit.trail import record
from console.outbox.states import SyncState
from console.policy import scoped
from documents.models import Document
from documents.queries import documents_for
from documents.receiving import replaced
from documents.words import Conversion, conversion_of

Owner = Lesson | Course
#: States in which the service has the document, whatever else is to be said of it.
THERE = (SyncState.IN_SYNC, SyncState.CHANGED_OUTSIDE)
MOST_OFFERED = 300


class Deck(NamedTuple):
    """A document of a lesson; `own` is False where it comes with the course."""

    attachment: Attachment
    document: Document
    own: bool
    conversion: Conversion
    ready: bool
    hidden_from: User | None

    @property
    def words(self) -> str:
        """Why it is not ready; empty where it is."""
        if self.ready:
            return ""
        if self.document.sync_state not in THERE or not self.document.remote_id:
            return _("iclass does not have it yet.")
        return str(self.conversion.word)


def is_ready(document: Document) -> bool:
    """Whether it can be opened in a lesson: iclass has it, and its H5 version where one is wanted."""
    there = bool(document.remote_id) and document.sync_state in THERE
    return there and conversion_of(document).name in ("none", "ready")


def decks_of(owner: Owner) -> list[Deck]:
    """The documents in their order, those of the course behind the lesson's own, each once."""
    mine = Q(lesson=owner) if isinstance(owner, Lesson) else Q(course=owner)
    if isinstance(owner, Lesson) and owner.course_id:
        mine |= Q(course=owner.course_id)
    found: dict[int, Deck] = {}
    rows = Attachment.objects.filter(mine, document__deleted_at=None).select_related("document__owner")
    for one in sorted(rows, key=lambda row: (row.lesson_id is None, row.place, row.pk)):
        own = isinstance(owner, Course) or one.lesson_id is not None
        found.setdefault(one.document_id, _deck(one, own, owner.teacher))
    return list(found.values())


def _deck(one: Attachment, own: bool, teacher: User) -> Deck:
    document = one.document
    private = document.owner is not None and document.permission == Document.Permission.PRIVATE
    hidden = teacher if private and document.owner_id != teacher.pk else None
    return Deck(one, document, own, conversion_of(document), is_ready(document), hidden)


def wanting(lessons: Iterable[Lesson]) -> dict[int, int]:
    """How many documents of each lesson are not ready, by its id; two questions, however many there are."""
    lessons = list(lessons)
    courses = {one.course_id for one in lessons if one.course_id}
    rows = Attachment.objects.filter(
        Q(lesson__in=[one.pk for one in lessons]) | Q(course__in=courses), document__deleted_at=None
    ).select_related("document")
    of_lesson: dict[int | None, set[int]] = {}
    of_course: dict[int | None, set[int]] = {}
    for one in rows:
        if not is_ready(one.document):
            place, key = (of_lesson, one.lesson_id) if one.lesson_id else (of_course, one.course_id)
            place.setdefault(key, set()).add(one.document_id)
    counts = {
        one.pk: len(of_lesson.get(one.pk, set()) | of_course.get(one.course_id or 0, set()))
        for one in lessons
    }
    return {pk: count for pk, count in counts.items() if count}


def uses_of(document: Document, reader: Any) -> QuerySet[Attachment]:
    """Where the document is attached, as far as the reader may see; lessons that are over at the end."""
    lessons = scoped(Lesson.objects.all(), reader, "lesson", "list").filter(cancelled_at=None)
    courses = scoped(Course.objects.all(), reader, "course", "attach")
    rows = Attachment.objects.filter(document=document).select_related("lesson", "course")
    return rows.filter(Q(lesson__in=lessons) | Q(course__in=courses)).order_by("-lesson__starts_at")[:100]


def offered(reader: Any, owner: Owner) -> QuerySet[Document]:
    """What the reader may attach: what they see and is not attached here yet, the newest first."""
    here = _mine(owner).values("document")
    return documents_for(reader).exclude(pk__in=here).order_by("-id")[:MOST_OFFERED]


@transaction.atomic
def attach(*, owner: Owner, document: Document, by: User) -> Attachment:
    """Put a document behind the others. ValidationError for one that is deleted or of another school."""
    if document.deleted_at or document.enterprise_id != owner.enterprise_id:
        raise ValidationError(_("Choose a document of your school."))
    last = _mine(owner).aggregate(n=Max("place"))["n"]
    there: dict[str, Any] = {"lesson": owner} if isinstance(owner, Lesson) else {"course": owner}
    values = {"enterprise_id": owner.enterprise_id, "place": 0 if last is None else last + 1}
    found, new = Attachment.objects.get_or_create(document=document, **there, defaults=values)
    if new:
        _write_down(owner, by, after={"attached": str(document)})
    return found


@transaction.atomic
def attach_alike(*, like: Owner, owner: Owner, by: User) -> list[Deck]:
    """Attach what another lesson or course has, in its order; how it stands here then.

    A lesson takes along what came with the course of the other. Left out is what `by` may not see.
    """
    seen = set(documents_for(by).filter(enterprise=owner.enterprise_id).values_list("pk", flat=True))
    chosen = [deck.document for deck in decks_of(like) if deck.document.pk in seen]
    there: dict[str, Any] = {"lesson": owner} if isinstance(owner, Lesson) else {"course": owner}
    Attachment.objects.bulk_create(
        Attachment(enterprise_id=owner.enterprise_id, document=one, place=place, **there)
        for place, one in enumerate(chosen)
    )
    if chosen:
        _write_down(owner, by, after={"attached": [str(one) for one in chosen], "like": like.pk})
    return decks_of(owner)


@transaction.atomic
def detach(*, owner: Owner, attachment: Attachment, by: User) -> None:
    """Take a document out; the document itself stays."""
    name = str(attachment.document)
    attachment.delete()
    _write_down(owner, by, before={"attached": name})


@transaction.atomic
def move(*, owner: Owner, attachment: Attachment, up: bool, by: User) -> None:
    """One place up or down among the own ones of the lesson or the course."""
    rows = list(_mine(owner).select_for_update().order_by("place", "id"))
    at = next(place for place, row in enumerate(rows) if row.pk == attachment.pk)
    to = at - 1 if up else at + 1
    if 0 <= to < len(rows):
        rows[at], rows[to] = rows[to], rows[at]
    for place, row in enumerate(rows):
        row.place = place
    Attachment.objects.bulk_update(rows, ["place"])
    _write_down(owner, by, after={"order": [str(row.document_id) for row in rows]})


def _mine(owner: Owner) -> QuerySet[Attachment]:
    rows = Attachment.objects.filter(document__deleted_at=None)
    return rows.filter(lesson=owner) if isinstance(owner, Lesson) else rows.filter(course=owner)


def _write_down(owner: Owner, by: User, **said: Any) -> None:
    record("lesson.attach" if isinstance(owner, Lesson) else "course.attach", owner, by=by, **said)


@receiver(replaced, dispatch_uid="attachments.replaced")
def follow(sender: Any, old: Document, new: Document, **kwargs: Any) -> None:
    """Where the old document was, the new one is; inside the transaction that puts it there."""
    for one in Attachment.objects.filter(document=old):
        twice = Attachment.objects.filter(document=new, lesson=one.lesson_id, course=one.course_id)
        if not twice.exists():
            Attachment.objects.filter(pk=one.pk).update(document=new)
