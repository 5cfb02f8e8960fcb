"""What an entry names can be read: no word of the code stands on its page."""

import ast

import pytest
from django.apps import apps
from django.utils import timezone, translation

from accounts.models import PasswordLink, User
from console.audit.field_labels import FIELD_LABELS, field_label, format_value
from console.audit.trail import record, record_data_access
from tests.architecture import repository
from tests.support.page_client import client_for, page_text


def named() -> set[str]:
    """Each name that stands in a literal `before` or `after` of a call of `record`."""
    found = set()
    for path in repository.code():
        if repository.name(path).startswith("tests/"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if getattr(getattr(node, "func", None), "id", "") not in ("record", "record_seen"):
                continue
            sides = [word.value for word in node.keywords if word.arg in ("before", "after")]
            literals = [side for side in sides if isinstance(side, ast.Dict)]
            found |= {key.value for side in literals for key in side.keys if isinstance(key, ast.Constant)}
    return found


def test_every_name_that_is_written_has_words() -> None:
    columns = {field.name for model in apps.get_models() for field in model._meta.get_fields()}
    assert len(named()) > 20
    assert named() - columns - set(FIELD_LABELS) == set()


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
