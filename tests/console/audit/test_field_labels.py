"""What an entry names can be read: no word of the code stands on its page."""

import ast
import re
from typing import Any

import pytest
from django.utils import timezone, translation

from accounts.models import PasswordLink, User
from console.audit.field_labels import ERASED_LABELS, FIELD_LABELS, field_label, format_value
from console.audit.presentation import HIDDEN_FACTS
from console.audit.trail import record, record_data_access
from tests.architecture import repository
from tests.support.page_client import client_for, page_text

RECORDS = ("record", "record_data_access", "record_for_each")
#: Properties with what an entry keeps of a row; functions of the same name elsewhere are others.
SHARED_FACTS = ("counts", "facts")
#: Keys of other dictionaries beside those of entries.
NO_FACTS = {
    *("at", "course", "error", "facts", "holidays", "id", "join", "lesson", "n", "number"),
    *("present_seconds", "school", "settings", "share", "subject", "tags", "title", "undone", "words"),
}


def written_names() -> set[str]:
    """Each name of a literal that goes into `before` or `after` of an entry, also by way of a variable of the
    function or a function of the module."""
    texts = [path.read_text() for path in repository.code() if is_ours(repository.name(path))]
    # What calls one of RECORDS, or has one of SHARED_FACTS: to parse all modules takes seconds.
    words = [*(f"{name}(" for name in RECORDS), *(f"def {name}(" for name in SHARED_FACTS)]
    chosen = [text for text in texts if any(word in text for word in words)]
    modules = [functions_of(ast.parse(text)) for text in chosen]
    shared = [one for functions in modules for one in functions if one.name in SHARED_FACTS]
    return {name for functions in modules for one in functions for name in names_in(one, functions, shared)}


def is_ours(path: str) -> bool:
    return not path.startswith(("tests/", "bench/")) and "/sandbox/" not in path


def functions_of(tree: ast.AST) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def names_in(
    function: ast.FunctionDef, module: list[ast.FunctionDef], shared: list[ast.FunctionDef]
) -> set[str]:
    """`module` are all functions of the module that the function is in."""
    waiting = [
        word.value
        for call in ast.walk(function)
        if getattr(getattr(call, "func", None), "id", "") in RECORDS
        for word in getattr(call, "keywords", ())
        if word.arg in ("before", "after")
    ]
    names, found = set[str](), set[str]()
    while waiting:
        side = waiting.pop()
        found |= keys_of(side)
        used = (
            {getattr(node, "id", "") or getattr(node, "attr", "") for node in ast.walk(side)} - names - {""}
        )
        names |= used
        waiting += [value for name in used for value in values_of(function, name)]
        helpers = [one for one in module if one.name in used]
        helpers += [one for one in shared if one.name in used]
        found |= {key for helper in helpers for key in keys_of(helper)}
    return found


def values_of(function: ast.FunctionDef, name: str) -> list[ast.AST]:
    """What the function assigns to a name."""
    assigned = [node for node in ast.walk(function) if isinstance(node, ast.Assign | ast.AugAssign)]
    return [
        node.value
        for node in assigned
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if any(getattr(one, "id", "") == name for one in ast.walk(target))
    ]


def keys_of(node: ast.AST) -> set[str]:
    """The keys of the literals in a piece of code."""
    literals = [one for one in ast.walk(node) if isinstance(one, ast.Dict)]
    keys = [key.value for one in literals for key in one.keys if isinstance(key, ast.Constant)]
    return {key for key in keys if isinstance(key, str)}


def test_every_name_that_is_written_has_words() -> None:
    written = written_names()
    assert len(written) > 100
    assert written - {*FIELD_LABELS, *ERASED_LABELS, *HIDDEN_FACTS, *NO_FACTS} == set()


def test_everything_that_is_erased_with_a_person_has_words() -> None:
    texts = [path.read_text() for path in repository.code()]
    calls = [node for text in texts if "register_scrubber" in text for node in ast.walk(ast.parse(text))]
    names = {
        call.args[0].value
        for call in calls
        if getattr(getattr(call, "func", None), "id", "") == "register_scrubber"
        and isinstance(call.args[0], ast.Constant)
    }
    assert len(names) > 20
    assert {*names, "keys"} - {*ERASED_LABELS} == set()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("action", "after", "sentences"),
    [
        ("attendance.rules", {"rules": {"late_after_s": 300}}, ["规则"]),
        ("row.changed", {"how": "update", "columns": ["nickname"]}, ["修改", "姓名"]),
        ("drift.ignore", {"role": {"ours": "student", "theirs": "teacher"}}, ["学生", "教师"]),
        ("code.add", {"uses": ["absent.sick"]}, ["缺勤"]),
        ("audit.export", {"what": "looks", "chosen": {"action": "lesson.start"}}, ["开始上课"]),
    ],
)
def test_values_are_words_of_the_reader(
    alice: User, bob: User, action: str, after: dict[str, Any], sentences: list[str]
) -> None:
    entry = record(action, bob, by=alice, after=after)
    page = client_for(alice, "zh-hans").get(f"/audit/{entry.pk}/")
    with translation.override("zh-hans"):
        changes = " ".join(f"{one.label} {one.before} {one.after}" for one in page.context["entry"].changes)
    for sentence in sentences:
        assert sentence in changes
    assert not re.search(r"[a-z]{3,}", changes.replace("iclass", ""))


@pytest.mark.django_db
def test_a_reason_of_the_console_is_a_sentence(alice: User, bob: User) -> None:
    record("person.sessions_ended", bob, by=alice, reason="password")
    assert "密码已修改" in page_text(client_for(alice, "zh-hans").get("/audit/"))


@pytest.mark.django_db
def test_an_export_reads_in_chinese_to_its_fields(alice: User, bob: User) -> None:
    told = {"format": "xlsx", "rows": 1}
    entry = record_data_access(
        "person.export", [bob.pk], ["phone_no"], by=alice, enterprise=alice.enterprise, after=told
    )
    page = page_text(client_for(alice, "zh-hans").get(f"/audit/{entry.pk}/"))
    assert "格式" in page
    assert "电话" in page
    for raw in ("format", "rows", "fields", "phone_no"):
        assert raw not in page.replace("person.export", "")


@pytest.mark.django_db
def test_choices_moments_and_ways_are_told_as_people_say_them(alice: User, bob: User) -> None:
    entry = record("person.change", bob, by=alice, before={"role": "student"}, after={"role": "teacher"})
    assert "学生" in page_text(client_for(alice, "zh-hans").get(f"/audit/{entry.pk}/"))
    with translation.override("zh-hans"), timezone.override("Asia/Shanghai"):
        assert format_value("accounts.visit", "ends_at", "2026-11-25T03:40:32.123Z") == "2026-11-25 11:40:32"
        assert format_value("accounts.user", "by", "sso") == "单点登录"
        assert format_value("", "scopes", ["all:read"]) == ["全部: 读取"]
        assert field_label("accounts.studentgroup", "added") == "添加"
        assert field_label("", "unheard_of") == "unheard_of"


def test_the_way_a_password_link_was_sent_is_named() -> None:
    assert [str(format_value("accounts.user", "sent_as", one)) for one in PasswordLink.Delivery] == [
        str(one.label) for one in PasswordLink.Delivery
    ]
