"""Library of recordings: one row per lesson, with filters."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from classes.choices import Status
from classes.lessons.forms.fields import PeopleSearch, PersonField, set_choices
from classes.lessons.queries import lessons_for
from classes.lessons.validation import TEACHING_ROLES
from classes.lessons.visibility import may_see_members, visible_track_person
from classes.models import Lesson, LessonRecording, Recording
from classes.recordings.states import (
    RECORDING_STATES,
    RecordingState,
    recording_state_filter,
    recording_states,
    with_recording_facts,
)
from console.inputs.forms import BoundedDateField
from console.policy import Scope, scope_of, scoped

#: Most suggestions while a name is typed.
MAX_SUGGESTIONS = 20
#: Most people of one name whose recordings are searched.
MAX_PEOPLE = 100
#: Days before today whose recordings are watched: one that is missing or failed waits for somebody.
WATCHED_DAYS = 6
STATE_CHOICES = ("ready", "asked", "started", "stopped", "failed", "missing", "binned")


class LibraryFilter(forms.Form):
    """Filters of the library, kept in the query string."""

    q = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    teacher = PersonField(
        User.objects.none(), label=_("Teacher"), required=False, empty_label=_("all"), to_field_name="user_id"
    )
    person = forms.CharField(
        label=_("Person in the recording"),
        required=False,
        max_length=64,
        widget=PeopleSearch("classes:recording_people"),
    )
    since = BoundedDateField(label=_("From"), required=False)
    until = BoundedDateField(label=_("Until"), required=False)
    track = forms.ChoiceField(
        label=_("Track"), required=False, choices=[("", _("all")), *Recording.Kind.choices]
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("all")), *((name, RECORDING_STATES[name].word) for name in STATE_CHOICES)],
    )

    def __init__(self, *args: Any, reader: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if scope_of(reader, "list", "recording") == Scope.SCHOOL:
            taught = User.objects.filter(enterprise=reader.enterprise_id, role__in=TEACHING_ROLES)
            set_choices(self.fields["teacher"], taught.order_by("nickname", "id"))
        else:
            del self.fields["teacher"]
        if not may_see_members(reader):
            del self.fields["person"]
        self.school: int = reader.enterprise_id

    def clean_person(self) -> str:
        """Refuse a name of so many people that their recordings are not found quickly."""
        words: str = self.cleaned_data["person"]
        if words and _people_named(self.school, words)[: MAX_PEOPLE + 1].count() > MAX_PEOPLE:
            text = _("More than %(n)d people match this name. Enter more of it, or a user ID.")
            raise ValidationError(text % {"n": MAX_PEOPLE})
        return words


class VisibleTrack(NamedTuple):
    """A track; `who` is the user id of the person in it, empty if the reader may not see them."""

    row: Recording
    who: str


@dataclass(frozen=True, slots=True)
class LibraryRow:
    """A lesson of the library; `tracks` are sorted by type, then person.

    A data class, because mypy does not finish with a form in the module of a NamedTuple that has a property.
    """

    lesson: Lesson
    footage: LessonRecording | None
    state: RecordingState
    tracks: list[VisibleTrack]

    @property
    def title(self) -> str:
        return (self.footage and self.footage.title) or self.lesson.topic


def library_lessons(reader: Any) -> QuerySet[Lesson]:
    """Return the visible lessons that were recorded or should have been."""
    recorded = Q(record_types__contains=["remote"], cancelled_at=None, status__in=(Status.ING, Status.END))
    lessons = with_recording_facts(lessons_for(reader))
    return lessons.filter(recorded | Q(Exists(LessonRecording.objects.filter(lesson=OuterRef("pk")))))


def watched_since() -> datetime:
    """Return when the last days begin whose recordings are watched."""
    return _midnight(timezone.localdate() - timedelta(days=WATCHED_DAYS))


def filter_library(lessons: QuerySet[Lesson], data: dict[str, Any], school: int) -> QuerySet[Lesson]:
    """Apply the filters. Recordings in the bin are shown only if requested."""
    state = data.get("state")
    lessons = lessons.filter(recording_state_filter(state, timezone.now()) if state else Q(in_bin=False))
    for word in (data.get("q") or "").split():
        named = LessonRecording.objects.filter(lesson=OuterRef("pk")).filter(
            Q(title__icontains=word) | Q(tags__contains=[word])
        )
        lessons = lessons.filter(Q(topic__icontains=word) | Q(Exists(named)))
    if teacher := data.get("teacher"):
        lessons = lessons.filter(teacher=teacher)
    if since := data.get("since"):
        # A lesson that crossed midnight is found on both days: its recordings expire by the day of its end.
        lessons = lessons.alias(over_at=Coalesce("real_ended_at", "ends_at"))
        lessons = lessons.filter(over_at__gte=_midnight(since))
    if until := data.get("until"):
        lessons = lessons.filter(starts_at__lt=_midnight(until + timedelta(days=1)))
    tracks = Recording.objects.filter(enterprise=school, emptied_at=None, lesson__isnull=False)
    if person := data.get("person"):
        ids = [*_people_named(school, person).values_list("user_id", flat=True), person]
        lessons = lessons.filter(pk__in=tracks.filter(user_id__in=ids).values("lesson"))
    if track := data.get("track"):
        lessons = lessons.filter(Exists(tracks.filter(lesson=OuterRef("pk"), video_type=track)))
    return lessons


def library_rows(lessons: list[Lesson], reader: Any) -> list[LibraryRow]:
    """Return the rows of a page, in three queries."""
    footage = {one.lesson_id: one for one in LessonRecording.objects.filter(lesson__in=lessons)}
    states = recording_states(lessons)
    tracks: dict[int | None, list[VisibleTrack]] = {}
    for one in list_tracks(lessons):
        tracks.setdefault(one.lesson_id, []).append(VisibleTrack(one, visible_track_person(reader, one)))
    return [LibraryRow(one, footage.get(one.pk), states[one.pk], tracks.get(one.pk, [])) for one in lessons]


def list_tracks(lessons: list[Lesson]) -> QuerySet[Recording]:
    """Return the existing tracks by type, person and start."""
    tracks = Recording.objects.filter(lesson__in=lessons, emptied_at=None).select_related("lesson__teacher")
    return tracks.order_by("video_type", "user_id", "started_at", "id")


def people_in_tracks(reader: Any, words: str) -> QuerySet[User]:
    """Return the people of this name or user id who are in tracks that the reader may see."""
    visible = scoped(
        Recording.objects.filter(emptied_at=None, lesson__isnull=False), reader, "recording", "list"
    )
    named = Q(nickname__icontains=words) | Q(user_id__istartswith=words)
    people = User.objects.filter(named, enterprise=reader.enterprise_id).order_by("nickname", "id")
    if not may_see_members(reader):
        people = people.filter(pk=reader.pk)
    return people.filter(Exists(visible.filter(user_id=OuterRef("user_id"))))[:MAX_SUGGESTIONS]


def _people_named(school: int, words: str) -> QuerySet[User]:
    return User.objects.filter(Q(nickname__icontains=words) | Q(user_id=words), enterprise=school)


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
