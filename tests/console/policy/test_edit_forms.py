"""Pages that were opened before somebody else saved: other fields merge, the same field is told, and nothing
that was typed is lost."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Enterprise, Role, StudentGroup, User
from accounts.people.group_services import save_group
from accounts.people.services import edit_person
from accounts.school.services import edit_school
from tests.support.cast import create_person
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text

CHANGED = "Someone changed this while you were editing. Save again to replace it with your value."


def opened(client: Client, address: str, **drawn: Any) -> dict[str, Any]:
    """What a browser posts that changes nothing on this page: the hidden input stands in it."""
    page = client.get(address)
    assert 'name="seen"' in page_text(page)
    return {**drawn, "seen": seen_on(page)}


def seen_on(page: Any) -> str:
    context = page.context
    form = context["adminform"].form if "adminform" in context else context["form"]
    return str(form.seen_json)


def of_person(client: Client, whom: User) -> dict[str, Any]:
    names = ("nickname", "role", "gender", "phone_no", "e_mail", "avatar")
    return opened(client, f"/people/{whom.pk}/edit/", **{name: getattr(whom, name) for name in names})


@pytest.mark.django_db
def test_what_another_saved_in_other_fields_stays(alice: User, bob: User) -> None:
    client = client_for(alice)
    typed = of_person(client, bob)
    edit_person(person=bob, by=alice, gender="male", phone_no="13812345678")
    answer = client.post(f"/people/{bob.pk}/edit/", typed | {"nickname": "Robert"})
    assert answer.status_code == 302
    stored = User.objects.get(pk=bob.pk)
    assert (stored.nickname, stored.gender, stored.phone_no) == ("Robert", "male", "13812345678")


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_field_is_told_and_saving_again_puts_ours_in_its_place(
    alice: User, bob: User, language: str
) -> None:
    client = client_for(alice, language)
    typed = of_person(client, bob) | {"nickname": "Robert", "gender": "male"}
    edit_person(person=bob, by=alice, nickname="Bobby", e_mail="bob@example.com")
    page = client.post(f"/people/{bob.pk}/edit/", typed)
    assert page.status_code == 200
    assert "“Bobby”" in page_text(page)
    assert 'value="Robert"' in page_text(page)
    assert User.objects.get(pk=bob.pk).gender == ""
    answer = client.post(f"/people/{bob.pk}/edit/", typed | {"seen": seen_on(page)})
    assert answer.status_code == 302
    stored = User.objects.get(pk=bob.pk)
    assert (stored.nickname, stored.gender, stored.e_mail) == ("Robert", "male", "bob@example.com")


@pytest.mark.django_db
def test_a_contact_is_told_to_have_changed_but_not_what_it_is_now(alice: User, bob: User) -> None:
    client = client_for(alice)
    typed = of_person(client, bob) | {"phone_no": "13900000000"}
    edit_person(person=bob, by=alice, phone_no="13812345678")
    page = client.post(f"/people/{bob.pk}/edit/", typed)
    assert list(page.context["form"].errors) == ["phone_no"]
    assert page_says(page, CHANGED)
    assert "13812345678" not in page_text(page)


@pytest.mark.django_db
@pytest.mark.parametrize("seen", ["", "nonsense", "[]", '{"nickname": 7}', "[" * 3000, "x" * 20_000])
def test_without_what_was_seen_the_row_as_it_is_now_counts(alice: User, bob: User, seen: str) -> None:
    client = client_for(alice)
    typed = of_person(client, bob) | {"nickname": "Robert", "seen": seen}
    page = client.post(f"/people/{bob.pk}/edit/", typed)
    if seen.startswith("{"):  # a digest of something else: it counts as changed
        assert page.status_code == 200
    else:
        assert (page.status_code, User.objects.get(pk=bob.pk).nickname) == (302, "Robert")


@pytest.mark.django_db
def test_a_picture_that_was_never_seen_is_not_replaced(alice: User, bob: User) -> None:
    client = client_for(alice)
    typed = of_person(client, bob) | {"avatar": "https://a.example/mine.png"}
    edit_person(person=bob, by=alice, avatar="https://a.example/theirs.png")
    page = client.post(f"/people/{bob.pk}/edit/", typed)
    assert list(page.context["form"].errors) == ["avatar"]
    assert User.objects.get(pk=bob.pk).avatar == "https://a.example/theirs.png"


@pytest.mark.django_db
def test_settings_of_a_school_merge_in_the_units_of_the_page(alice: User, school: Enterprise) -> None:
    quinn = create_person(school, "quinn", Role.SUPERADMIN)
    client, address = client_for(quinn), "/school/rules/"
    typed = opened(
        client,
        address,
        late_after="5",
        early_leave="5",
        present_share="50",
        leave_minutes="1",
        leave_request_days="14",
    )
    edit_school(school=school, by=quinn, late_after_s=600)
    assert client.post(address, typed | {"present_share": "60"}).status_code == 302
    stored = Enterprise.objects.get(pk=school.pk)
    assert (stored.late_after_s, stored.present_share) == (600, 60)
    page = client.post(address, typed | {"late_after": "7"})
    assert list(page.context["form"].errors) == ["late_after"]
    assert client.post(address, typed | {"late_after": "7", "seen": seen_on(page)}).status_code == 302
    stored.refresh_from_db()
    assert (stored.late_after_s, stored.present_share) == (420, 60)


@pytest.fixture
def croquet(alice: User, school: Enterprise) -> StudentGroup:
    students = [create_person(school, name, Role.STUDENT) for name in ("dina", "tom", "eve")]
    return save_group(group=StudentGroup(enterprise=school, name="Croquet"), students=students[:1], by=alice)


def students_of(group: StudentGroup) -> list[str]:
    return sorted(StudentGroup.objects.get(pk=group.pk).students.values_list("user_id", flat=True))


def join(group: StudentGroup, by: User, *names: str) -> None:
    students = User.objects.filter(enterprise=group.enterprise, user_id__in=names)
    save_group(group=StudentGroup.objects.get(pk=group.pk), students=list(students), by=by)


@pytest.mark.django_db
def test_a_new_name_leaves_the_students_whom_another_chose(alice: User, croquet: StudentGroup) -> None:
    client, address = client_for(alice), f"/groups/{croquet.pk}/edit/"
    typed = opened(client, address, name="Croquet", students=["dina"])
    join(croquet, alice, "dina", "tom")
    assert client.post(address, typed | {"name": "Cricket"}).status_code == 302
    assert (StudentGroup.objects.get().name, students_of(croquet)) == ("Cricket", ["dina", "tom"])


@pytest.mark.django_db
def test_two_who_choose_students_of_a_group_are_told(alice: User, croquet: StudentGroup) -> None:
    client, address = client_for(alice), f"/groups/{croquet.pk}/edit/"
    typed = opened(client, address, name="Croquet", students=["dina", "eve"])
    join(croquet, alice, "dina", "tom")
    page = client.post(address, typed)
    assert list(page.context["form"].errors) == ["students"]
    assert page_says(page, CHANGED)
    assert students_of(croquet) == ["dina", "tom"]
    chosen = [one.user_id for one in page.context["form"].candidates() if one.chosen]
    assert sorted(chosen) == ["dina", "eve"]
    assert client.post(address, typed | {"seen": seen_on(page)}).status_code == 302
    assert students_of(croquet) == ["dina", "eve"]


@pytest.mark.django_db
def test_the_tables_of_all_show_the_form_again_with_what_was_typed(alice: User, bob: User) -> None:
    client, address = client_for(alice), f"/admin/accounts/user/{bob.pk}/change/"
    drawn = {"nickname": "Bob", "role": "teacher", "gender": "", "avatar": "", "phone_no": "", "e_mail": ""}
    typed = opened(client, address, **drawn)
    edit_person(person=bob, by=alice, nickname="Bobby", gender="male")
    page = client.post(address, typed | {"nickname": "Robert"})
    assert page.status_code == 200
    assert "“Bobby”" in page_text(page)
    assert 'value="Robert"' in page_text(page)
    answer = client.post(address, typed | {"nickname": "Robert", "seen": seen_on(page)})
    assert answer.status_code == 302
    stored = User.objects.get(pk=bob.pk)
    assert (stored.nickname, stored.gender) == ("Robert", "male")
