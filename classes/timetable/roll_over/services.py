"""Prepare, carry out and undo an end-of-year roll-over. Each call is one transaction.

Locks are taken in the order of `console.concurrency`: the roll-over, subjects, terms, groups, grades,
courses, lessons, people, the people of bookings.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from classes.conflicts.guard import lock_people
from classes.models import Course, RollOver, Term
from classes.timetable.roll_over.choices import Choices
from classes.timetable.roll_over.conflicts import find_row_conflicts
from classes.timetable.roll_over.courses import choose_for_course
from classes.timetable.roll_over.edits import EditsConflict, RowEdit, merge_edits
from classes.timetable.roll_over.execution import write_plan
from classes.timetable.roll_over.groups import choose_for_group
from classes.timetable.roll_over.locking import (
    lock_courses,
    lock_grades_of_school,
    lock_groups_of_school,
    lock_person_rows,
)
from classes.timetable.roll_over.plan import Plan, build_plan
from classes.timetable.roll_over.states import is_draft
from classes.timetable.subjects.services import lock_subjects
from console.audit.trail import record
from console.concurrency import Conflict, DatabaseBusy, RowDeleted, service
from console.jobs.runner import enqueue_job

State = RollOver.State
APPLY_JOB, UNDO_JOB = "roll_over.apply", "roll_over.undo"
#: More lessons, or leavers, are written by a job.
WAITED_LESSONS, WAITED_PEOPLE = 1_000, 200
MAX_REASON = 300
ONE_DRAFT = "one_roll_over_at_a_time"


class RollOverOutdated(Conflict):
    """The school, or the draft, changed since the preview that was confirmed."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The school's data changed after the preview, so nothing was changed. This is the new "
                "preview. Check it and confirm again."
            )
        )


@service
def start_roll_over(*, school: Enterprise, ending: Term, beginning: Term, by: User) -> RollOver:
    """Create the draft; raise Conflict if the school has one, ValidationError if the terms do not fit."""
    ending, beginning = _lock_terms(ending, beginning)
    check_terms(ending, beginning)
    draft = RollOver(enterprise=school, ending=ending, beginning=beginning, by=by)
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError as error:
        if constraint_name(error) != ONE_DRAFT:
            raise
        raise Conflict(_("A roll-over is being prepared already. Continue with it.")) from None
    _store_preview(draft, build_plan(draft))
    return draft


def constraint_name(error: IntegrityError) -> str:
    """Return the name of the constraint that a write violated; empty if the database does not say it."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""


def _lock_terms(ending: Term, beginning: Term) -> tuple[Term, Term]:
    """Return the locked terms as they are now. Raise ValidationError at the field of one that was deleted."""
    rows = Term.objects.select_for_update(no_key=True).filter(pk__in=[ending.pk, beginning.pk])
    known = {one.pk: one for one in rows.order_by("pk")}
    fields = {"ending": ending, "beginning": beginning}
    message = _("This term was deleted in the meantime. Choose another one.")
    if missing := {name: message for name, term in fields.items() if term.pk not in known}:
        raise ValidationError(missing)
    return known[ending.pk], known[beginning.pk]


def check_terms(ending: Term, beginning: Term) -> None:
    """Raise ValidationError at `beginning` or `ending` if these terms cannot be rolled over."""
    if beginning.starts_on <= ending.ends_on:
        raise ValidationError({"beginning": _("Choose a term that begins after the other one has ended.")})
    if RollOver.objects.filter(ending=ending, state__in=(State.APPLIED, State.UNDOING)).exists():
        raise ValidationError({"ending": _("This term was rolled over already. Undo that first.")})


@service
def change_terms(*, roll_over: RollOver, ending: Term, beginning: Term) -> RollOver:
    """Choose other terms for a draft; the choices about groups stay."""
    draft = lock_draft(roll_over)
    ending, beginning = _lock_terms(ending, beginning)
    check_terms(ending, beginning)
    draft.ending, draft.beginning, draft.job = ending, beginning, None  # its failure has been seen
    draft.save(update_fields=["ending", "beginning", "job"])
    _store_preview(draft, build_plan(draft))
    return draft


@service
def save_choices(
    *,
    roll_over: RollOver,
    groups: Mapping[int, RowEdit] | None = None,
    courses: Mapping[int, RowEdit] | None = None,
    deactivates: bool | None = None,
) -> Plan | None:
    """Keep choices of a draft and return its preview without conflicts; nothing else changes.

    Only what was entered is a choice, compared with the preview of now. EditsConflict if somebody else
    changed the same. Return None, and keep nothing, if a term was deleted.
    """
    draft = lock_draft(roll_over)
    plan = build_plan(draft)
    if plan is None:
        return None
    choices = Choices.from_stored(draft.choices)
    clashes = merge_edits(plan.groups, groups or {}, choices.groups, choose_for_group)
    clashes |= merge_edits(plan.courses, courses or {}, choices.courses, choose_for_course)
    if clashes:
        raise EditsConflict(clashes)
    choices.deactivates = choices.deactivates if deactivates is None else deactivates
    is_changed = choices.stored() != plan.choices.stored()
    draft.choices, draft.job = choices.stored(), None  # whoever goes on has seen why the job failed
    draft.save(update_fields=["choices", "job"])
    return _store_preview(draft, build_plan(draft) if is_changed else plan)


def _store_preview(draft: RollOver, plan: Plan | None) -> Plan | None:
    draft.seen, draft.counts = (plan.digest_without_conflicts, plan.counts) if plan else ("", {})
    draft.save(update_fields=["seen", "counts"])
    return plan


@service
def discard_roll_over(*, roll_over: RollOver) -> None:
    """Delete a draft. Nothing of it has happened, so nothing is recorded."""
    lock_draft(roll_over).delete()


def lock_draft(roll_over: RollOver) -> RollOver:
    """Lock a draft until the end of the transaction; raise Conflict if it is none any more.

    One whose job ended without effect is a draft again.
    """
    draft = lock_roll_over(roll_over)
    if not is_draft(draft):
        raise Conflict(_("This roll-over was confirmed already. See its page."))
    if draft.state != State.DRAFT:
        draft.state = State.DRAFT
        draft.save(update_fields=["state"])
    return draft


def lock_roll_over(roll_over: RollOver) -> RollOver:
    """Return the locked row with its terms, school and job."""
    # Without joins: after a wait, PostgreSQL would join the new row to what was referenced before.
    own = RollOver.objects.select_for_update().filter(pk=roll_over.pk)
    if not own.values_list("pk"):
        raise RowDeleted
    return RollOver.objects.select_related("enterprise", "ending", "beginning", "job", "by").get(
        pk=roll_over.pk
    )


def start_apply(*, roll_over: RollOver, seen: str, by: User, reason: str = "") -> RollOver:
    """Carry out a draft, or start the job that does. `seen` is the digest of the confirmed preview.

    Raise RollOverOutdated if the preview is another one by now, ValidationError if it has errors, or
    conflicts without a reason, and Conflict if it was confirmed already.
    """
    reason = reason.strip()[:MAX_REASON]
    _keep_reason(roll_over, reason)
    return _apply(roll_over, seen=seen, by=by, reason=reason, may_wait=True)


@service
def _keep_reason(roll_over: RollOver, reason: str) -> None:
    """Keep the reason for the next attempt, if this one is refused."""
    draft = lock_draft(roll_over)
    draft.reason = reason
    draft.save(update_fields=["reason"])


def apply_roll_over(
    *, roll_over: RollOver, seen: str, by: User, reason: str = "", job: int | None = None
) -> RollOver:
    """Carry out a draft as previewed, all or nothing (see `start_apply`). `job` is the key of its job."""
    return _apply(roll_over, seen=seen, by=by, reason=reason, job=job)


def _apply(roll_over: RollOver, *, seen: str, by: User, reason: str, **more: Any) -> RollOver:
    try:
        return _apply_locked(roll_over=roll_over, seen=seen, by=by, reason=reason, **more)
    except DatabaseBusy as error:
        if isinstance(error.__cause__, IntegrityError):
            raise RollOverOutdated from None
        raise


@service
def _apply_locked(
    *,
    roll_over: RollOver,
    seen: str,
    by: User,
    reason: str,
    job: int | None = None,
    may_wait: bool = False,
) -> RollOver:
    """Carry out a draft. With `may_wait`, a large one is left to a job, which is created."""
    if job is None:
        draft = lock_draft(roll_over)
        draft.job = None
    else:
        draft = lock_roll_over(roll_over)
        if draft.state != State.APPLYING or draft.job_id != job:
            raise Conflict(_("This roll-over was confirmed already. See its page."))
    plan = _lock_and_plan(draft)
    _check_plan(plan, seen, reason)
    assert plan is not None  # checked above
    if may_wait and is_large(plan.counts):
        return _enqueue_apply(draft, plan, seen, by, reason)
    draft.applied = write_plan(plan, by=by, reason=reason)
    draft.state, draft.applied_at, draft.by = State.APPLIED, timezone.now(), by
    draft.counts, draft.reason = plan.counts, reason
    draft.save(update_fields=["applied", "state", "applied_at", "by", "counts", "reason", "job"])
    record("roll_over.apply", draft, by=by, after=plan.counts, reason=reason)
    return draft


def is_large(counts: Mapping[str, int]) -> bool:
    """Return whether a roll-over with these counts takes longer than a request may."""
    return counts.get("lessons", 0) > WAITED_LESSONS or counts.get("deactivated", 0) > WAITED_PEOPLE


def _enqueue_apply(draft: RollOver, plan: Plan, seen: str, by: User, reason: str) -> RollOver:
    """Mark the locked draft, so that only one job carries it out."""
    draft.state, draft.reason, draft.counts = State.APPLYING, reason, plan.counts
    draft.job = enqueue_job(
        APPLY_JOB,
        enterprise=draft.enterprise,
        by=by,
        args=job_args(draft, seen=seen),
        total=plan.counts["lessons"],
    )
    draft.save(update_fields=["state", "reason", "counts", "job"])
    return draft


def _lock_and_plan(draft: RollOver) -> Plan | None:
    """Lock everything that the preview reads, then build it."""
    if draft.ending is None or draft.beginning is None:
        return None
    courses = Course.objects.filter(enterprise=draft.enterprise_id, term=draft.ending)
    lock_subjects(courses.exclude(subject=None).order_by().values_list("subject", flat=True))
    draft.ending, draft.beginning = _lock_terms(draft.ending, draft.beginning)
    check_terms(draft.ending, draft.beginning)
    lock_groups_of_school(draft.enterprise_id)
    lock_grades_of_school(draft.enterprise_id)
    lock_courses(courses.values_list("pk", flat=True))
    plan = build_plan(draft)
    if plan is None:
        return None
    lock_person_rows([*plan.deactivated, *_staff(plan)])
    plan = build_plan(draft)  # people may have changed before they were locked
    if plan is None:
        return None
    if booked := set[int]().union(*(one.booked for one in plan.copies)):
        lock_people(booked)
    find_row_conflicts(draft.enterprise, plan.copies)
    return plan


def _staff(plan: Plan) -> Collection[int]:
    found = {one.teacher.pk for one in plan.copies if one.teacher}
    return found | {person.pk for one in plan.copies for person in one.related.get("assistants", ())}


def _check_plan(plan: Plan | None, seen: str, reason: str) -> None:
    if plan is None or plan.digest != seen:
        raise RollOverOutdated
    if plan.group_errors or plan.course_errors:
        raise ValidationError(_("Correct what is marked first. Nothing was changed."))
    if plan.is_empty:
        raise ValidationError(_("There is nothing to do: no group changes and no course is copied."))
    if plan.conflicts and not reason:
        message = _("There are conflicts. Leave courses out, or enter a reason to allow the conflicts.")
        raise ValidationError({"reason": message})


def job_args(roll_over: RollOver, **more: Any) -> dict[str, Any]:
    """Return the arguments of a job: the roll-over, and the language of whoever reads its result."""
    return {"roll_over": roll_over.pk, "language": get_language() or settings.LANGUAGE_CODE, **more}


def mark_draft(roll_over: Any, job: int) -> None:
    """Set a roll-over that this job did not carry out back to a draft; one of another job stays."""
    own = RollOver.objects.filter(pk=roll_over.pk, state=State.APPLYING, job=job)
    own.update(state=State.DRAFT)
