"""企业模块."""

import pytest

from tests.console.sandbox.conftest import SandboxSchool
from tests.support.covers import covers

CHANGES = {
    "name": "新的企业名称", "contact_user": "张三", "phone_no": "133", "e_mail": "a@x.example", "appid": 7,
    "project_id": 8, "secret_id": "id", "secret_key": "key", "call_back_url": "https://x.example/y",
}  # fmt: skip


@covers("business/modify", *CHANGES)
@pytest.mark.parametrize("name", CHANGES)
def test_a_field_is_set_alone_and_wiped_where_it_is_sent_empty(school: SandboxSchool, name: str) -> None:
    before = school.ok("business/info")
    school.ok("business/modify", **{name: CHANGES[name]})
    assert school.ok("business/info") == before | {name: CHANGES[name]}
    empty = 0 if isinstance(CHANGES[name], int) else ""
    school.ok("business/modify", **{name: empty})
    assert school.ok("business/info")[name] == empty


def test_info_hands_out_the_keys_and_says_how_long_the_account_is_good(school: SandboxSchool) -> None:
    told = school.ok("business/info")
    assert told["sdkappid"] == school.app
    assert told["tic_key"] == school.sandbox.keys[school.app]
    assert len(told["private_key"]) == 64
    assert (told["enterprise_id"], told["super_admin"], told["valid_time"]) == (
        10001,
        "superadmin",
        31_536_000,
    )


def test_keys_and_validity_cannot_be_modified_through_the_api(school: SandboxSchool) -> None:
    before = school.ok("business/info")
    school.ok("business/modify", tic_key="x", private_key="x", valid_time=1, sdkappid=5, enterprise_id=1)
    assert school.ok("business/info") == before


def test_ill_typed_fields_are_refused(school: SandboxSchool) -> None:
    for wrong in ({"appid": "7"}, {"name": 5}, {"name": None}, {"project_id": 2**63}):
        assert school.code("business/modify", **wrong) == 10003
