"""Each tile of the wall is counted in exactly one part, by the phases that the home page counts, too."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from classes.lessons.status import phase_of
from classes.live.wall.queries import LiveLesson
from classes.live.wall.tiles import WALL_PARTS, Tile, Wall
from classes.live.wall.troubles import find_troubles
from classes.recordings.states import RECORDING_STATES, RecordingState

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
minutes = st.integers(-90, 59).map(lambda number: timedelta(minutes=number))
moments = st.one_of(st.none(), st.integers(0, 600).map(lambda number: NOW - timedelta(seconds=number)))


@st.composite
def tiles(draw: st.DrawFn) -> Tile:
    """A lesson that runs, should run, or begins within the hour."""
    runs, starts_at = draw(st.booleans()), NOW + draw(minutes)
    expected = draw(st.integers(0, 40))
    here = draw(st.integers(0, expected))
    lesson = LiveLesson(
        pk=draw(st.integers(1, 99)),
        school=1,
        topic="Croquet",
        teacher="Bob",
        teacher_pk=1,
        status="ing" if runs else "will",
        starts_at=starts_at,
        ends_at=max(starts_at, NOW) + timedelta(minutes=draw(st.integers(1, 60))),
        real_started_at=draw(moments) if runs else None,
        looked_at=draw(moments) if runs else None,
        late_after_s=300,
        recording=RecordingState(draw(st.sampled_from(list(RECORDING_STATES.values())))),
        teacher_since=draw(moments) if runs else None,
        expected=expected,
        here=here,
        inside=here + draw(st.integers(0, 2)),
        never=expected - here,
    )
    return Tile(lesson, find_troubles(lesson, NOW), phase_of(lesson, NOW))


@given(st.lists(tiles(), max_size=8))
def test_the_parts_add_up_and_show_each_tile_once(found: list[Tile]) -> None:
    assert sum(Wall(found).numbers.values()) == len(found)
    shown = [id(tile) for part in WALL_PARTS for tile in Wall(found, part).shown]
    assert sorted(shown) == sorted(map(id, found))


@given(tiles())
def test_a_part_follows_from_the_phase_that_the_home_page_shows(tile: Tile) -> None:
    if tile.part != "trouble":
        assert tile.part == tile.phase.name
    if tile.phase.name == "overdue":
        assert tile.part == "trouble"
