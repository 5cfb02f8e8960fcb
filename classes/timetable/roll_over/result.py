"""What the pages of a roll-over show beside its preview: names of leavers, what waits, what an undo left."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import StudentGroup, User
from accounts.people.queries import BY_NAME
from classes.models import Course, RollOver
from classes.timetable.roll_over.undo import copied_lessons
from console.jobs.models import Job
from console.outbox.states import SyncState

#: Leavers who are named; the others are in the lists of their groups.
MAX_NAMED = 500


class Kept(NamedTuple):
    """Something that an undo left as it is: its name, its page (empty if it is gone) and what it is."""

    name: str
    url: str
    kind: str


def leaver_names(leavers: Sequence[int]) -> list[User]:
    """Return the first of these people by name."""
    return list(User.objects.filter(pk__in=leavers).order_by(*BY_NAME)[:MAX_NAMED])


def failure_text(roll_over: RollOver) -> str:
    """Return why a job did not carry out or undo a roll-over; empty if none failed."""
    job = roll_over.job
    if job is None or job.is_open:
        return ""
    if isinstance(job.result, dict) and (error := job.result.get("error")):
        return str(error)
    if job.state == Job.State.DONE:
        return ""
    return (
        _(job.reason) if job.reason else _("This could not be completed, so nothing was changed. Try again.")
    )


def waiting_lessons(roll_over: RollOver) -> int:
    """Return how many lessons of the copies wait to be sent to iclass."""
    return copied_lessons(roll_over).filter(sync_state__in=(SyncState.SENDING, SyncState.CHECKING)).count()


def describe_kept(roll_over: RollOver) -> list[Kept]:
    """Return what the undo left as it is, with links to what still exists. At most three queries."""
    stored = roll_over.kept if isinstance(roll_over.kept, list) else []
    rows = [one for one in stored if isinstance(one, dict)]
    groups, courses, people = (
        _find_rows(model, roll_over, [one.get(kind) for one in rows])
        for model, kind in ((StudentGroup, "group"), (Course, "course"), (User, "person"))
    )
    found = []
    for one in rows:
        name = str(one.get("name", ""))
        if "group" in one:
            url = reverse("accounts:groups") if groups.get(one["group"]) else ""
            found.append(Kept(name, url, _("group")))
        elif "course" in one:
            url = reverse("classes:course", args=[one["course"]]) if courses.get(one["course"]) else ""
            found.append(Kept(name, url, _("course")))
        elif person := people.get(one.get("person", 0)):
            url = reverse("classes:person", args=[person.pk])
            found.append(Kept(person.nickname or person.user_id, url, _("person")))
    return found


def _find_rows(model: Any, roll_over: RollOver, stored: Sequence[Any]) -> dict[Any, Any]:
    """Return those of the stored keys that still exist in the school, each with its row."""
    keys = {pk for pk in stored if type(pk) is int}
    rows: dict[Any, Any] = (
        model.objects.filter(enterprise=roll_over.enterprise_id).in_bulk(keys) if keys else {}
    )
    return rows
