"""Callbacks about lessons → a look, or a recording: a hint always, taken at its word only for recordings.

What a set of events leads to is the same in every order and with any repeats:

- `class_begin`, `class_over`, `online_record_start`, `local_record_callback`: the lesson is due for a look.
  `/class/info` decides, and asking twice is asking. Whether a recording began stands in its `Footage`.
- `join_class`, `quit_class`: a look, and evidence. Evidence is a set: one row for each distinct thing told.
- `online_record_stop`: recordings, a fold over everything that was told of the class (`classes/tracks.py`).

An event of a lesson that is not known yet waits; one of a lesson that was deleted is closed, its evidence
and its recordings kept.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection, transaction

from classes.attendance.evidence import CalledBack, record_callbacks
from classes.mirror.quiet import LIST_WANTED
from classes.models import Lesson, Recording
from classes.recordings.telling import STARTED, STOPPED, tell
from classes.tracks import fold
from console.bell import ring
from console.inbox.models import Callback
from console.inbox.points import FOLD, TOMBSTONE
from console.inbox.process import UNKNOWN_CLASS, Park, SetAside, alone, handles, handles_many
from console.mirror.leases import look_now
from console.outbox.states import SyncState

DELETED = "lesson_deleted"


# Lessons by their places at the service, locked in the order in which everybody locks many.
_LESSONS = """
SELECT l.id, l.enterprise_id, l.remote_id, l.cancelled_at, l.sync_state FROM classes_lesson l
JOIN unnest(%s::bigint[], %s::text[]) AS told(school, class_id)
    ON l.enterprise_id = told.school AND l.remote_id = told.class_id
ORDER BY l.id FOR NO KEY UPDATE OF l
"""
Place = tuple[int, str]


def lesson_of(callback: Callback) -> Lesson | None:
    """The lesson that an event names, cancelled and deleted ones too."""
    if not callback.class_id:
        return None
    return Lesson.objects.filter(enterprise_id=callback.enterprise_id, remote_id=callback.class_id).first()


def _known(callback: Callback, lesson: Lesson | None) -> Lesson:
    """The lesson found, or why the event ends otherwise."""
    if not callback.class_id:
        raise SetAside("no_class")
    if lesson is None or not (TOMBSTONE.up or _verdict(lesson) is None):
        raise Park(UNKNOWN_CLASS)
    return lesson


def _verdict(lesson: Lesson) -> str | None:
    """The word for an event of a lesson that is no longer at the service."""
    return DELETED if lesson.cancelled_at or lesson.sync_state == SyncState.GONE else None


@handles_many("class_begin", "class_over", "local_record_callback", "join_class", "quit_class")
def look(callbacks: Sequence[Callback]) -> list[str | Park | SetAside | None]:
    """Something happened in these lessons: ask the service; an entry or exit is evidence besides."""
    lessons = _locked({_place(one) for one in callbacks if one.class_id})
    outcomes: list[str | Park | SetAside | None] = []
    told: list[CalledBack] = []
    due: set[int] = set()
    for callback in callbacks:
        try:
            lesson = _known(callback, lessons.get(_place(callback)))
        except (Park, SetAside) as other:
            outcomes.append(other)
            continue
        told.append(CalledBack(lesson.pk, callback.event, _data(callback), callback.received_at))
        outcomes.append(_verdict(lesson))
        if not outcomes[-1]:
            due.add(lesson.pk)
    record_callbacks(told)
    # Whoever came or went: the number of people alone would not do.
    if look_now(Lesson.objects.filter(pk__in=due, cancelled_at=None, final_at=None), **LIST_WANTED):
        transaction.on_commit(lambda: ring("console.mirror.tasks.poll"))
    return outcomes


def _place(callback: Callback) -> Place:
    return callback.enterprise_id, callback.class_id


def _locked(places: Collection[Place]) -> dict[Place, Lesson]:
    """Of these lessons those that there are, with what decides whether an event still matters."""
    schools, class_ids = [school for school, _ in places], [class_id for _, class_id in places]
    rows = Lesson.objects.raw(_LESSONS, [schools, class_ids])
    return {(row.enterprise_id, row.remote_id): row for row in rows}


@handles(STARTED)
def note_start(callback: Callback) -> str | None:
    """Whether the recording could begin is told here alone; how the lesson stands is asked."""
    _lock_class(callback)
    tell(callback, lesson_of(callback))
    return alone(look)(callback)


@handles(STOPPED)
def keep_tracks(callback: Callback) -> str | None:
    """Store each track at once: no endpoint lists them, so this is the only time they are told.

    A lesson that we do not know yet does not matter; its tracks find it later.
    """
    _lock_class(callback)
    lesson = lesson_of(callback)
    tell(callback, lesson)
    _write(callback, lesson, fold(_tellings(callback)).tracks)
    if fold([_data(callback)]).odd:
        raise SetAside("odd_track")
    return _verdict(_known(callback, lesson))


def _write(callback: Callback, lesson: Lesson | None, tracks: Mapping[str, Mapping[str, Any]]) -> None:
    """Rows of the tracks; one that says what it said is left alone. A lesson once found is kept."""
    place = {"enterprise_id": callback.enterprise_id, "class_id": callback.class_id}
    rows = {row.video_id: row for row in Recording.objects.filter(**place)}
    for video_id, track in tracks.items():
        wanted = {**track, "lesson_id": lesson.pk} if lesson else track
        row = rows.get(video_id) or Recording(**place, video_id=video_id)
        changed = [name for name, value in wanted.items() if getattr(row, name) != value]
        if row.emptied_at is None and (changed or row.pk is None):
            for name in changed:
                setattr(row, name, wanted[name])
            row.save()


def _tellings(callback: Callback) -> list[Any]:
    """All that was ever told of this class's recordings, this event among it."""
    if not FOLD.up:
        return [_data(callback)]
    told = Callback.objects.filter(
        enterprise_id=callback.enterprise_id, class_id=callback.class_id, event=STOPPED, body__isnull=False
    )
    return list(told.values_list("body__data", flat=True))


def _lock_class(callback: Callback) -> None:
    """One fold of a class at a time, so that the last one to write has read the most."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"tracks:{callback.enterprise_id}:{callback.class_id}"],
        )


def _data(callback: Callback) -> Mapping[str, Any]:
    data = callback.body.get("data") if isinstance(callback.body, dict) else None
    return data if isinstance(data, dict) else {}
