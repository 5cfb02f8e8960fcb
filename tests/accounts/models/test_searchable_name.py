"""The pinyin of a name is written wherever the name is written."""

import ast
from pathlib import Path

from accounts.mirror.upsert import adopt_person, build_person, get_or_create_person, upsert_person
from accounts.models import Enterprise, Role, StudentGroup, User
from accounts.people.erasure import erase_person
from accounts.people.group_services import save_group
from accounts.people.services import edit_person, register_person
from console.bulk_sql import bulk_insert
from console.iclass import UserInfo
from tests.architecture import repository
from tests.support.page_client import client_for

CHEN = ("chen wei", " chenwei wei cw")
#: Modules whose statements in SQL write names of people; they call `update_pinyin` afterwards.
SQL_WRITERS = {"accounts/imports/services.py", "accounts/imports/undo.py"}


def stored(row: User | StudentGroup) -> tuple[str, str]:
    row.refresh_from_db()
    return row.sort_name, row.search_name


def info(user_id: str, name: str) -> UserInfo:
    return UserInfo(user_id=user_id, role="student", nickname=name)


def test_a_person_who_is_added_and_renamed(alice: User, school: Enterprise) -> None:
    person = register_person(enterprise=school, by=alice, user_id="chen", role="student", nickname="陈伟")
    assert stored(person) == CHEN
    person = edit_person(person=person, by=alice, nickname="单雄信")
    assert stored(person) == ("shan xiong xin", " shanxiongxin xiongxin xin sxx xx")


def test_a_person_whose_other_fields_change_keeps_them(alice: User, school: Enterprise) -> None:
    person = register_person(enterprise=school, by=alice, user_id="chen", role="student", nickname="陈伟")
    edit_person(person=person, by=alice, phone_no="13800000000")
    assert stored(person) == CHEN


def test_a_person_who_is_changed_by_rest_and_in_the_tables(alice: User, school: Enterprise) -> None:
    person = register_person(enterprise=school, by=alice, user_id="chen", role="student", nickname="Chen")
    client = client_for(alice)
    answer = client.patch(
        f"/api/v1/users/{person.user_id}/", {"nickname": "陈伟"}, content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    assert stored(person) == CHEN


def test_a_person_of_the_service(school: Enterprise) -> None:
    assert stored(adopt_person(school, info("one", "陈伟"))) == CHEN
    placeholder = get_or_create_person(school, "two", Role.STUDENT)
    assert stored(placeholder) == ("two", "")
    upsert_person(placeholder, info("two", "陈伟"))
    assert stored(placeholder) == CHEN


def test_many_people_at_once(school: Enterprise) -> None:
    by_django, by_sql = build_person(school, info("one", "陈伟")), build_person(school, info("two", "陈伟"))
    User.objects.bulk_create([by_django])
    bulk_insert([by_sql])
    assert stored(by_django) == stored(by_sql) == CHEN


def test_an_erased_person_leaves_no_pinyin_behind(alice: User, school: Enterprise) -> None:
    person = register_person(enterprise=school, by=alice, user_id="chen", role="student", nickname="陈伟")
    erase_person(person=person, by=alice, reason="asked for it")
    assert "wei" not in "".join(stored(person))


def test_a_group_that_is_added_and_renamed(alice: User, school: Enterprise) -> None:
    group = save_group(group=StudentGroup(enterprise=school, name="一班"), students=[], by=alice)
    assert stored(group) == ("yi ban", " yiban ban yb")
    save_group(group=group, students=None, by=alice, name="二班")
    assert stored(group) == ("er ban", " erban ban eb")


def test_an_operator(olga: User) -> None:
    assert stored(olga) == ("olga", "")


def test_no_statement_writes_a_name_without_its_pinyin() -> None:
    """`update()` and SQL write no derived column by themselves."""
    found = {name for path in programs() if writes_names(path) for name in [repository.name(path)]}
    assert found == SQL_WRITERS
    for name in SQL_WRITERS:
        assert "update_pinyin(" in (Path(repository.ROOT) / name).read_text()


def programs() -> list[Path]:
    ours = [path for path in repository.code() if repository.top(path) != "bench"]
    return [
        path
        for path in ours
        if "migrations" not in path.parts and not repository.name(path).startswith("console/sandbox/")
    ]


def writes_names(path: Path) -> bool:
    """Whether a module updates people or groups in SQL, or names by `update`, except in models of lessons."""
    text = path.read_text()
    if "UPDATE accounts_user" in text or "UPDATE accounts_studentgroup" in text:
        return True
    if ".update(" not in text or "name=" not in text:  # most modules: parsing them takes seconds
        return False
    calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    return any(
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "update"
        and any(keyword.arg in ("nickname", "name") for keyword in call.keywords)
        and ast.unparse(call.func.value).startswith(("User.", "StudentGroup.", "people", "groups"))
        for call in calls
    )
