"""Tracks of a recording as its page plays and lists them."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from accounts.models import User
from accounts.models.roles import STAFF
from classes.lessons.visibility import visible_track_person
from classes.models import Lesson, Recording
from classes.recordings.chapters import Chapter, list_chapters
from classes.recordings.library import list_tracks
from classes.recordings.url_guard import playback_url

#: Most characters of an unreachable URL that are shown.
MAX_URL_SHOWN = 200
#: Which type of track the page plays unless the reader chooses one.
PLAYER_ORDER = (Recording.Kind.SCREEN, Recording.Kind.BOARD, Recording.Kind.CAMERA)
#: Longest offset into a track that a link may ask for, in digits of seconds.
MAX_OFFSET_DIGITS = 6


class TrackDisplay:
    """A track as its page shows it; the vendor's URL never appears on the page.

    `name` is the name of the person in the track, or their user id; empty if the reader may not see them.
    `of_student` is true for tracks of people who are not staff.
    """

    def __init__(self, row: Recording, reader: Any, lesson: Lesson, name: str, of_student: bool) -> None:
        self.row, self.reader, self.lesson, self.of_student = row, reader, lesson, of_student
        self.who = visible_track_person(reader, row)
        self.name = (name or self.who) if self.who else ""
        self.url = playback_url(row.url, settings.RECORDING_HOSTS)
        parts = urlsplit(self.url)
        remote_origin = f"{parts.scheme}://{parts.netloc.lower()}" if self.url else ""
        storage: Any = row.copy.storage if row.copy else None
        self.origin = storage.origin if storage else remote_origin

    @property
    def available(self) -> bool:
        """Whether the page can play it: our copy, or an allowed URL."""
        return bool(self.row.copy or self.url)

    @property
    def elsewhere(self) -> str:
        """An unreachable URL as text, without its query, which may hold a signature."""
        return "" if self.available else self.row.url.partition("?")[0].partition("#")[0][:MAX_URL_SHOWN]

    @property
    def is_camera(self) -> bool:
        """Whether it is a camera: microphones are recorded with the camera, not with the screen or board."""
        return self.row.video_type == Recording.Kind.CAMERA

    @property
    def start(self) -> int | None:
        """Start of the track in Unix seconds; None if unknown."""
        return int(self.row.started_at.timestamp()) if self.row.started_at else None

    @property
    def chapters(self) -> list[Chapter]:
        return list_chapters(self.reader, self.lesson, self.row)


@dataclass(frozen=True, slots=True)
class Player:
    """What a page plays: one track large and, where there is one, another beside it."""

    main: TrackDisplay | None
    beside: TrackDisplay | None


def track_displays(lesson: Lesson, reader: Any) -> list[TrackDisplay]:
    """Return the tracks of a lesson in the order of PLAYER_ORDER, those of students last."""
    rows = list(list_tracks([lesson]))
    people = User.objects.filter(
        enterprise_id=lesson.enterprise_id, user_id__in={one.user_id for one in rows if one.user_id}
    )
    known = {
        user_id: (name, role) for user_id, name, role in people.values_list("user_id", "nickname", "role")
    }
    tracks = []
    for row in rows:
        name, role = known.get(row.user_id, ("", ""))
        tracks.append(TrackDisplay(row, reader, lesson, name, bool(row.user_id) and role not in STAFF))
    return sorted(tracks, key=lambda one: (one.of_student, _type_rank(one)))


def choose_tracks(tracks: list[TrackDisplay], wanted: str) -> Player:
    """Choose the tracks to play: the wanted one (a primary key as text), else the first that can be played.

    Beside a screen or board stands the camera of a teacher, beside a camera the screen or board.
    """
    playable = [one for one in tracks if one.available]
    main = next((one for one in playable if str(one.row.pk) == wanted), None)
    main = main or next(iter(playable), None)
    others = [one for one in playable if one is not main and not one.of_student]
    beside = next((one for one in others if main and one.is_camera != main.is_camera), None)
    return Player(main, beside)


def parse_offset(text: str) -> int | None:
    """Return the seconds that a link asks to play from; None if it asks for none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_OFFSET_DIGITS else None


def _type_rank(track: TrackDisplay) -> int:
    return PLAYER_ORDER.index(Recording.Kind(track.row.video_type))
