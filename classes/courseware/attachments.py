"""Courseware attached to lessons and courses. It is local to the console; iclass does not know it."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Max, Q, QuerySet
from django.dispatch import receiver
from django.utils.translation import gettext as _

from accounts.models import User
from classes.locking import lock_attachment_owner
from classes.models import Attachment, Course, Lesson
from console.audit.trail import record
from console.concurrency import service
from console.lists.first_rows import FirstRows, first_rows
from console.outbox.states import SyncState
from console.policy import scoped
from documents.models import Document
from documents.queries import documents_for, search_documents
from documents.services import lock_document
from documents.transcode_state import TranscodeState, transcode_state_of
from documents.upload_services import document_replaced

AttachmentOwner = Lesson | Course
#: States in which iclass has the document.
REMOTE_STATES = (SyncState.IN_SYNC, SyncState.CHANGED_OUTSIDE)
#: Documents that are offered at once; others are found by their name.
MAX_OFFERED = 300


class AttachedDocument(NamedTuple):
    """A document of a lesson; `own` is False if it belongs to the course."""

    attachment: Attachment
    document: Document
    own: bool
    conversion: TranscodeState
    ready: bool
    hidden_from: User | None

    @property
    def words(self) -> str:
        """The reason why it is not ready; empty if it is."""
        if self.ready:
            return ""
        if self.document.sync_state not in REMOTE_STATES or not self.document.remote_id:
            return _("iclass does not have this courseware yet.")
        return str(self.conversion.word)


def is_ready(document: Document) -> bool:
    """Return whether it can be opened in a lesson: iclass has it, and its H5 version if requested."""
    at_iclass = bool(document.remote_id) and document.sync_state in REMOTE_STATES
    return at_iclass and transcode_state_of(document).name in ("none", "ready")


def list_attached_documents(owner: AttachmentOwner) -> list[AttachedDocument]:
    """Return the documents in order, without duplicates: first the lesson's own, then the course's."""
    mine = Q(lesson=owner) if isinstance(owner, Lesson) else Q(course=owner)
    if isinstance(owner, Lesson) and owner.course_id:
        mine |= Q(course=owner.course_id)
    found: dict[int, AttachedDocument] = {}
    rows = Attachment.objects.filter(mine, document__deleted_at=None).select_related("document__owner")
    for one in sorted(rows, key=lambda row: (row.lesson_id is None, row.place, row.pk)):
        own = isinstance(owner, Course) or one.lesson_id is not None
        found.setdefault(one.document_id, _attached_document(one, own, owner.teacher))
    return list(found.values())


def _attached_document(one: Attachment, own: bool, teacher: User) -> AttachedDocument:
    document = one.document
    private = document.owner is not None and document.permission == Document.Permission.PRIVATE
    hidden = teacher if private and document.owner_id != teacher.pk else None
    return AttachedDocument(one, document, own, transcode_state_of(document), is_ready(document), hidden)


def count_unready_documents(lessons: Iterable[Lesson]) -> dict[int, int]:
    """Map lessons (by pk) to the number of documents that are not ready, in a constant number of queries."""
    lessons = list(lessons)
    courses = {one.course_id for one in lessons if one.course_id}
    rows = Attachment.objects.filter(
        Q(lesson__in=[one.pk for one in lessons]) | Q(course__in=courses), document__deleted_at=None
    ).select_related("document")
    by_lesson: dict[int | None, set[int]] = {}
    by_course: dict[int | None, set[int]] = {}
    for one in rows:
        if not is_ready(one.document):
            place, key = (by_lesson, one.lesson_id) if one.lesson_id else (by_course, one.course_id)
            place.setdefault(key, set()).add(one.document_id)
    counts = {
        one.pk: len(by_lesson.get(one.pk, set()) | by_course.get(one.course_id or 0, set()))
        for one in lessons
    }
    return {pk: count for pk, count in counts.items() if count}


def document_uses(document: Document, reader: Any) -> QuerySet[Attachment]:
    """Return the attachments of the document that the reader may see, the latest lessons first."""
    lessons = scoped(Lesson.objects.all(), reader, "lesson", "list").filter(cancelled_at=None)
    courses = scoped(Course.objects.all(), reader, "course", "attach")
    rows = Attachment.objects.filter(document=document).select_related("lesson", "course")
    return rows.filter(Q(lesson__in=lessons) | Q(course__in=courses)).order_by("-lesson__starts_at", "-id")


def attachable_documents(reader: Any, owner: AttachmentOwner, text: str) -> FirstRows[Document]:
    """Return the newest visible documents with this text in their name that are not attached yet."""
    attached = _own_attachments(owner).values("document")
    documents = search_documents(documents_for(reader), text).exclude(pk__in=attached)
    return first_rows(documents.order_by("-id"), MAX_OFFERED)


@service
def attach_document(*, owner: AttachmentOwner, document: Document, by: User) -> Attachment:
    """Attach a document at the end. Raise ValidationError if it is deleted or of another school."""
    lock_attachment_owner(owner)
    stored = lock_document(document)
    if stored.deleted_at or stored.enterprise_id != owner.enterprise_id:
        raise ValidationError(_("Choose courseware of your school."))
    last = _own_attachments(owner).aggregate(n=Max("place"))["n"]
    owner_field: dict[str, Any] = {"lesson": owner} if isinstance(owner, Lesson) else {"course": owner}
    values = {"enterprise_id": owner.enterprise_id, "place": 0 if last is None else last + 1}
    found, created = Attachment.objects.get_or_create(document=document, **owner_field, defaults=values)
    if created:
        _record_attachment_change(owner, by, after={"attached": str(document)})
    return found


@service
def copy_attachments(*, like: AttachmentOwner, owner: AttachmentOwner, by: User) -> list[AttachedDocument]:
    """Attach the documents of another lesson or course in the same order; return the resulting list.

    The documents of the other lesson's course are included. Documents that `by` may not see are left out.
    """
    lock_attachment_owner(owner)
    visible = set(documents_for(by).filter(enterprise=owner.enterprise_id).values_list("pk", flat=True))
    chosen = [
        attached.document for attached in list_attached_documents(like) if attached.document.pk in visible
    ]
    owner_field: dict[str, Any] = {"lesson": owner} if isinstance(owner, Lesson) else {"course": owner}
    Attachment.objects.bulk_create(
        Attachment(enterprise_id=owner.enterprise_id, document=one, place=place, **owner_field)
        for place, one in enumerate(chosen)
    )
    if chosen:
        _record_attachment_change(
            owner, by, after={"attached": [str(one) for one in chosen], "like": like.pk}
        )
    return list_attached_documents(owner)


@service
def detach_document(*, owner: AttachmentOwner, attachment: Attachment, by: User) -> None:
    """Detach a document; do nothing if it is already detached."""
    lock_attachment_owner(owner)
    name = str(attachment.document)
    if Attachment.objects.filter(pk=attachment.pk).delete()[0]:
        _record_attachment_change(owner, by, before={"attached": name})


@service
def move_attachment(*, owner: AttachmentOwner, attachment: Attachment, up: bool, by: User) -> None:
    """Move an own attachment up or down by one place. Raise ValidationError if it was detached."""
    lock_attachment_owner(owner)
    rows = list(_own_attachments(owner).order_by("place", "id"))
    index = next((place for place, row in enumerate(rows) if row.pk == attachment.pk), None)
    if index is None:
        raise ValidationError(_("Someone removed this courseware in the meantime."))
    target = index - 1 if up else index + 1
    if 0 <= target < len(rows):
        rows[index], rows[target] = rows[target], rows[index]
    for place, row in enumerate(rows):
        row.place = place
    Attachment.objects.bulk_update(sorted(rows, key=lambda row: row.pk), ["place"])
    _record_attachment_change(owner, by, after={"order": [str(row.document_id) for row in rows]})


def _own_attachments(owner: AttachmentOwner) -> QuerySet[Attachment]:
    rows = Attachment.objects.filter(document__deleted_at=None)
    return rows.filter(lesson=owner) if isinstance(owner, Lesson) else rows.filter(course=owner)


def _record_attachment_change(owner: AttachmentOwner, by: User, **values: Any) -> None:
    record("lesson.attach" if isinstance(owner, Lesson) else "course.attach", owner, by=by, **values)


@receiver(document_replaced, dispatch_uid="attachments.replaced")
def reattach_replacement(sender: Any, old: Document, new: Document, **kwargs: Any) -> None:
    """Replace the old document by the new one in all attachments, in the transaction of the upload."""
    for one in Attachment.objects.filter(document=old).order_by("pk"):
        duplicate = Attachment.objects.filter(document=new, lesson=one.lesson_id, course=one.course_id)
        if not duplicate.exists():
            Attachment.objects.filter(pk=one.pk).update(document=new)
