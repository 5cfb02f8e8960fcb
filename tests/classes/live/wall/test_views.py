"""The live wall: what stands on a tile, in which order, for whom, and what is told aloud."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Enterprise, Role
from classes.attendance.register import recompute_register
from classes.models import Lesson, Recording
from classes.recordings.outcome import update_outcome
from classes.recordings.states import recording_states
from console.inbox.models import Callback
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_planned_lesson,
    create_running_lesson,
    create_students,
    record_poll,
)
from tests.support.cast import create_person
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db


def seen(lesson, people, **more):
    """iclass was asked just now, and these were in the room."""
    record_poll(lesson, people, **more)
    Lesson.objects.filter(pk=lesson.pk).update(looked_at=timezone.now())
    recompute_register(lesson)


@pytest.fixture
def lesson(bob, kids):
    """Bob's, running for ten minutes, with Bob and Kid1 in it."""
    lesson = create_running_lesson(bob, topic="Flamingos")
    add_members(lesson, *kids)
    seen(lesson, [bob, kids[0]])
    return lesson


@pytest.fixture
def wall(browse, client):
    def look(reader, asked="", live=False, language="en"):
        if not live:
            return page_text(browse(reader, f"/live/{asked}", language=language))
        client.force_login(reader)
        return page_text(client.get(f"/live/{asked}", headers={"x-live": "1", "accept-language": language}))

    return look


def topics(page):
    return re.findall(r'<a id="wall-\d+" href="/lessons/\d+/">([^<]+)</a>', page)


def test_a_tile_says_who_teaches_who_is_here_and_who_is_missing(wall, sue, lesson):
    page = wall(sue)
    assert "Bob" in page
    assert "in since" in page
    assert "<strong>1/3</strong>" in page
    assert "Kid2, Kid3" in page


def test_staff_who_are_not_in_the_room_are_no_missing_students(wall, sue, ann, bob, kids, lesson):
    add_members(lesson, ann, sue)
    seen(lesson, [kids[0]])
    page = wall(sue)
    assert "<strong>1/3</strong>" in page
    assert re.findall(r'class="tile-missing">.*?</svg>([^<]*)<', page) == ["Kid2, Kid3"]


def test_three_of_the_missing_are_named_and_the_rest_counted(wall, sue, bob, school):
    lesson = create_running_lesson(bob)
    add_members(lesson, *create_students(school, 6))
    seen(lesson, [bob])
    assert "Kid1, Kid2, Kid3 +3" in wall(sue)


def test_trouble_comes_first_and_then_the_start(wall, sue, bob, kids, lesson):
    later, earlier = (
        create_running_lesson(bob, 5, topic="Later"),
        create_running_lesson(bob, 25, topic="Earlier"),
    )
    for quiet in (later, earlier):
        seen(quiet, [bob])
    alone = create_running_lesson(bob, 8, topic="Alone")
    add_members(alone, kids[0])
    seen(alone, [kids[0]])
    create_planned_lesson(bob, timedelta(minutes=30), topic="Soon")
    assert topics(wall(sue)) == ["Alone", "Earlier", "Flamingos", "Later", "Soon"]
    assert "teacher not in the room" in wall(sue)


def test_the_numbers_on_top_lead_to_what_they_count(wall, sue, bob, lesson):
    create_planned_lesson(bob, timedelta(minutes=30), topic="Soon")
    create_planned_lesson(bob, timedelta(minutes=-10), topic="Overdue")
    create_finished_lesson(bob, topic="Before")
    create_planned_lesson(bob, timedelta(hours=5), topic="Far")
    seen(create_running_lesson(bob, topic="Hedgehogs"), [bob])
    numbers = dict(re.findall(r'id="wall-(running|soon|trouble)".*?<strong>(\d+)</strong>', wall(sue), re.S))
    assert numbers == {"running": "1", "soon": "1", "trouble": "2"}
    assert topics(wall(sue, "?show=running")) == ["Hedgehogs"]
    assert topics(wall(sue, "?show=soon")) == ["Soon"]
    assert topics(wall(sue, "?show=trouble")) == ["Overdue", "Flamingos"]
    assert sorted(topics(wall(sue))) == ["Flamingos", "Hedgehogs", "Overdue", "Soon"]


def numbers(page):
    """Part → number on its chip, and the number of all."""
    found = re.findall(r'id="wall-(all|running|soon|trouble)".*?<strong>(\d+)</strong>', page, re.S)
    return {part: int(number) for part, number in found}


def test_every_lesson_is_counted_once(wall, sue, bob, kids, lesson):
    alone = create_running_lesson(bob, 8, topic="Alone")
    add_members(alone, *kids)
    seen(alone, [kids[0]])
    for minutes, topic in ((30, "Soon"), (-1, "Just due"), (-10, "Long due")):
        create_planned_lesson(bob, timedelta(minutes=minutes), topic=topic)
    counted = numbers(wall(sue))
    assert counted == {"all": 5, "running": 0, "soon": 1, "trouble": 4}
    assert topics(wall(sue, "?show=running")) == []
    assert topics(wall(sue, "?show=soon")) == ["Soon"]
    assert sorted(topics(wall(sue, "?show=trouble"))) == ["Alone", "Flamingos", "Just due", "Long due"]
    assert "2 lessons are running. 1 starts soon." in wall(sue)


@pytest.mark.parametrize("layout", ["tiles", "table"])
def test_a_lesson_that_is_due_and_has_not_begun_needs_attention_and_says_why(wall, sue, bob, layout):
    create_planned_lesson(bob, timedelta(minutes=-1), topic="Just due")
    page = wall(sue, f"?as={layout}")
    assert numbers(page) == {"all": 1, "running": 0, "soon": 0, "trouble": 1}
    assert page.count("overdue</span>") == 1
    assert "is-urgent" in page
    assert "Just due: overdue." in page
    assert "teacher not in the room" not in page


def test_it_can_be_searched_and_stays_so_when_it_asks_again(wall, sue, bob, lesson):
    seen(create_running_lesson(bob, topic="Hedgehogs"), [bob])
    page = wall(sue, "?q=flam&as=table")
    assert topics(page) == ["Flamingos"]
    assert page.count('data-live="5"') == 2
    assert topics(wall(sue, "?q=bob")) == ["Flamingos", "Hedgehogs"]


def test_the_table_says_the_same(wall, sue, lesson):
    page = wall(sue, "?as=table")
    assert "<table" in page
    assert all(words in page for words in ("Flamingos", "Bob", "in since", "1/3", "Kid2, Kid3"))


def test_a_part_that_asks_for_itself_is_the_wall_and_a_sentence(wall, sue, lesson):
    page = wall(sue, live=True)
    assert "<html" not in page
    assert page.count('id="wall"') == 1
    assert 'id="wall-words"' in page
    assert "1 lesson is running." in page


def test_the_sentence_names_what_needs_attention(wall, sue, bob, kids):
    lesson = create_running_lesson(bob, topic="Alone")
    add_members(lesson, *kids)
    seen(lesson, kids)
    assert "Alone: teacher not in the room." in wall(sue)


def test_three_missed_polls_make_a_tile_stale(wall, sue, lesson, settings):
    settings.LIVE_POLL_S = 20
    assert "is-stale" not in wall(sue)
    Lesson.objects.update(looked_at=timezone.now() - timedelta(seconds=62))
    page = wall(sue)
    assert "is-stale" in page
    assert "no data from iclass" in page


@pytest.mark.parametrize(
    ("minutes", "event", "error", "tracks", "words"),
    [
        (4, "", 0, 0, "recording requested"),
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
    lesson = create_running_lesson(bob, minutes, record_types=["remote"], topic="Filmed")
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
        update_outcome(callback, lesson)
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
    state = recording_states([lesson])[lesson.pk]
    assert ("not being recorded" in page) is state.alarm
    assert f'track-{state.name}"' in page


def test_a_recording_on_the_teachers_computer_is_nothing_that_we_know_of(wall, sue, lesson):
    assert "tile-track" not in wall(sue)


def test_an_empty_wall_says_so(wall, sue):
    assert "No lesson is running, and none starts within the hour." in wall(sue)


def test_it_is_for_those_who_watch_the_whole_school(browse, wall, alice, sue, charlie, kids, lesson):
    assert topics(wall(alice)) == ["Flamingos"]
    assert topics(wall(charlie)) == []
    assert browse(kids[0], "/live/").status_code == 403
    assert 'href="/live/"' in wall(sue)
    assert 'href="/live/"' not in page_text(browse(kids[0], "/"))


def test_a_teacher_has_a_wall_of_the_own_lessons_alone(browse, wall, school, bob, lesson):
    dora = create_person(school, "dora", Role.TEACHER)
    seen(create_running_lesson(dora, topic="Hedgehogs"), [dora])
    assert topics(wall(bob)) == ["Flamingos"]
    assert topics(wall(dora)) == ["Hedgehogs"]
    assert 'href="/live/"' in page_text(browse(bob, "/"))


def test_it_is_there_in_chinese(wall, sue, lesson):
    page = wall(sue, language="zh-hans")
    assert "实时巡课" in page
    assert "进入" in page


def test_thirty_lessons_cost_no_more_queries_than_one(queries, sue, bob, kids, lesson):
    few = queries(sue, "/live/")
    for _ in range(29):
        more = create_running_lesson(bob)
        add_members(more, *kids)
        seen(more, [bob, kids[1]])
    assert queries(sue, "/live/") == few


def test_a_teacher_who_went_out_is_not_in(wall, sue, bob, kids, lesson):
    seen(lesson, [kids[0]])
    page = wall(sue)
    assert "in since" not in page
    assert "teacher not in the room" in page


def test_the_zone_is_that_of_the_school(wall, sue, school, lesson):
    Enterprise.objects.filter(pk=school.pk).update(zone="Asia/Tokyo")
    assert f"{timezone.localtime(lesson.starts_at, school.tz) + timedelta(hours=1):%H:%M}–" in wall(sue)


def test_it_says_since_when_iclass_has_told_of_no_running_lesson(wall, sue, bob, lesson):
    assert "has not answered" not in wall(sue, live=True)
    other = create_running_lesson(bob)
    Lesson.objects.filter(pk=other.pk).update(looked_at=timezone.now() - timedelta(minutes=5))
    assert "has not answered" not in wall(sue, live=True), "the data of one lesson are current"
    then = timezone.now() - timedelta(minutes=1)
    Lesson.objects.filter(pk=lesson.pk).update(looked_at=then)
    at = f"{timezone.localtime(then, bob.enterprise.tz):%H:%M}"
    assert f"iclass has not answered since {at}. What you see is from then." in wall(sue, live=True)
    assert f"自 {at} 起 iclass 没有应答" in wall(sue, live=True, language="zh-hans")
