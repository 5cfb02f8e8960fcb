"""The timetable: who finds which lessons in it, in which layers, with which signs; and moving one."""

from datetime import datetime, timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role, StudentGroup
from classes.models import Course, Holiday, Lesson
from classes.timetable.cover.services import enter_absence
from console.outbox.models import Operation
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_planned_lesson,
    create_running_lesson,
)
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def fetch_timetable(browse, reader, query="", first=None, days=7):
    first = first or timezone.localdate() - DAY
    answer = browse(reader, f"/timetable/lessons/?start={first}&end={first + days * DAY}{query}")
    assert answer.status_code == 200
    return answer.json()


def titles(browse, reader, query=""):
    return [one["title"] for one in fetch_timetable(browse, reader, query)["lessons"]]


def at(lesson):
    starts = timezone.localtime(lesson.starts_at)
    return f"?day={starts.date()}&start={starts:%H:%M}"


def new_time(lesson, days=1, hour=10):
    day = timezone.localtime(lesson.starts_at).date() + days * DAY
    return {"day": day.isoformat(), "start": f"{hour:02}:00"}


@pytest.fixture
def dora(school):
    return create_person(school, "dora", Role.TEACHER)


class TestEnter:
    def test_a_card_offers_to_enter_while_the_classroom_is_open(self, browse, alice, bob, sue, ann, kids):
        running = create_running_lesson(bob, topic="Runs")
        soon = create_planned_lesson(bob, timedelta(minutes=50), topic="Soon")
        for lesson in (running, soon):
            add_members(lesson, kids[0])
        create_planned_lesson(bob, timedelta(hours=3), topic="Later")
        create_finished_lesson(bob, topic="Over")
        create_running_lesson(bob, topic="Cancelled", cancelled_at=timezone.now())
        create_running_lesson(bob, topic="Without a link", teacher_url="", student_url="")
        for reader in (alice, bob, sue, kids[0]):
            lessons = fetch_timetable(browse, reader)["lessons"]
            assert {one["title"] for one in lessons if one["enter"]} == {"Runs", "Soon"}, reader
            assert running.student_url not in str(lessons)
        assert not fetch_timetable(browse, kids[1])["lessons"]

    @pytest.mark.parametrize(("language", "word"), [("en", "Enter"), ("zh-hans", "进入")])
    def test_the_button_posts_with_the_token_of_the_form_and_opens_a_window(
        self, browse, bob, language, word
    ):
        page = browse(bob, "/timetable/", language=language).content.decode()
        form = page[page.index('<template id="sign-enter">') :].split("</template>")[0]
        assert 'method="post" target="_blank" rel="noopener"' in form
        assert "csrfmiddlewaretoken" in form
        assert f'<span class="tt-enter-word">{word}</span>' in form
        assert 'data-enter="/lessons/0/enter/"' in page


class TestWhoSeesWhat:
    def test_each_finds_their_own_and_the_school_all(self, browse, alice, bob, sue, dora, kids):
        hats, cards = create_planned_lesson(bob, topic="Hats"), create_planned_lesson(dora, topic="Cards")
        add_members(cards, kids[0])
        assert titles(browse, alice) == titles(browse, sue) == ["Hats", "Cards"]
        assert titles(browse, bob) == ["Hats"]
        assert titles(browse, kids[0]) == ["Cards"]
        assert titles(browse, kids[1]) == []
        assert hats.pk

    def test_another_school_finds_nothing_of_it(self, browse, bob, charlie):
        create_planned_lesson(bob)
        assert titles(browse, charlie) == []

    def test_a_student_is_not_told_how_a_lesson_stands_at_iclass(self, browse, alice, bob, kids):
        lesson = create_planned_lesson(bob, sync_state="refused", conflict_allowed=False)
        add_members(lesson, kids[0])
        assert fetch_timetable(browse, alice)["lessons"][0]["signs"] == ["refused", "not_ready"]
        assert fetch_timetable(browse, kids[0])["lessons"][0]["signs"] == []

    @pytest.mark.parametrize("reader", ["alice", "bob", "sue"])
    def test_the_page_opens_for_everybody_and_offers_moving_to_administrators(self, browse, request, reader):
        page = browse(request.getfixturevalue(reader), "/timetable/").content.decode()
        assert ('data-move="/lessons/0/move/"' in page) == (reader == "alice")


class TestStretch:
    def test_clocks_are_those_of_the_school(self, browse, school, alice, bob):
        school.zone = "America/St_Johns"
        school.save(update_fields=["zone"])
        lesson = create_planned_lesson(bob)
        with timezone.override("America/St_Johns"):
            clock = timezone.localtime(lesson.starts_at).strftime("%Y-%m-%dT%H:%M:%S")
        assert fetch_timetable(browse, alice)["lessons"][0]["start"] == clock

    def test_a_lesson_over_midnight_stands_in_both_days(self, browse, alice, bob):
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + 5 * DAY
        half = timedelta(minutes=30)
        create_planned_lesson(bob, topic="Late", starts_at=midnight - half, ends_at=midnight + half)
        for first in (midnight - DAY, midnight):
            assert fetch_timetable(browse, alice, first=first.date(), days=1)["lessons"]
        assert not fetch_timetable(browse, alice, first=(midnight + DAY).date(), days=1)["lessons"]

    @pytest.mark.parametrize("query", ["", "start=soon&end=later", "start=2026-01-01&end=2027-01-01"])
    def test_what_is_no_stretch_of_days_is_said(self, browse, alice, query):
        answer = browse(alice, f"/timetable/lessons/?{query}")
        assert answer.status_code == 400
        assert "one month" in answer.json()["error"]

    def test_holidays_of_these_days_are_told(self, browse, alice, school):
        today = timezone.localdate()
        Holiday.objects.create(enterprise=school, name="Founders", starts_on=today - 9 * DAY, ends_on=today)
        days = [(today - DAY).isoformat(), today.isoformat()]
        assert [(one["day"], one["name"]) for one in fetch_timetable(browse, alice)["holidays"]] == [
            (day, "Founders") for day in days
        ]


class TestLayers:
    @pytest.fixture
    def week(self, school, bob, dora):
        hats, cards, tea = (create_planned_lesson(*one) for one in ((bob,), (dora,), (dora,)))
        for lesson, topic in ((hats, "Hats"), (cards, "Cards"), (tea, "Tea")):
            Lesson.objects.filter(pk=lesson.pk).update(topic=topic)
        group = StudentGroup.objects.create(enterprise=school, name="Year 8")
        cards.groups.add(group)
        course = Course.objects.create(
            enterprise=school,
            title="Tea",
            teacher=dora,
            starts_local=datetime(2027, 3, 2),
            duration_minutes=45,
        )
        Lesson.objects.filter(pk=tea.pk).update(course=course)
        return {"group": group.pk, "course": course.pk}

    def test_each_layer_shows_its_lessons_and_several_show_those_of_any(self, browse, alice, week):
        group, course = f"&group={week['group']}", f"&course={week['course']}"
        assert titles(browse, alice, "&teacher=bob") == ["Hats"]
        assert titles(browse, alice, group) == ["Cards"]
        assert titles(browse, alice, course) == ["Tea"]
        assert titles(browse, alice, "&teacher=bob" + group + course) == ["Hats", "Cards", "Tea"]

    def test_each_layer_has_a_colour_of_its_own(self, browse, alice, week):
        query = f"&teacher=bob&group={week['group']}&colour=layer"
        assert [one["hue"] for one in fetch_timetable(browse, alice, query)["lessons"]] == [1, 2]

    def test_what_the_address_names_and_the_reader_may_not_choose_is_left_out(
        self, browse, bob, charlie, week
    ):
        assert titles(browse, bob, "&teacher=dora") == ["Hats"]
        assert titles(browse, charlie, f"&group={week['group']}") == []

    def test_the_page_names_the_chosen_and_offers_the_rest(self, browse, alice, week):
        page = browse(alice, "/timetable/?teacher=bob&view=month&date=2026-11-24").content.decode()
        assert 'data-view="month"' in page
        assert "Remove Bob · bob" in page
        assert '<option value="dora">' in page
        assert '<option value="bob">' not in page

    @pytest.mark.parametrize("text", ["", "<b>", "2026-11-31", "0001-01-01", "24.11.2026"])
    def test_an_address_whose_date_is_no_day_shows_today(self, browse, alice, text):
        day = f'data-date="{timezone.localdate()}"'
        assert day in browse(alice, f"/timetable/?view=week&date={quote(text)}").content.decode()
        assert day not in browse(alice, "/timetable/?view=week&date=2020-11-24").content.decode()


class TestSigns:
    def test_they_say_what_one_cannot_see_from_the_time(self, browse, alice, bob):
        create_planned_lesson(bob, DAY * 1.5, topic="a", sync_state="sending")
        create_planned_lesson(bob, topic="b", cancelled_at=timezone.now())
        create_planned_lesson(bob, DAY * 1.7, topic="c", sync_state="changed_outside")
        create_running_lesson(bob, topic="d")
        create_finished_lesson(bob, topic="e")
        for number, state in enumerate(("sending", "held", "in_sync")):
            create_planned_lesson(
                bob, DAY * (2 + number), topic=f"new {state}", sync_state=state, remote_id=""
            )
        create_planned_lesson(bob, DAY * 5, topic="f", sync_state="held")
        Lesson.objects.update(conflict_allowed=False)
        signs = {one["title"]: one["signs"] for one in fetch_timetable(browse, alice)["lessons"]}
        assert signs == {
            "a": ["sending"],
            "f": ["held"],
            **dict.fromkeys(("new sending", "new held", "new in_sync"), ["unsent"]),
            "b": ["cancelled"],
            "c": ["differs"],
            "d": [],
            "e": [],
        }
        locked = [one["title"] for one in fetch_timetable(browse, alice)["lessons"] if not one["movable"]]
        assert sorted(locked) == ["b", "d", "e"]


class TestColours:
    @pytest.fixture
    def week(self, school, bob):
        """A lesson of Maths, one of Music, both of Year 8, and one alone."""
        group = StudentGroup.objects.create(enterprise=school, name="Year 8")
        for title in ("Maths", "Music", "Art", ""):
            lesson = create_planned_lesson(bob, topic=f"{title} lesson")
            if title:
                plan = {"starts_local": datetime(2027, 3, 2), "duration_minutes": 45}
                course = Course.objects.create(enterprise=school, title=title, teacher=bob, **plan)
                lesson.groups.add(group)
                Lesson.objects.filter(pk=lesson.pk).update(course=course)

    def test_each_course_has_a_colour_and_a_letter_of_its_own(self, browse, alice, week):
        shown = fetch_timetable(browse, alice)
        marks = {one["title"]: one["mark"] for one in shown["lessons"]}
        assert marks == {"Maths lesson": "M", "Music lesson": "M2", "Art lesson": "A", " lesson": ""}
        assert [(one["mark"], one["name"]) for one in shown["legend"]] == [
            ("A", "Art"),
            ("M", "Maths"),
            ("M2", "Music"),
        ]
        assert len({one["hue"] for one in shown["legend"]}) == 3
        assert [one["hue"] for one in shown["lessons"] if one["title"] == " lesson"] == [0]

    def test_a_choice_is_kept_and_is_that_of_one_person(self, browse, client, alice, sue, week):
        assert '<option value="course" selected>' in browse(alice, "/timetable/").content.decode()
        browse(alice, "/timetable/?colour=group")
        answer = client.get("/timetable/")
        assert '<option value="group" selected>' in answer.content.decode()
        first = timezone.localdate() - DAY
        shown = client.get(f"/timetable/lessons/?start={first}&end={first + 7 * DAY}").json()
        assert [(one["mark"], one["name"]) for one in shown["legend"]] == [("Y", "Year 8")]
        client.logout()
        assert [one["name"] for one in fetch_timetable(browse, sue)["legend"]] == ["Art", "Maths", "Music"]

    @pytest.mark.parametrize("colour", ["", "layer", "<script>", "group&colour=group"])
    def test_what_is_no_choice_is_ignored(self, browse, alice, week, colour):
        assert fetch_timetable(browse, alice, f"&colour={colour}")["lessons"]

    def test_another_school_and_a_student_are_told_no_names_of_groups(self, browse, charlie, kids, week):
        add_members(Lesson.objects.first(), kids[0])
        assert fetch_timetable(browse, charlie, "&colour=group")["legend"] == []
        assert "Year 8" not in str(fetch_timetable(browse, kids[0], "&colour=group"))


class TestMoving:
    def test_the_effects_are_told_before_anything_changes(self, browse, alice, bob, kids):
        lesson = create_planned_lesson(bob)
        add_members(lesson, *kids)
        new = new_time(lesson)
        page = browse(
            alice, f"/lessons/{lesson.pk}/move/?day={new['day']}&start={new['start']}"
        ).content.decode()
        assert "4 people are expected (3 of them students)." in page
        assert "The new time is sent to iclass." in page
        stored = Lesson.objects.get(pk=lesson.pk)
        assert stored.starts_at == lesson.starts_at
        assert not Operation.objects.exists()

    def test_it_is_moved_keeps_its_length_and_iclass_is_told(self, browse, alice, bob):
        lesson = create_planned_lesson(bob)
        back = "?view=month&teacher=bob&date=2020-01-01"
        answer = browse(alice, f"/lessons/{lesson.pk}/move/", {**new_time(lesson, hour=15), "back": back})
        stored = Lesson.objects.get(pk=lesson.pk)
        assert timezone.localtime(stored.starts_at).hour == 15
        assert stored.ends_at - stored.starts_at == lesson.ends_at - lesson.starts_at
        assert Operation.objects.get().kind == "class.modify"
        day = timezone.localtime(stored.starts_at).date()
        assert answer["location"] == f"/timetable/?view=month&teacher=bob&date={day}"

    def test_whoever_dragged_it_from_a_time_at_which_it_is_no_more_looks_again(self, browse, alice, bob):
        lesson = create_planned_lesson(bob)
        path, new = f"/lessons/{lesson.pk}/move/", new_time(lesson, hour=15)
        seen = browse(alice, f"{path}?day={new['day']}&start={new['start']}").context["form"].seen_json
        moved = lesson.starts_at + timedelta(hours=5)
        Lesson.objects.filter(pk=lesson.pk).update(starts_at=moved, ends_at=moved + timedelta(hours=1))
        page = browse(alice, path, {**new, "seen": seen})
        assert "in the meantime. Check it again, then decide." in page.content.decode()
        assert Lesson.objects.get(pk=lesson.pk).starts_at == moved

    def test_conflicts_are_named_and_allowed_with_a_reason_alone(self, browse, alice, bob):
        lesson = create_planned_lesson(bob)
        new = new_time(lesson, days=2, hour=15)
        at = timezone.make_aware(datetime.fromisoformat(f"{new['day']}T{new['start']}"))
        create_planned_lesson(bob, topic="Hats", starts_at=at, ends_at=at + timedelta(hours=1))
        page = browse(
            alice, f"/lessons/{lesson.pk}/move/?day={new['day']}&start={new['start']}"
        ).content.decode()
        assert ">Hats</a> 15:00–16:00: Bob" in page
        assert "1 conflict<" in page
        browse(alice, f"/lessons/{lesson.pk}/move/", new)
        assert Lesson.objects.get(pk=lesson.pk).starts_at == lesson.starts_at
        browse(alice, f"/lessons/{lesson.pk}/move/", new | {"reason": "two halls"})
        moved = Lesson.objects.get(pk=lesson.pk)
        assert (moved.starts_at, moved.conflict_reason) == (at, "two halls")
        (shown,) = (one for one in fetch_timetable(browse, alice)["lessons"] if one["id"] == lesson.pk)
        assert "conflict" in shown["signs"]

    def test_an_absence_and_a_holiday_are_named_and_allowed_with_a_reason_alone(
        self, browse, alice, bob, school, kids
    ):
        lesson = create_planned_lesson(bob, conflict_allowed=False, conflict_reason="")
        add_members(lesson, kids[0])
        new = new_time(lesson, days=2, hour=15)
        day = datetime.fromisoformat(new["day"])
        begins = timezone.make_aware(day)
        enter_absence(teacher=bob, begins_at=begins, ends_at=begins + DAY, kind="sick", by=alice)
        Holiday.objects.create(enterprise=school, name="Fair", starts_on=day, ends_on=day)
        path = f"/lessons/{lesson.pk}/move/"
        page = browse(alice, f"{path}?day={new['day']}&start={new['start']}").content.decode()
        assert "Bob is absent at this time" in page
        assert "holiday “Fair”" in page
        assert "2 conflicts<" in page
        browse(alice, path, new)
        assert Lesson.objects.get(pk=lesson.pk).starts_at == lesson.starts_at
        browse(alice, path, new | {"reason": "by telephone"})
        assert Lesson.objects.get(pk=lesson.pk).conflict_reason == "by telephone"
        (shown,) = fetch_timetable(browse, alice)["lessons"]
        assert "absent" in shown["signs"]
        assert fetch_timetable(browse, kids[0])["lessons"][0]["signs"] == []
        listed = browse(alice, "/timetable/conflicts/").content.decode()
        assert "The teacher is absent and nobody covers." in listed
        assert "The day is a holiday." in listed

    def test_a_script_gets_the_question_alone(self, browse, alice, bob):
        lesson = create_planned_lesson(bob)
        new = new_time(lesson)
        query = f"?day={new['day']}&start={new['start']}"
        question = browse(alice, f"/lessons/{lesson.pk}/move/{query}", htmx=True).content.decode()
        assert "<html" not in question
        assert 'id="move-title"' in question

    def test_a_time_that_has_passed_is_refused_at_its_field(self, browse, alice, bob):
        lesson = create_planned_lesson(bob)
        page = browse(alice, f"/lessons/{lesson.pk}/move/", new_time(lesson, days=-3)).content.decode()
        assert "With this time, the lesson would already be over. Choose a later time." in page
        assert Lesson.objects.get(pk=lesson.pk).starts_at == lesson.starts_at

    def test_the_same_time_changes_nothing_and_says_so(self, browse, alice, bob):
        starts_at = timezone.now().replace(second=0, microsecond=0) + 3 * DAY
        lesson = create_planned_lesson(bob, starts_at=starts_at, ends_at=timezone.now() + 4 * DAY)
        assert (
            "The lesson already starts at this time. Nothing was changed."
            in browse(alice, f"/lessons/{lesson.pk}/move/{at(lesson)}").content.decode()
        )

    def test_a_running_lesson_is_locked(self, browse, alice, bob):
        lesson = create_running_lesson(bob)
        assert browse(alice, f"/lessons/{lesson.pk}/move/")["location"] == f"/lessons/{lesson.pk}/"
        page = browse(alice, f"/lessons/{lesson.pk}/move/", new_time(lesson)).content.decode()
        assert "The lesson is running and cannot be changed." in page

    def test_only_those_who_plan_may(self, browse, bob, kids, sue, charlie):
        lesson = create_planned_lesson(bob)
        add_members(lesson, *kids)
        for reader, status in ((bob, 403), (sue, 403), (kids[0], 403), (charlie, 404)):
            assert browse(reader, f"/lessons/{lesson.pk}/move/", new_time(lesson)).status_code == status


def test_the_queries_do_not_grow_with_the_school(client, school, alice, bob):
    first, group = timezone.localdate(), StudentGroup.objects.create(enterprise=school, name="Year 8")
    path = f"/timetable/lessons/?start={first}&end={first + 7 * DAY}&teacher=bob&group={group.pk}"
    client.force_login(alice)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    create_planned_lesson(bob).groups.add(group)
    few = asked()
    for _number in range(5):
        create_planned_lesson(bob).groups.add(group)
    assert asked() == few <= 12
