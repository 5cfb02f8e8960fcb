"""The pages of a roll-over: terms, the preview in steps, confirmation, result and undo."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import Enterprise, Role, StudentGroup, User
from accounts.people.group_services import save_group
from classes.models import Course, RollOver, Term
from classes.timetable.roll_over.plan import build_preview
from classes.timetable.roll_over.services import apply_roll_over, start_roll_over
from tests.classes.timetable.roll_over.conftest import digest
from tests.classes.timetable.roll_over.school_state import school_state
from tests.support.cast import create_person
from tests.support.page_speed import MOST_QUERIES, measure_page

Browse = Callable[..., Any]


def address(draft: RollOver, *parts: str) -> str:
    return "/".join([f"/year/roll-over/{draft.pk}", *parts, ""])


def step(draft: RollOver, name: str) -> str:
    return f"{address(draft)}?step={name}"


def test_it_begins_with_the_terms(
    browse: Browse, alice: User, ending: Term, beginning: Term, groups: Any
) -> None:
    assert "/year/roll-over/" in browse(alice, reverse("accounts:groups")).content.decode()
    assert "/year/roll-over/" in browse(alice, "/year/").content.decode()
    page = browse(alice, "/year/roll-over/new/").content.decode()
    assert "/year/term/new/" in page
    assert f'<option value="{ending.pk}" selected>' in page
    assert f'<option value="{beginning.pk}" selected>' in page
    answer = browse(alice, "/year/roll-over/new/", {"ending": ending.pk, "beginning": beginning.pk})
    assert answer.url == address(RollOver.objects.get())


def test_the_new_term_must_follow_the_old_one(
    browse: Browse, alice: User, ending: Term, beginning: Term
) -> None:
    answer = browse(alice, "/year/roll-over/new/", {"ending": beginning.pk, "beginning": ending.pk})
    assert "begins after the other one has ended" in answer.content.decode()
    assert not RollOver.objects.exists()


def test_a_second_draft_is_a_sentence(
    browse: Browse, alice: User, draft: RollOver, ending: Term, beginning: Term
) -> None:
    answer = browse(alice, "/year/roll-over/new/", {"ending": ending.pk, "beginning": beginning.pk})
    assert "is being prepared already" in answer.content.decode()


def test_choices_are_kept_and_change_nothing(
    browse: Browse, alice: User, school: Enterprise, draft: RollOver, groups: dict[str, StudentGroup]
) -> None:
    before = school_state(school)
    seven, nine = groups["7A"].pk, groups["9A"].pk
    posted = {f"act_{seven}": "promote", f"name_{seven}": "8 Blue", f"act_{nine}": "keep", "next": "1"}
    answer = browse(alice, step(draft, "groups"), posted)
    assert answer.url == step(draft, "students")
    page = browse(alice, step(draft, "groups")).content.decode()
    assert 'value="8 Blue"' in page
    assert "0 groups archived" in page
    browse(alice, step(draft, "students"), {"leavers": "keep"})
    draft.refresh_from_db()
    assert draft.choices["leavers"] == "keep"
    assert draft.choices["groups"] == {
        str(seven): {"act": "", "name": "8 Blue"},
        str(nine): {"act": "keep", "name": ""},
    }
    assert school_state(school) == before


def test_a_name_of_one_act_is_no_name_of_another(
    browse: Browse, alice: User, draft: RollOver, groups: dict[str, StudentGroup]
) -> None:
    seven = groups["7A"].pk
    browse(alice, step(draft, "groups"), {f"act_{seven}": "archive", f"name_{seven}": "8A"})
    page = browse(alice, step(draft, "groups")).content.decode()
    assert f'name="name_{seven}" value="7A"' in page


def test_a_taken_name_is_marked_at_its_field_and_cannot_be_confirmed(
    browse: Browse, alice: User, draft: RollOver, groups: dict[str, StudentGroup]
) -> None:
    seven = groups["7A"].pk
    browse(alice, step(draft, "groups"), {f"act_{seven}": "promote", f"name_{seven}": "Choir"})
    page = browse(alice, step(draft, "groups")).content.decode()
    assert f'id="error-{seven}"' in page
    confirm = browse(alice, step(draft, "confirm")).content.decode()
    assert "1 name of a group must be corrected." in confirm
    assert address(draft, "apply") not in confirm


def test_another_teacher_is_chosen_where_the_old_one_left(
    browse: Browse,
    alice: User,
    bob: User,
    school: Enterprise,
    draft: RollOver,
    groups: dict[str, StudentGroup],
    plan: Callable[..., Course],
) -> None:
    course = plan("Maths", groups=[groups["7A"]])
    User.objects.filter(pk=bob.pk).update(is_active=False)
    dora = create_person(school, "dora", Role.TEACHER)
    assert "not active any more" in browse(alice, step(draft, "courses")).content.decode()
    posted = {"course": course.pk, f"copy_{course.pk}": "1", f"teacher_{course.pk}": dora.pk}
    browse(alice, step(draft, "courses"), posted)
    page = browse(alice, step(draft, "courses")).content.decode()
    assert "not active any more" not in page
    assert f'<option value="{dora.pk}" selected>' in page
    browse(alice, step(draft, "courses"), {"course": course.pk})
    assert "not copied" in browse(alice, step(draft, "courses")).content.decode()


def test_a_draft_whose_school_changed_is_previewed_anew(
    browse: Browse, alice: User, draft: RollOver, groups: dict[str, StudentGroup]
) -> None:
    sentence = "changed since you last saved"
    assert sentence not in browse(alice, address(draft)).content.decode()
    save_group(group=groups["7A"], students=None, by=alice, name="7B")
    page = browse(alice, address(draft)).content.decode()
    assert sentence in page
    assert 'value="8B"' in page
    browse(alice, address(draft), {})
    assert sentence not in browse(alice, address(draft)).content.decode()


def test_a_draft_without_its_term_asks_for_another(
    browse: Browse, alice: User, draft: RollOver, beginning: Term, ending: Term
) -> None:
    other = Term.objects.create(
        enterprise=draft.enterprise,
        name="Winter",
        starts_on=beginning.ends_on + timedelta(days=1),
        ends_on=beginning.ends_on + timedelta(days=90),
    )
    beginning.delete()
    assert browse(alice, address(draft)).url == address(draft, "terms")
    browse(alice, address(draft, "terms"), {"ending": ending.pk, "beginning": other.pk})
    assert browse(alice, address(draft)).status_code == 200


def test_what_was_confirmed_is_carried_out_and_undone(
    browse: Browse, alice: User, school: Enterprise, draft: RollOver
) -> None:
    before = school_state(school)
    assert digest(draft) in browse(alice, step(draft, "confirm")).content.decode()
    browse(alice, address(draft, "apply"), {"seen": digest(draft)})
    page = browse(alice, address(draft)).content.decode()
    assert "2 groups promoted" in page
    assert address(draft, "undo") in page
    browse(alice, address(draft, "undo"), {})
    assert school_state(school) == before
    assert address(draft, "undo") not in browse(alice, address(draft)).content.decode()


def test_another_preview_than_the_confirmed_one_changes_nothing(
    browse: Browse, alice: User, school: Enterprise, draft: RollOver
) -> None:
    before = school_state(school)
    answer = browse(alice, address(draft, "apply"), {"seen": "0" * 64})
    assert answer.url == step(draft, "confirm")
    assert "so nothing was changed" in browse(alice, answer.url).content.decode()
    assert school_state(school) == before


def test_a_draft_is_deleted_after_a_question(browse: Browse, alice: User, draft: RollOver) -> None:
    assert "Delete this draft?" in browse(alice, address(draft, "discard")).content.decode()
    browse(alice, address(draft, "discard"), {})
    assert not RollOver.objects.exists()


def test_nobody_else_sees_it(browse: Browse, bob: User, charlie: User, draft: RollOver) -> None:
    assert browse(bob, address(draft)).status_code == 403
    assert browse(charlie, address(draft)).status_code == 404
    assert browse(charlie, address(draft, "apply"), {"seen": digest(draft)}).status_code == 404
    for name in ("groups", "students", "courses", "confirm"):
        assert browse(charlie, step(draft, name)).status_code == 404


@pytest.mark.parametrize("name", ["groups", "students", "courses", "confirm"])
def test_the_queries_of_a_step_do_not_grow(
    queries: Callable[..., int],
    alice: User,
    school: Enterprise,
    draft: RollOver,
    groups: dict[str, StudentGroup],
    plan: Callable[..., Course],
    name: str,
) -> None:
    plan("Maths", groups=[groups["7A"]])
    few = queries(alice, step(draft, name))
    for number in range(4):
        group = StudentGroup.objects.create(enterprise=school, name=f"7-{number}", grade=groups["7A"].grade)
        plan(f"Art {number}", 1, 10 + number, groups=[group], members=list(groups["8A"].students.all()))
    assert queries(alice, step(draft, name)) <= few + 1  # names of people in conflicts


@pytest.mark.parametrize("name", ["groups", "students", "courses", "confirm"])
def test_a_step_with_conflicts_and_a_missing_teacher_needs_at_most_twelve_queries(
    client: Client,
    alice: User,
    bob: User,
    school: Enterprise,
    draft: RollOver,
    groups: dict[str, StudentGroup],
    plan: Callable[..., Course],
    name: str,
) -> None:
    left = create_person(school, "dora", Role.TEACHER)
    plan("Maths", groups=[groups["7A"]], assistants=[alice])
    plan("Art", groups=[groups["7A"]], conflict_reason="A trip")
    plan("Music", 2, groups=[groups["8A"]], teacher=left)
    User.objects.filter(pk=left.pk).update(is_active=False)
    client.force_login(alice)
    assert measure_page(client, step(draft, name), rounds=1).queries <= MOST_QUERIES
    text = client.get(step(draft, "courses"), headers={"accept-language": "en"}).content.decode()
    assert "conflicts" in text
    assert "not active any more" in text


def test_a_deleted_term_is_said_where_choices_are_saved(
    browse: Browse, alice: User, draft: RollOver, beginning: Term
) -> None:
    beginning.delete()
    answer = browse(alice, step(draft, "groups"), {})
    assert answer.url == address(draft, "terms")
    assert "A term of this roll-over was deleted" in browse(alice, answer.url).content.decode()


@pytest.mark.usefixtures("english")
def test_a_term_that_was_deleted_in_between_is_a_sentence(
    alice: User, school: Enterprise, ending: Term, beginning: Term
) -> None:
    Term.objects.filter(pk=beginning.pk).delete()
    with pytest.raises(ValidationError, match="deleted in the meantime"):
        start_roll_over(school=school, ending=ending, beginning=beginning, by=alice)


@pytest.mark.usefixtures("english")
def test_terms_that_were_moved_over_each_other_are_not_rolled_over(
    alice: User, draft: RollOver, beginning: Term, ending: Term
) -> None:
    Term.objects.filter(pk=beginning.pk).update(starts_on=ending.starts_on)
    with pytest.raises(ValidationError, match="begins after the other one has ended"):
        apply_roll_over(roll_over=draft, seen=digest(RollOver.objects.get(pk=draft.pk)), by=alice)


def test_choices_of_another_administrator_stay(
    browse: Browse, alice: User, draft: RollOver, groups: dict[str, StudentGroup]
) -> None:
    seven, nine = groups["7A"].pk, groups["9A"].pk
    browse(alice, step(draft, "groups"), {f"act_{seven}": "keep"})
    browse(alice, step(draft, "students"), {"leavers": "keep"})
    browse(alice, step(draft, "groups"), {f"act_{nine}": "keep"})
    draft.refresh_from_db()
    assert draft.choices["groups"].keys() == {str(seven), str(nine)}
    assert draft.choices["leavers"] == "keep"


def test_the_confirmation_links_to_the_first_course_to_correct(
    browse: Browse,
    alice: User,
    bob: User,
    draft: RollOver,
    groups: dict[str, StudentGroup],
    plan: Callable[..., Course],
) -> None:
    course = plan("Zoology", groups=[groups["7A"]])
    User.objects.filter(pk=bob.pk).update(is_active=False)
    Course.objects.bulk_create(
        Course(
            enterprise=draft.enterprise,
            title=f"Art {number}",
            teacher=alice,
            term=draft.ending,
            starts_local=course.starts_local,
            duration_minutes=45,
        )
        for number in range(50)
    )
    page = browse(alice, step(draft, "confirm")).content.decode()
    assert f'href="?step=courses&amp;page=2#course-{course.pk}"' in page
    courses = browse(alice, f"{step(draft, 'courses')}&page=2").content.decode()
    assert f'aria-describedby="error-course-{course.pk}"' in courses


def test_students_of_archived_groups_who_stay_are_counted(
    browse: Browse, alice: User, draft: RollOver
) -> None:
    page = browse(alice, step(draft, "students")).content.decode()
    assert "1 student of an archived group stays because of another group." in page


def test_a_conflict_is_counted_once_whoever_is_planned_twice(
    draft: RollOver, groups: dict[str, StudentGroup], plan: Callable[..., Course]
) -> None:
    plan("Maths", groups=[groups["7A"]])
    plan("Art", groups=[groups["7A"]], conflict_reason="A trip")
    preview = build_preview(draft)
    assert preview is not None
    assert preview.conflicts == 2 * 11


def test_the_list_does_not_call_who_confirmed_the_creator(
    browse: Browse, alice: User, school: Enterprise, draft: RollOver
) -> None:
    other = create_person(school, "dodo", Role.ADMIN)
    apply_roll_over(roll_over=draft, seen=digest(draft), by=other)
    page = browse(alice, "/year/roll-over/").content.decode()
    assert f'<td data-label="By">{other}</td>' in page
    assert "Created by" not in page
