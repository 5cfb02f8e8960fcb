"""Selecting people in the list and acting on them: who may, what is asked, and that it is all or none."""

from typing import Any

import pytest

from accounts.bulk.job import MAX_IN_REQUEST
from accounts.models import Enterprise, Role, StudentGroup, User
from console.audit.models import AuditEntry
from console.jobs.models import Job
from tests.support.page_client import client_for, page_text

ACTS = ("group", "token", "password", "cards", "export", "deactivate")


def address(act: str, query: str = "") -> str:
    return f"/people/bulk/{act}/{query}"


def chosen(people: list[User], **more: Any) -> dict[str, Any]:
    return {"chosen": [one.pk for one in people], **more}


def active(people: list[User]) -> int:
    return User.objects.filter(pk__in=[one.pk for one in people], is_active=True).count()


def test_the_list_offers_the_acts_to_who_may(alice: User, sue: User, students: list[User]) -> None:
    page = page_text(client_for(alice).get("/people/?role=student"))
    for act in ACTS:
        assert f'formaction="{address(act, "?role=student")}"' in page
    assert 'name="chosen"' in page
    page = page_text(client_for(sue).get("/people/"))
    assert "/people/bulk/" not in page
    assert 'name="chosen"' not in page


@pytest.mark.parametrize("act", ACTS)
def test_a_teacher_and_a_supervisor_may_not(
    alice: User, bob: User, sue: User, students: list[User], act: str
) -> None:
    for reader in (bob, sue):
        answer = client_for(reader).post(address(act), chosen(students, sure="yes", reason="x"))
        assert answer.status_code == 403
    assert active(students) == 3


@pytest.mark.parametrize("act", ACTS)
def test_people_of_another_school_count_as_not_selected(
    charlie: User, students: list[User], act: str
) -> None:
    answer = client_for(charlie).post(address(act), chosen(students, sure="yes", reason="x"), follow=True)
    assert "Nothing is selected." in page_text(answer)
    assert active(students) == 3


def test_a_group_of_another_school_cannot_be_chosen(
    alice: User, students: list[User], other_school: Enterprise
) -> None:
    theirs = StudentGroup.objects.create(enterprise=other_school, name="Chess")
    answer = client_for(alice).post(address("group"), chosen(students, sure="yes", group=theirs.pk))
    assert "Choose a group of the list." in page_text(answer)
    assert theirs.students.count() == 0


def test_the_question_names_number_effect_and_people_and_changes_nothing(
    alice: User, students: list[User]
) -> None:
    page = page_text(client_for(alice).post(address("deactivate"), chosen(students)))
    assert "Deactivate 3 people?" in page
    assert "Student-1 (student-1)" in page
    assert "for all of them or for none" in page
    assert active(students) == 3


def test_the_selected_people_stand_in_the_order_of_pinyin(alice: User, school: Enterprise) -> None:
    people = [
        User.objects.create(enterprise=school, user_id=f"s{number}", role=Role.STUDENT, nickname=name)
        for number, name in enumerate(("张伟", "李伟", "陈伟", "王伟"))
    ]
    client, in_order = client_for(alice), ["陈伟", "李伟", "王伟", "张伟"]
    question = client.post(address("cards"), chosen(people))
    assert [person.nickname for person in question.context["named"]] == in_order
    cards = client.post(address("cards"), chosen(people, sure="yes", reason="first day of term"))
    places = [page_text(cards).index(name) for name in in_order]
    assert places == sorted(places)


def test_the_selected_students_join_the_group(
    alice: User, students: list[User], croquet: StudentGroup
) -> None:
    client = client_for(alice)
    answer = client.post(
        address("group", "?role=student"), chosen(students, sure="yes", group=croquet.pk), follow=True
    )
    assert answer.redirect_chain == [("/people/?role=student", 302)]
    assert "Done for 3 people." in page_text(answer)
    assert croquet.students.count() == 4


def test_one_who_cannot_join_stops_all_and_the_others_can_go_on(
    alice: User, bob: User, students: list[User], croquet: StudentGroup
) -> None:
    client = client_for(alice)
    page = page_text(client.post(address("group"), chosen([*students, bob], sure="yes", group=croquet.pk)))
    assert "Nothing has been changed" in page
    assert "(bob): Only students can be in a group." in page
    assert "Continue with the other 3" in page
    assert croquet.students.count() == 1


def test_all_stands_for_the_filter_and_not_for_the_page(
    alice: User, bob: User, students: list[User], dina: User
) -> None:
    page = page_text(client_for(alice).post(address("deactivate", "?q=student-"), {"all": "yes"}))
    assert "Deactivate 3 people?" in page
    assert "(dina)" not in page


def test_all_does_not_guess_masked_phones(alice: User, dina: User, students: list[User]) -> None:
    page = page_text(client_for(alice).post(address("export", "?q=5678"), {"all": "yes"}))
    assert "Export 1 person?" in page


def test_deactivating_needs_a_reason(alice: User, students: list[User]) -> None:
    client = client_for(alice)
    page = page_text(client.post(address("deactivate"), chosen(students, sure="yes")))
    assert "Enter a reason." in page
    assert active(students) == 3
    client.post(address("deactivate"), chosen(students, sure="yes", reason="left"))
    assert active(students) == 0


def test_cards_of_the_selected_are_shown_once_and_recorded(alice: User, students: list[User]) -> None:
    students[0].store_entry_token("a-token-of-student-0-0123456789")
    students[0].save_mirrored(["user_token", "card_number", "card_since"])
    answer = client_for(alice).post(address("cards"), chosen(students, sure="yes", reason="first day"))
    assert "a-token-of-student-0-0123456789" in page_text(answer)
    assert "no-store" in answer["Cache-Control"]
    assert AuditEntry.objects.get(action="person.reveal_token").reason == "first day"


def test_the_selected_are_exported_and_nobody_else(alice: User, dina: User, students: list[User]) -> None:
    answer = client_for(alice).post(address("export"), chosen(students, sure="yes", format=".csv"))
    text = b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
    assert "student-2" in text
    assert "dina" not in text
    assert AuditEntry.objects.get(action="person.export").after["rows"] == 3


def test_contacts_are_exported_only_with_a_reason(alice: User, students: list[User]) -> None:
    posted = chosen(students, sure="yes", format=".csv", contacts="on")
    page = page_text(client_for(alice).post(address("export"), posted))
    assert "Enter a reason for exporting phone, e-mail, age and consent." in page


def test_more_people_than_a_request_takes_become_a_job(alice: User, school: Enterprise) -> None:
    crowd = User.objects.bulk_create(
        User(enterprise=school, user_id=f"s{n}", login=f"s{n}", nickname=f"S{n}", role=Role.STUDENT)
        for n in range(MAX_IN_REQUEST + 1)
    )
    client = client_for(alice)
    page = page_text(client.post(address("deactivate"), chosen(crowd)))
    assert "This runs in the background" in page
    answer = client.post(address("deactivate"), chosen(crowd, sure="yes", reason="moved"))
    job = Job.objects.get(kind="people.bulk")
    assert answer["Location"] == f"/people/bulk/results/{job.pk}/"
    assert active(crowd) == len(crowd)


def test_more_people_than_can_be_selected_are_refused_whole(alice: User, school: Enterprise) -> None:
    User.objects.bulk_create(
        User(enterprise=school, user_id=f"s{n}", login=f"s{n}", nickname=f"S{n}", role=Role.STUDENT)
        for n in range(1001)
    )
    answer = client_for(alice).post(address("deactivate"), {"all": "yes"}, follow=True)
    assert "More than 1000 people are selected. Narrow the filter." in page_text(answer)


@pytest.mark.parametrize("posted", [{}, {"chosen": ["x", "-1", "9" * 400]}, {"sure": "yes"}])
def test_a_selection_that_is_none_is_explained(alice: User, posted: dict[str, Any]) -> None:
    answer = client_for(alice).post(address("deactivate"), posted, follow=True)
    assert "Nothing is selected." in page_text(answer)


def test_an_act_that_nobody_knows_does_not_exist(alice: User) -> None:
    assert client_for(alice).post(address("promote"), {}).status_code == 404
    assert client_for(alice).get(address("deactivate"), follow=True).redirect_chain == [("/people/", 302)]
