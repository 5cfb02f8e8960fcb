"""The live wall: what stands on a tile, in which order, for whom, and what is told aloud."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Enterprise, Role
from classes.attendance.register import recompute
from classes.models import Lesson, Recording
from classes.recordings.states import states_of
from classes.recordings.telling import tell
from console.inbox.models import Callback
from tests.classes.rows import expect, over, planned, poll, pupils, running
from tests.support.cast import person
from tests.support.pages import text

pytestmark = pytest.mark.django_db


def seen(lesson, people, **more):
    """iclass was asked just now, and these were in the room."""
    poll(lesson, people, **more)
    Lesson.objects.filter(pk=lesson.pk).update(looked_at=timezone.now())
    recompute(lesson)


@pytest.fixture
def lesson(bob, kids):
    """Bob's, running for ten minutes, with Bob and Kid1 in it."""
    lesson = running(bob, topic="Flamingos")
    expect(lesson, *kids)
    seen(lesson, [bob, kids[0]])
    return lesson


@pytest.fixture
def wall(browse):
    def look(reader, asked="", htmx=False, language="en"):
        return text(browse(reader, f"/live/{asked}", htmx=htmx, language=language))

    return look


def topics(page):
    return re.findall(r'<a id="wall-\d+" href="/lessons/\d+/">([^<]+)</a>', page)


def test_a_tile_says_who_teaches_who_is_here_and_who_is_missing(wall, sue, lesson):
    page = wall(sue)
    assert "Bob" in page
    assert "in since" in page
    assert "<strong>1/3</strong>" in page
    assert "Kid2, Kid3" in page


def test_three_of_the_missing_are_named_and_the_rest_counted(wall, sue, bob, school):
    lesson = running(bob)
    expect(lesson, *pupils(school, 6))
    seen(lesson, [bob])
    assert "Kid1, Kid2, Kid3 +3" in wall(sue)


def test_trouble_comes_first_and_then_the_start(wall, sue, bob, kids, lesson):
    later, earlier = running(bob, 5, topic="Later"), running(bob, 25, topic="Earlier")
    for quiet in (later, earlier):
        seen(quiet, [bob])
    alone = running(bob, 8, topic="Alone")
    expect(alone, kids[0])
    seen(alone, [kids[0]])
    planned(bob, timedelta(minutes=30), topic="Soon")
    assert topics(wall(sue)) == ["Alone", "Earlier", "Flamingos", "Later", "Soon"]
    assert "teacher not in" in wall(sue)


def test_the_numbers_on_top_lead_to_what_they_count(wall, sue, bob, lesson):
    planned(bob, timedelta(minutes=30), topic="Soon")
    planned(bob, timedelta(minutes=-10), topic="Overdue")
    over(bob, topic="Before")
    planned(bob, timedelta(hours=5), topic="Far")
    numbers = dict(re.findall(r'id="wall-(running|soon|trouble)".*?<strong>(\d+)</strong>', wall(sue), re.S))
    assert numbers == {"running": "1", "soon": "1", "trouble": "1"}
    assert topics(wall(sue, "?show=running")) == ["Flamingos"]
    assert topics(wall(sue, "?show=soon")) == ["Soon"]
    assert topics(wall(sue, "?show=trouble")) == ["Overdue"]
    assert sorted(topics(wall(sue))) == ["Flamingos", "Overdue", "Soon"]


def test_it_can_be_searched_and_stays_so_when_it_asks_again(wall, sue, bob, lesson):
    seen(running(bob, topic="Hedgehogs"), [bob])
    page = wall(sue, "?q=flam&as=table")
    assert topics(page) == ["Flamingos"]
    assert 'hx-get="/live/?q=flam&as=table"' in page
    assert topics(wall(sue, "?q=bob")) == ["Flamingos", "Hedgehogs"]


def test_the_table_says_the_same(wall, sue, lesson):
    page = wall(sue, "?as=table")
    assert "<table" in page
    assert all(words in page for words in ("Flamingos", "Bob", "in since", "1/3", "Kid2, Kid3"))


def test_a_part_that_asks_for_itself_is_the_wall_and_a_sentence(wall, sue, lesson):
    page = wall(sue, htmx=True)
    assert "<html" not in page
    assert page.count('id="wall"') == 1
    assert 'id="wall-words"' in page
    assert "1 lesson is running." in page


def test_the_sentence_names_what_needs_attention(wall, sue, bob, kids):
    lesson = running(bob, topic="Alone")
    expect(lesson, *kids)
    seen(lesson, kids)
    assert "Alone: teacher not in." in wall(sue)


def test_three_missed_polls_make_a_tile_stale(wall, sue, lesson, settings):
    settings.LIVE_POLL_S = 20
    assert "is-stale" not in wall(sue)
    Lesson.objects.update(looked_at=timezone.now() - timedelta(seconds=62))
    page = wall(sue)
    assert "is-stale" in page
    assert "no news from iclass" in page


@pytest.mark.parametrize(
    ("minutes", "event", "error", "tracks", "words"),
    [
        (4, "", 0, 0, "recording asked for"),
        (6, "", 0, 0, "recording missing since"),
        (6, "online_record_start", 0, 0, "recording since"),
        (6, "online_record_stop", 0, 1, "recording stopped"),
        (6, "online_record_stop", 0, 0, "recording missing since"),
        (6, "online_record_start", 7, 0, "recording failed"),
    ],
)
def test_the_recording_stands_as_its_own_page_says(
    browse, wall, alice, sue, bob, minutes, event, error, tracks, words
):
    """The wall reads how a recording stands where everybody else does."""
    lesson = running(bob, minutes, record_types=["remote"], topic="Filmed")
    seen(lesson, [bob])
    if event:
        told = {"error_code": error, "timestamp": int(timezone.now().timestamp())}
        callback = Callback.objects.create(
            enterprise_id=lesson.enterprise_id,
            fingerprint="1",
            event=event,
            class_id=lesson.remote_id,
            body={"event": event, "data": told},
        )
        tell(callback, lesson)
    for number in range(tracks):
        Recording.objects.create(
            enterprise=lesson.enterprise,
            lesson=lesson,
            class_id=lesson.remote_id,
            video_id=str(number),
            video_type=0,
        )
    page = wall(sue)
    assert words in page
    state = states_of([lesson])[lesson.pk]
    assert ("no recording" in page) is state.alarm
    assert f'track-{state.name}"' in page


def test_a_recording_on_the_teachers_computer_is_nothing_that_we_know_of(wall, sue, lesson):
    assert "tile-track" not in wall(sue)


def test_an_empty_wall_says_so(wall, sue):
    assert "No lesson runs, and none begins within the hour." in wall(sue)


def test_it_is_for_those_who_watch_the_whole_school(browse, wall, alice, sue, charlie, kids, lesson):
    assert topics(wall(alice)) == ["Flamingos"]
    assert topics(wall(charlie)) == []
    assert browse(kids[0], "/live/").status_code == 403
    assert 'href="/live/"' in wall(sue)
    assert 'href="/live/"' not in text(browse(kids[0], "/"))


def test_a_teacher_has_a_wall_of_the_own_lessons_alone(browse, wall, school, bob, lesson):
    dora = person(school, "dora", Role.TEACHER)
    seen(running(dora, topic="Hedgehogs"), [dora])
    assert topics(wall(bob)) == ["Flamingos"]
    assert topics(wall(dora)) == ["Hedgehogs"]
    assert 'href="/live/"' in text(browse(bob, "/"))


def test_it_is_there_in_chinese(wall, sue, lesson):
    page = wall(sue, language="zh-hans")
    assert "直播墙" in page
    assert "进入" in page


def test_thirty_lessons_cost_no_more_queries_than_one(queries, sue, bob, kids, lesson):
    few = queries(sue, "/live/")
    for _ in range(29):
        more = running(bob)
        expect(more, *kids)
        seen(more, [bob, kids[1]])
    assert queries(sue, "/live/") == few


def test_a_teacher_who_went_out_is_not_in(wall, sue, bob, kids, lesson):
    seen(lesson, [kids[0]])
    page = wall(sue)
    assert "in since" not in page
    assert "teacher not in" in page


def test_the_zone_is_that_of_the_school(wall, sue, school, lesson):
    Enterprise.objects.filter(pk=school.pk).update(zone="Asia/Tokyo")
    assert f"{timezone.localtime(lesson.starts_at, school.tz) + timedelta(hours=1):%H:%M}–" in wall(sue)
