"""The search: what each role finds of rows and pages, and nothing of another school."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from accounts.models import Enterprise, Role, StudentGroup, User
from bench import planting
from classes.models import Course, Lesson
from console.ui.search_sources import MAX_RESULTS, search_sources, searchable_pages
from documents.models import Document
from tests.classes.factories import add_members, create_finished_lesson, create_planned_lesson
from tests.faults.sizes import FULL
from tests.support.cast import create_person
from tests.support.charges import put_in_charge
from tests.support.page_client import client_for, page_text

pytestmark = pytest.mark.django_db
SEARCH = "/search/"
READERS = [role for role in Role if role != Role.VISITOR]
FRAGMENT = {"hx-request": "true"}


@pytest.fixture
def ida(school: Enterprise) -> User:
    """A student of Alice's school who is in no lesson."""
    return create_person(school, "ida", Role.STUDENT)


@pytest.fixture
def chen(school: Enterprise) -> User:
    """A student of Alice's school, with a phone number."""
    return User.objects.create(
        enterprise=school, user_id="s1", role=Role.STUDENT, nickname="陈伟", phone_no="13812345678"
    )


@pytest.fixture
def algebra(bob: User, chen: User) -> Lesson:
    """A lesson that Bob holds for 陈伟, of a course and with courseware of the same name."""
    group = StudentGroup.objects.create(enterprise=bob.enterprise, name="高一(2)班")
    group.students.add(chen)
    create_course(bob, "代数")
    Document.objects.create(enterprise=bob.enterprise, owner=bob, name="代数 1", ext="pdf")
    lesson = create_planned_lesson(bob, topic="代数入门")
    add_members(lesson, chen)
    return lesson


def create_course(teacher: User, title: str) -> Course:
    lesson = create_planned_lesson(teacher, timedelta(days=400), topic="of a course")
    course = Course.objects.create(
        enterprise=teacher.enterprise,
        teacher=teacher,
        title=title,
        starts_local=lesson.starts_at.replace(tzinfo=None),
        duration_minutes=45,
    )
    lesson.delete()
    return course


def found(client: Client, text: str) -> dict[str, list[str]]:
    """The titles by type."""
    groups = client.get(SEARCH, {"q": text}).context["groups"]
    return {group.name: [one.title for one in group.results] for group in groups}


@pytest.mark.parametrize(
    "typed", ["陈伟", "陈", "chenwei", "chen wei", "cw", "CHENW", "s1", "gaoyi", "2345678"]
)
def test_an_administrator_finds_a_person(alice: User, chen: User, algebra: Lesson, typed: str) -> None:
    assert "陈伟" in found(client_for(alice), typed)["person"]


def test_every_type_is_found_in_its_order(alice: User, algebra: Lesson) -> None:
    assert found(client_for(alice), "代数") == {
        "lesson": ["代数入门"],
        "course": ["代数"],
        "document": ["代数 1.pdf"],
    }
    assert found(client_for(alice), "gaoyi") == {"person": ["陈伟"], "group": ["高一(2)班"]}
    assert found(client_for(alice), "代数 入门") == {"lesson": ["代数入门"]}


def test_each_result_leads_to_its_page(alice: User, chen: User, algebra: Lesson) -> None:
    client = client_for(alice)
    for typed in ("陈伟", "高一", "代数", "settings"):
        for group in client.get(SEARCH, {"q": typed}).context["groups"]:
            for one in group.results:
                assert client.get(one.url).status_code == 200, one


def test_lessons_from_today_on_come_first_then_the_last_ones(alice: User, bob: User) -> None:
    days = timezone.now() - timedelta(days=3)
    create_finished_lesson(bob, topic="Croquet past", starts_at=days, ends_at=days + timedelta(minutes=45))
    create_planned_lesson(bob, timedelta(days=2), topic="Croquet later")
    create_planned_lesson(bob, timedelta(days=1), topic="Croquet next")
    assert found(client_for(alice), "croq")["lesson"] == ["Croquet next", "Croquet later", "Croquet past"]


def test_a_teacher_finds_own_lessons_and_no_people(bob: User, school: Enterprise, algebra: Lesson) -> None:
    ted = create_person(school, "ted", Role.TEACHER)
    create_planned_lesson(ted, topic="代数 of Ted")
    assert found(client_for(bob), "代数") == {
        "lesson": ["代数入门"],
        "course": ["代数"],
        "document": ["代数 1.pdf"],
    }
    assert "person" not in found(client_for(bob), "陈伟")


def test_a_student_finds_own_lessons_and_no_classmate(chen: User, ida: User, algebra: Lesson) -> None:
    assert found(client_for(chen), "代数")["lesson"] == ["代数入门"]
    assert found(client_for(ida), "代数") == {}
    for typed in ("ida", "chen", "高一", "138"):
        assert not {"person", "group"} & found(client_for(chen), typed).keys()
    page = page_text(client_for(chen).get(SEARCH, {"q": "ida"}))
    assert f"/people/{ida.pk}/" not in page


def test_another_school_finds_nothing(charlie: User, chen: User, algebra: Lesson) -> None:
    for typed in ("陈伟", "cw", "代数", "gaoyi", "s1", "2345678"):
        assert found(client_for(charlie), typed) == {}


def test_an_operator_outside_of_a_school_finds_pages_only(olga: User, chen: User, algebra: Lesson) -> None:
    client = client_for(olga)
    assert found(client, "陈伟") == found(client, "代数") == {}
    assert found(client, "school") == {"page": ["Enter a school", "Add school"]}


def test_who_sees_masked_numbers_cannot_guess_them(chen: User, school: Enterprise) -> None:
    sue = create_person(school, "sue", Role.SUPERVISOR)
    assert found(client_for(sue), "5678") == {}
    assert found(client_for(sue), "chenwei")["person"] == ["陈伟"]


def test_a_deactivated_person_and_a_cancelled_lesson_are_not_found(
    alice: User, chen: User, algebra: Lesson
) -> None:
    User.objects.filter(pk=chen.pk).update(is_active=False)
    Lesson.objects.filter(pk=algebra.pk).update(cancelled_at=algebra.starts_at)
    assert found(client_for(alice), "陈伟") == {}
    assert "lesson" not in found(client_for(alice), "代数")


@pytest.mark.parametrize(("typed", "language"), [("audit", "zh-hans"), ("审计", "en"), ("AUDIT", "en")])
def test_pages_are_found_in_both_languages(alice: User, typed: str, language: str) -> None:
    groups = client_for(alice, language).get(SEARCH, {"q": typed}).context["groups"]
    assert "/audit/" in {one.url for group in groups for one in group.results}


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("schedule a lesson", "/lessons/new/"),
        ("new lesson", "/lessons/new/"),
        ("安排课堂", "/lessons/new/"),
        ("排课", "/lessons/new/"),
        ("anpai", "/lessons/new/"),
        ("paike", "/lessons/new/"),
        ("close registers", "/reports/registers/"),
        ("归档", "/reports/registers/"),
        ("dianming", "/reports/registers/"),
        ("usage", "/reports/usage/"),
        ("用量", "/reports/usage/"),
        ("yongliang", "/reports/usage/"),
        ("yl", "/reports/usage/"),
        ("teacher sick", "/timetable/cover/new/"),
        ("audit", "/audit/"),
        ("shenji", "/audit/"),
    ],
)
def test_acts_and_reports_are_found_in_words_and_pinyin(alice: User, typed: str, address: str) -> None:
    for language in ("en", "zh-hans"):
        groups = client_for(alice, language).get(SEARCH, {"q": typed}).context["groups"]
        assert address in {one.url for group in groups for one in group.results}


def test_pinyin_finds_pages_from_the_start_of_a_syllable(alice: User) -> None:
    assert "page" not in found(client_for(alice), "ongliang")


def test_only_acts_that_the_role_may_do_are_found(bob: User, chen: User, olga: User) -> None:
    assert found(client_for(bob), "schedule lesson") == found(client_for(bob), "usage") == {}
    assert found(client_for(bob), "close registers")["page"] == ["Registers to close"]
    for reader in (chen, olga):
        assert found(client_for(reader), "close registers") == {}
    assert found(client_for(chen), "ask leave")["page"] == ["Ask for or enter leave"]
    assert "page" not in found(client_for(bob), "ask leave")


#: The forms that the search leaves to the page that it finds: they need a choice made there, or a proof.
ON_ANOTHER_PAGE = {
    "accounts:passkey_add": "accounts:my_sign_in",
    "accounts:token_add": "accounts:my_tokens",
    "classes:roll_over_add": "classes:roll_overs",
    "classes:threshold_add": "classes:thresholds",
}


def form_names(patterns: Iterable[Any], namespace: str = "") -> Iterator[str]:
    """The URL names of the pages that add something and need no row."""
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = f"{one.namespace}:" if one.namespace else namespace
            yield from form_names(one.url_patterns, inner)
        elif one.name and re.search(r"(^|_)add$", one.name) and not one.pattern.converters:
            methods = getattr(getattr(one.callback, "view_class", None), "http_method_names", ())
            if "get" in methods:
                yield f"{namespace}{one.name}"


def test_every_form_that_adds_something_is_an_act_of_the_search() -> None:
    known = {page.url_name for page in searchable_pages()}
    names = set(form_names(get_resolver("console.urls").url_patterns))
    assert {"classes:lesson_add", "webhooks:add", *ON_ANOTHER_PAGE} <= names
    assert {ON_ANOTHER_PAGE.get(name, name) for name in names} - known == set()


def test_a_section_of_the_settings_is_a_page_with_an_anchor(alice: User, bob: User) -> None:
    groups = client_for(alice).get(SEARCH, {"q": "logo"}).context["groups"]
    assert [one.url for one in groups[0].results] == ["/school/#logo"]
    assert found(client_for(bob), "logo") == {}


def test_pages_that_the_role_may_not_open_are_not_found(bob: User, chen: User) -> None:
    for reader in (bob, chen):
        pages = found(client_for(reader), "e").get("page", [])
        assert not {"Audit trail", "Add person", "School settings", "REST tokens"} & set(pages)


@pytest.mark.faults
@pytest.mark.parametrize("role", READERS)
def test_every_page_that_is_found_opens(school: Enterprise, role: Role) -> None:
    """An administrator looks for all, the others for every second name; with FAULTS=full for all."""
    client = client_for(create_person(school, "grace", role))
    names = list({page.url_name: str(page.label) for page in searchable_pages()}.values())
    if not FULL and role != Role.ADMIN:
        names = names[READERS.index(role) % 2 :: 2]
    groups = [group for name in names for group in client.get(SEARCH, {"q": name}).context["groups"]]
    pages = [one for group in groups if group.name == "page" for one in group.results]
    answers = {address: client.get(address) for address in {page.url.partition("#")[0] for page in pages}}
    assert answers
    assert {address: answer.status_code for address, answer in answers.items()} == dict.fromkeys(answers, 200)
    for page in pages:
        address, _hash, anchor = page.url.partition("#")
        assert not anchor or f'id="{anchor}"' in page_text(answers[address]), page


def test_every_section_of_the_settings_of_the_school_is_found(alice: User) -> None:
    client = client_for(alice)
    sections = set(re.findall(r'<h2 id="([a-z-]+)">', page_text(client.get("/school/"))))
    assert sections == {page.anchor for page in searchable_pages() if page.url_name == "accounts:school"}
    groups = client.get(SEARCH, {"q": "New lessons"}).context["groups"]
    assert [one.url for one in groups[0].results] == ["/school/#lessons"]


def test_a_name_with_markup_is_shown_as_text(alice: User, school: Enterprise) -> None:
    User.objects.create(
        enterprise=school, user_id="x", role=Role.STUDENT, nickname='<img src=x onerror="alert(1)">'
    )
    for headers in ({}, FRAGMENT):
        raw = client_for(alice).get(SEARCH, {"q": "<img"}, headers=headers).content.decode()
        assert "&lt;img src=x" in raw
        assert "<img src=x" not in raw
    raw = client_for(alice).get(SEARCH, {"q": '"><script>'}).content.decode()
    assert "<script>" not in raw.partition("<main")[2]


def test_the_window_gets_options_and_the_page_links(alice: User, chen: User) -> None:
    client = client_for(alice)
    part = client.get(SEARCH, {"q": "cw"}, headers=FRAGMENT)
    assert "<html" not in page_text(part)
    assert 'role="option"' in page_text(part)
    assert "HX-Request" in part["Vary"]
    page = page_text(client.get(SEARCH, {"q": "cw"}))
    assert f'<a class="found-one" href="/people/{chen.pk}/">' in page


def test_many_results_lead_to_the_whole_list(alice: User, school: Enterprise) -> None:
    for n in range(MAX_RESULTS + 1):
        create_person(school, f"hare{n}", Role.STUDENT)
    group = client_for(alice).get(SEARCH, {"q": "hare"}).context["groups"][0]
    assert len(group.results) == MAX_RESULTS
    assert group.more_url == "/people/?q=hare"


def test_pages_that_the_window_has_no_room_for_are_on_the_page_of_the_search(alice: User) -> None:
    def pages(**more: Any) -> Any:
        return client_for(alice).get(SEARCH, {"q": "a"}, **more).context["groups"][-1]

    assert (len(pages(headers=FRAGMENT).results), pages(headers=FRAGMENT).more_url) == (
        MAX_RESULTS,
        f"{SEARCH}?q=a",
    )
    assert len(pages().results) > MAX_RESULTS
    assert pages().more_url == ""


def test_the_list_of_all_results_holds_what_the_search_found(alice: User, chen: User) -> None:
    """The lists match word by word and by pinyin, as the search does."""
    chen.role = Role.TEACHER
    chen.save(update_fields=["role"])
    for n in range(MAX_RESULTS):
        group = StudentGroup.objects.create(enterprise=chen.enterprise, name=f"高一({n})班 croquet")
        put_in_charge(group, chen)
        create_course(chen, f"Croquet {n}")
        create_planned_lesson(chen, timedelta(days=n + 1), topic=f"代数 ({n}) croquet")
        Document.objects.create(enterprise=chen.enterprise, owner=chen, name=f"代数 {n} croquet", ext="pdf")
    client = client_for(alice)
    for typed, names in (
        ("gaoyi croquet", {"group"}),
        ("croquet cw", {"course", "group"}),
        ("croquet 代数", {"lesson", "document"}),
    ):
        groups = client.get(SEARCH, {"q": typed}).context["groups"]
        assert {one.name for one in groups} == names
        for one in groups:
            page = page_text(client.get(one.more_url))
            assert [result.title for result in one.results if result.title not in page] == [], one.name
    assert page_text(client.get("/groups/", {"q": "gaoyi chess"})).count(group.name) == 0


@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "\\", "x" * 5000, "zz " * 300, "'; --"])
def test_odd_texts_are_answered(alice: User, chen: User, typed: str) -> None:
    assert client_for(alice).get(SEARCH, {"q": typed}).status_code == 200
    assert "person" not in found(client_for(alice), typed)


def test_nobody_searches_without_signing_in() -> None:
    assert Client().get(SEARCH, {"q": "cw"})["Location"].startswith("/sign-in/")


def test_each_type_has_a_source() -> None:
    assert list(search_sources()) == ["person", "group", "lesson", "course", "document"]


def test_more_rows_cost_no_more_queries(alice: User, school: Enterprise, algebra: Lesson) -> None:
    client = client_for(alice)
    planting.create_people(school, "j", Role.STUDENT, 20)
    client.get(SEARCH, {"q": "王"})
    with CaptureQueriesContext(connection) as few:
        client.get(SEARCH, {"q": "王"})
    planting.create_people(school, "k", Role.STUDENT, 60)
    with CaptureQueriesContext(connection) as many:
        client.get(SEARCH, {"q": "王"})
    assert len(many) <= len(few)
