"""Request the copy of everything that the console holds about a person."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Export, User
from accounts.sign_in.permissions import protect_superadmin
from console.audit.held_data import holdings
from console.audit.trail import record
from console.concurrency import lock_row, service
from console.jobs import runner
from console.jobs.models import Job
from console.policy import may

SUBJECT_ACCESS_JOB = "person.subject_access"
SUFFIX = ".zip"


@service
def request_copy(*, person: User, by: User, reason: str = "") -> Export:
    """Start the job that makes the file, and record the request.

    People need no reason for their own data. Raise ValidationError if `by` already waits for the same
    file, or can still download it.
    """
    stored = lock_row(person)
    if not may_request(by, stored):
        raise PermissionDenied
    if stored != by:
        protect_superadmin(stored, by)
    if Export.objects.filter(by=by, person=stored, job__state__in=OPEN_STATES).exists():
        raise ValidationError(_("This copy is being made already. You are notified when it is ready."))
    if (latest := latest_copy(stored, by)) and latest.is_available:
        raise ValidationError(_("This copy has been made already. Download it here."))
    source = Export.objects.create(
        enterprise=by.enterprise,
        by=by,
        person=stored,
        suffix=SUFFIX,
        contacts=True,
        reason=reason,
        language=get_language() or "",
    )
    source.job = runner.enqueue_job(
        SUBJECT_ACCESS_JOB,
        enterprise=source.enterprise,
        by=by,
        args={"export": source.pk},
        total=len(holdings()),
    )
    source.save(update_fields=["job"])
    record("person.subject_access_request", stored, by=by, reason=reason)
    return source


def latest_copy(person: User, by: User) -> Export | None:
    """Return the copy that `by` requested last."""
    return Export.objects.filter(by=by, person=person).order_by("-pk").first()


OPEN_STATES = (Job.State.WAITING, Job.State.RUNNING)


def may_request(by: User, person: User) -> bool:
    """Whether `by` may have the copy: the office that of everybody, people their own."""
    return may(by, "subject_access", "person", person)
