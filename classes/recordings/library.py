"""The library of recordings: a row a lesson, found by topic, teacher, person, day, track and state."""

from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from classes.forms.fields import PeopleSearch, PersonChoice, day_field, offer
from classes.kinds import Status
from classes.models import Footage, Lesson, Recording
from classes.queries import lessons_for
from classes.recordings.states import KINDS, State, in_state, states_of, with_told
from classes.rules import TEACHERS
from console.policy import Scope, scope_of, scoped

#: How many people are offered while a name is typed.
MOST_NAMED = 20
CHOSEN = ("ready", "asked", "started", "stopped", "failed", "missing", "binned")


class LibraryFilter(forms.Form):
    """What narrows the library, kept in its address."""

    q = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    teacher = PersonChoice(
        User.objects.none(), label=_("Teacher"), required=False, empty_label=_("all"), to_field_name="user_id"
    )
    person = forms.CharField(
        label=_("Person in a track"),
        required=False,
        max_length=64,
        widget=PeopleSearch("classes:recording_people"),
    )
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

    def __init__(self, *args: Any, reader: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if scope_of(reader, "list", "recording") == Scope.SCHOOL:
            taught = User.objects.filter(enterprise=reader.enterprise_id, role__in=TEACHERS)
            offer(self.fields["teacher"], taught.order_by("nickname", "id"))
        else:
            del self.fields["teacher"]


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
        lessons = lessons.filter(teacher=teacher)
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


def names_of(tracks: list[Recording]) -> dict[str, str]:
    """The names of the people in the tracks of one school, by user id."""
    ids = {one.user_id for one in tracks if one.user_id}
    schools = {one.enterprise_id for one in tracks}
    people = User.objects.filter(enterprise__in=schools, user_id__in=ids)
    return dict(people.values_list("user_id", "nickname"))


def in_tracks(reader: Any, words: str) -> QuerySet[User]:
    """The people of this name or user id who are in tracks that the reader may see."""
    seen = scoped(
        Recording.objects.filter(emptied_at=None, lesson__isnull=False), reader, "recording", "list"
    )
    named = Q(nickname__icontains=words) | Q(user_id__istartswith=words)
    people = User.objects.filter(named, enterprise=reader.enterprise_id).order_by("nickname", "id")
    return people.filter(Exists(seen.filter(user_id=OuterRef("user_id"))))[:MOST_NAMED]


def _people(school: int, words: str) -> QuerySet[User]:
    return User.objects.filter(Q(nickname__icontains=words) | Q(user_id=words), enterprise=school)


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
