"""The library of recordings: a row a lesson, found by topic, teacher, person, day, track and state."""

from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from classes.forms.fields import day_field
from classes.kinds import Status
from classes.models import Footage, Lesson, Recording
from classes.queries import lessons_for
from classes.recordings.states import KINDS, State, in_state, states_of, with_told

CHOSEN = ("ready", "asked", "started", "stopped", "failed", "missing", "binned")


class LibraryFilter(forms.Form):
    """What narrows the library, kept in its address."""

    q = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    teacher = forms.CharField(label=_("Teacher"), required=False, max_length=64)
    person = forms.CharField(label=_("Person in a track"), required=False, max_length=64)
    since = day_field(label=_("From"), required=False)
    until = day_field(label=_("Until"), required=False)
    track = forms.ChoiceField(
        label=_("Track"), required=False, choices=[("", _("all")), *Recording.Kind.choices]
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("all")), *((name, KINDS[name].word) for name in CHOSEN)],
    )


class Line(NamedTuple):
    """A lesson of the library; `tracks` by type and then by person."""

    lesson: Lesson
    footage: Footage | None
    state: State
    tracks: list[Recording]

    @property
    def title(self) -> str:
        return (self.footage and self.footage.title) or self.lesson.topic


def library(reader: Any) -> QuerySet[Lesson]:
    """The lessons that were recorded or should have been, as far as the reader may see them."""
    recorded = Q(record_types__contains=["remote"], cancelled_at=None, status__in=(Status.ING, Status.END))
    lessons = with_told(lessons_for(reader))
    return lessons.filter(recorded | Q(Exists(Footage.objects.filter(lesson=OuterRef("pk")))))


def narrowed(lessons: QuerySet[Lesson], data: dict[str, Any], school: int) -> QuerySet[Lesson]:
    """What the filter lets through. What is in the bin is shown only where it is asked for."""
    state = data.get("state")
    lessons = lessons.filter(in_state(state, timezone.now()) if state else Q(in_bin=False))
    for word in (data.get("q") or "").split():
        named = Footage.objects.filter(lesson=OuterRef("pk")).filter(
            Q(title__icontains=word) | Q(tags__contains=[word])
        )
        lessons = lessons.filter(Q(topic__icontains=word) | Q(Exists(named)))
    if teacher := data.get("teacher"):
        lessons = lessons.filter(teacher__in=_people(school, teacher))
    if since := data.get("since"):
        lessons = lessons.filter(starts_at__gte=_midnight(since))
    if until := data.get("until"):
        lessons = lessons.filter(starts_at__lt=_midnight(until + timedelta(days=1)))
    tracks = Recording.objects.filter(enterprise=school, emptied_at=None, lesson__isnull=False)
    if person := data.get("person"):
        ids = [*_people(school, person).values_list("user_id", flat=True)[:100], person]
        lessons = lessons.filter(pk__in=tracks.filter(user_id__in=ids).values("lesson"))
    if track := data.get("track"):
        lessons = lessons.filter(Exists(tracks.filter(lesson=OuterRef("pk"), video_type=track)))
    return lessons


def lines_of(lessons: list[Lesson]) -> list[Line]:
    """The rows of a page: three questions, however many there are."""
    footage = {one.lesson_id: one for one in Footage.objects.filter(lesson__in=lessons)}
    states = states_of(lessons)
    tracks: dict[int | None, list[Recording]] = {}
    for one in tracks_of(lessons):
        tracks.setdefault(one.lesson_id, []).append(one)
    return [Line(one, footage.get(one.pk), states[one.pk], tracks.get(one.pk, [])) for one in lessons]


def tracks_of(lessons: list[Lesson]) -> QuerySet[Recording]:
    """The tracks that are there, by type and person, in the order in which they were recorded."""
    there = Recording.objects.filter(lesson__in=lessons, emptied_at=None)
    return there.order_by("video_type", "user_id", "started_at", "id")


def _people(school: int, words: str) -> QuerySet[User]:
    return User.objects.filter(Q(nickname__icontains=words) | Q(user_id=words), enterprise=school)


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
