"""Checklist of a new school: steps from the connection to the first lesson, done as the database says."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise, Role, StudentGroup, User
from accounts.school.connection_state import callback_state
from classes.choices import Status
from classes.models import Holiday, Lesson, Term
from console.policy import may

#: A school that held a lesson longer ago than this is not new, whatever it left out.
NEW_FOR = timedelta(days=14)


class FirstStep(NamedTuple):
    """A step; `url` is the page on which to take it."""

    name: str
    label: str | Promise
    hint: str | Promise
    url: str
    done: bool


STEPS: tuple[tuple[str, str | Promise, str | Promise, str], ...] = (
    (
        "connection",
        _("Connect to iclass"),
        _("Enter the API key and load the school's data."),
        "accounts:school",
    ),
    (
        "callbacks",
        _("Receive events from iclass"),
        _("The console then learns at once when a lesson starts or ends."),
        "accounts:school",
    ),
    (
        "term",
        _("Add a term and its holidays"),
        _("Courses end with the term and skip holidays."),
        "classes:year",
    ),
    (
        "people",
        _("Import teachers and students"),
        _("Upload an Excel or CSV file and check the preview."),
        "accounts:import_add",
    ),
    (
        "groups",
        _("Create groups"),
        _("Add a whole group to a lesson at once."),
        "accounts:group_add",
    ),
    (
        "lesson",
        _("Schedule the first lesson"),
        _("It is created at iclass automatically, and attendance is recorded."),
        "classes:lesson_add",
    ),
)


def list_first_steps(reader: Any) -> list[FirstStep]:
    """Return the steps of a new school; none once all are done, or for who does not set the school up."""
    school = reader.enterprise
    if school is None or not (may(reader, "add", "lesson") and may(reader, "view", "school")):
        return []
    facts = _school_facts(school)
    if facts.pop("has_run"):
        return []
    facts["has_connection"] = school.observed_at is not None
    facts["has_callbacks"] = callback_state(school) == "ours"
    if all(facts.values()):
        return []
    return [
        FirstStep(name, label, hint, reverse(url), facts[f"has_{name}"]) for name, label, hint, url in STEPS
    ]


def _school_facts(school: Enterprise) -> dict[str, bool]:
    """Return what the school has, in one query; `has_run` says that it is not new."""
    people = User.objects.filter(enterprise=school, is_active=True)
    lessons = Lesson.objects.filter(enterprise=school)
    term, holiday = Term.objects.filter(enterprise=school), Holiday.objects.filter(enterprise=school)
    held_long_ago = lessons.filter(status=Status.END, starts_at__lt=timezone.now() - NEW_FOR)
    found = Enterprise.objects.filter(pk=school.pk).values(
        has_term=_exists(term) & _exists(holiday),
        has_people=_exists(people.filter(role=Role.TEACHER)) & _exists(people.filter(role=Role.STUDENT)),
        has_groups=_exists(StudentGroup.objects.filter(enterprise=school)),
        has_lesson=_exists(lessons),
        has_run=_exists(held_long_ago),
    )
    return {name: bool(value) for name, value in found.get().items()}


def _exists(rows: QuerySet[Any]) -> Exists:
    return Exists(rows.order_by())
