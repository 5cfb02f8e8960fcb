"""Courseware is attached to upcoming lessons from its own page and from the list, after a preview."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import Enterprise, Role, User
from classes.courseware.attachments import attach_document, list_attached_documents
from classes.lessons.courseware import attach_to_lessons, preview_courseware
from classes.lessons.views.courseware import MAX_DOCUMENTS, MAX_OFFERED
from classes.models import Attachment, Course, Lesson
from documents.models import Document
from tests.classes.factories import create_finished_lesson, create_planned_lesson, create_running_lesson
from tests.support.cast import create_person
from tests.support.iclass_service import tomorrow_at
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db
PAGE = "/lessons/courseware/"


def deck(owner: User, name: str) -> Document:
    return Document.objects.create(enterprise=owner.enterprise, owner=owner, name=name, ext="pptx")


def names(lesson: Lesson) -> list[str]:
    return [one.document.name for one in list_attached_documents(lesson)]


def address(*documents: Document, lessons: tuple[Lesson, ...] = (), **more: str) -> str:
    pairs = [f"document={one.pk}" for one in documents] + [f"lesson={one.pk}" for one in lessons]
    return f"{PAGE}?{'&'.join([*pairs, *(f'{name}={value}' for name, value in more.items())])}"


def test_a_document_goes_to_several_lessons_from_its_own_page(browse: Any, bob: User) -> None:
    document = deck(bob, "Flamingos")
    lessons = (create_planned_lesson(bob), create_running_lesson(bob, topic="Tea"))
    assert f'href="{address(document)}"' in page_text(browse(bob, document.get_absolute_url()))
    attach_document(owner=lessons[0], document=document, by=bob)
    preview = browse(bob, address(document, lessons=lessons, look="1"))
    changes = {one.lesson: (one.phase.name, one.added, one.present) for one in preview.context["changes"]}
    assert changes[lessons[0]][1:] == ([], [document])
    assert changes[lessons[1]] == ("running", [document], [])
    assert names(lessons[1]) == []
    posted = {"document": document.pk, "lesson": [one.pk for one in lessons], "sure": "1"}
    assert browse(bob, PAGE, posted).url == document.get_absolute_url()
    assert names(lessons[1]) == ["Flamingos"]
    assert Attachment.objects.count() == 2


def test_several_documents_of_the_list_go_to_one_lesson(browse: Any, bob: User) -> None:
    first, second, lesson = deck(bob, "a"), deck(bob, "b"), create_planned_lesson(bob)
    assert f'formaction="{PAGE}"' in page_text(browse(bob, "/courseware/"))
    chosen = browse(bob, PAGE, {"chosen": [first.pk, second.pk]})
    assert chosen.url == address(first, second)
    page = browse(bob, chosen.url)
    assert list(page.context["documents"]) == [first, second]
    assert lesson in page.context["offered"]
    posted = {"document": [first.pk, second.pk], "lesson": lesson.pk, "sure": "1"}
    answer = browse(bob, PAGE, posted)
    assert answer.url == lesson.get_absolute_url()
    assert "Courseware has been attached to 1 lesson." in page_text(browse(bob, answer.url))
    assert names(lesson) == ["a", "b"]
    assert "Nothing has been attached" in page_text(browse(bob, browse(bob, PAGE, posted).url))


def test_a_file_that_was_deleted_since_the_preview_leaves_all_lessons_as_they_were(bob: User) -> None:
    documents, lesson = [deck(bob, "a"), deck(bob, "b")], create_planned_lesson(bob)
    changes = preview_courseware([lesson], documents)
    Document.objects.filter(pk=documents[1].pk).update(deleted_at=timezone.now())
    with pytest.raises(ValidationError):
        attach_to_lessons(changes=changes, by=bob)
    assert not Attachment.objects.exists()


def test_what_the_course_has_is_not_attached_again(browse: Any, bob: User) -> None:
    course = Course.objects.create(
        enterprise=bob.enterprise,
        title="Croquet",
        teacher=bob,
        starts_local=tomorrow_at(8).replace(tzinfo=None),
        duration_minutes=45,
    )
    document, lesson = deck(bob, "Flamingos"), create_planned_lesson(bob, course=course)
    attach_document(owner=course, document=document, by=bob)
    [change] = browse(bob, address(document, lessons=(lesson,), look="1")).context["changes"]
    assert (change.added, change.present) == ([], [document])
    browse(bob, PAGE, {"document": document.pk, "lesson": lesson.pk, "sure": "1"})
    assert Attachment.objects.get().course == course


def test_only_lessons_that_the_reader_may_change_and_that_are_not_over_are_offered(
    browse: Any, school: Enterprise, alice: User, bob: User, sue: User, charlie: User
) -> None:
    tom = create_person(school, "tom", Role.TEACHER)
    own, other = create_planned_lesson(bob, topic="Croquet"), create_planned_lesson(tom, topic="Tea")
    over = create_finished_lesson(bob)
    cancelled = create_planned_lesson(bob, timedelta(hours=9), cancelled_at=tomorrow_at(1))
    document = deck(bob, "Flamingos")
    assert list(browse(bob, address(document)).context["offered"]) == [own]
    assert set(browse(alice, address(document)).context["offered"]) == {own, other}
    assert list(browse(alice, address(document, q="croq")).context["offered"]) == [own]
    assert list(browse(alice, address(document, q="tom")).context["offered"]) == [other]
    for lesson in (other, over, cancelled):
        browse(bob, PAGE, {"document": document.pk, "lesson": lesson.pk, "sure": "1"})
        assert names(lesson) == []
    assert browse(sue, PAGE).status_code == 403
    assert PAGE not in page_text(browse(sue, "/courseware/"))
    assert browse(charlie, address(document)).url == reverse("documents:courseware")
    browse(charlie, PAGE, {"document": document.pk, "lesson": own.pk, "sure": "1"})
    assert names(own) == []


def test_a_choice_stays_while_other_lessons_are_searched_and_says_where_there_are_more(
    browse: Any, bob: User
) -> None:
    documents = [deck(bob, f"Deck {number:02}") for number in range(MAX_DOCUMENTS + 1)]
    lessons = [
        create_planned_lesson(bob, timedelta(hours=hour), topic=f"Tea {hour}")
        for hour in range(2, MAX_OFFERED + 4)
    ]
    page = browse(bob, address(*documents, lessons=(lessons[0],), q="nothing"))
    assert (list(page.context["lessons"]), list(page.context["offered"])) == ([lessons[0]], [])
    assert f"Only the first {MAX_DOCUMENTS} are shown." in page_text(page)
    words = page_text(browse(bob, address(documents[0])))
    assert "Search for topic or teacher to find others." in words


def test_the_preview_needs_no_query_for_each_lesson(bob: User, queries: Any) -> None:
    document = deck(bob, "Flamingos")
    lessons = [create_planned_lesson(bob, timedelta(hours=hour)) for hour in range(2, 8)]
    before = queries(bob, address(document, lessons=(lessons[0],), look="1"))
    assert queries(bob, address(document, lessons=tuple(lessons), look="1")) == before
