"""The job of an action on many people. It is one step, because it happens for all of them or for none."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop, override
from django.utils.translation import gettext_lazy as _

from accounts.bulk import services
from accounts.models import StudentGroup, User
from accounts.people.bulk_actions import BULK_ACTIONS, refusal_text
from console.jobs import runner
from console.jobs.models import Job

BULK_JOB = "people.bulk"
#: With more people a request would take too long.
MAX_IN_REQUEST = 200
BULK_SERVICES: dict[str, Callable[..., int]] = {
    "group": services.add_people_to_group,
    "token": services.renew_entry_tokens,
    "password": services.email_password_links,
    "password_revoke": services.revoke_password_links,
    "deactivate": services.deactivate_people,
}


@transaction.atomic
def start_job(name: str, people: list[User], *, by: User, options: dict[str, Any]) -> Job:
    """Start the job. `options` are those of the service; a group is passed by its key."""
    args = {
        "act": name,
        "people": [person.pk for person in people],
        "options": {key: getattr(value, "pk", value) for key, value in options.items()},
        "language": get_language() or settings.LANGUAGE_CODE,
    }
    return runner.enqueue_job(BULK_JOB, enterprise=by.enterprise, by=by, args=args, total=len(people))


def run_step(job: Job) -> timedelta | None:
    """Act on all people, or store why nothing was changed."""
    by, action = job.created_by, BULK_ACTIONS[job.args["act"]]
    if by is None or not action.may(by):
        raise runner.JobFailed(
            gettext_noop("The person who requested this is no longer allowed to do it. Nothing was changed.")
        )
    people = list(User.objects.filter(pk__in=job.args["people"], enterprise=job.enterprise_id))
    with override(job.args["language"]):
        try:
            with transaction.atomic():
                BULK_SERVICES[action.name](people=people, by=by, **_options(job))
            job.done = job.total
        except services.BulkRefused as error:
            job.result = {"refused": [[one.person.pk, one.reason] for one in error.refusals]}
            job.failed = job.total
        except (ValidationError, PermissionDenied) as error:
            job.result, job.failed = {"error": refusal_text(error)}, job.total
    return None


def _options(job: Job) -> dict[str, Any]:
    options = dict(job.args["options"])
    if "group" in options:
        groups = StudentGroup.objects.filter(enterprise=job.enterprise_id, pk=options["group"])
        group = groups.first()
        if group is None:
            raise runner.JobFailed(gettext_noop("The group was deleted. Nothing was changed."))
        options["group"] = group
    return options


def job_url(job: Job) -> str:
    """Return the URL of the result."""
    return reverse("accounts:people_bulk_result", args=[job.pk])


runner.register_job_type(BULK_JOB, label=_("Change many people"), page=job_url)(run_step)
