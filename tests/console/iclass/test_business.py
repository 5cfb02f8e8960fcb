"""The enterprise module, against every example of the document."""

from typing import Any

import pytest

from console.iclass import ApiSecret, BusinessInfo, Client, Decision, Unreadable, Unsendable
from tests.console.iclass.conftest import OK, StubService

INFO: dict[str, Any] = {
    "enterprise_id": 10001,
    "sdkappid": 14000000,
    "busi_type": "saas",
    "name": "XX教育机构",
    "contact_user": "张三",
    "phone_no": "133xxxxxxxx",
    "e_mail": "xxx@xx.com",
    "create_time": 1559094591,
    "valid_time": 31536000,
    "super_admin": "adminid",
    "icon": "",
    "tic_key": "xxxxx",
    "private_key": "xxxxx",
    "bizid": 1234,
    "call_back_url": "https://xxx/yyy",
    "appid": 0,
    "project_id": 0,
    "secret_id": "",
    "secret_key": "",
}
# The document's own example of an answer: its trailing comma makes it no JSON.
TRAILING_COMMA = '{\n    "error_code": 0,\n    "error_msg": "",\n}'


def test_info_reads_the_example(client: Client, service: StubService) -> None:
    service.answer(OK | INFO)
    info = client.business.info()
    hidden = {name: ApiSecret(INFO[name]) for name in ("tic_key", "private_key", "secret_key")}
    assert info == BusinessInfo(**INFO | hidden | {"enterprise_id": "10001"})
    assert info.tic_key.reveal() == "xxxxx"
    assert info.expires_at == 1559094591 + 31536000
    assert (service.last.endpoint, service.last.body) == ("business/info", {"expire_time": 1548247837})


def test_the_keys_do_not_show(client: Client, service: StubService) -> None:
    service.answer(OK | INFO | {"tic_key": "open sesame", "secret_key": "open sesame"})
    info = client.business.info()
    assert "sesame" not in f"{info!r} {info} {info.tic_key} {info.tic_key!r} {info.secret_key:>20}"


def test_modify_sends_the_example(client: Client, service: StubService) -> None:
    client.business.modify(name="新的企业名称", contact_user="新的联系人姓名", call_back_url="新的回调地址")
    assert service.last.endpoint == "business/modify"
    assert service.last.body == {
        "name": "新的企业名称",
        "contact_user": "新的联系人姓名",
        "call_back_url": "新的回调地址",
        "expire_time": 1548247837,
    }


def test_the_example_answer_is_no_json_so_the_outcome_is_open(client: Client, service: StubService) -> None:
    service.answer(TRAILING_COMMA)
    with pytest.raises(Unreadable) as caught:
        client.business.modify(name="新的企业名称")
    assert caught.value.decision is Decision.LOOK_FIRST


def test_clearing_is_said_in_so_many_words(client: Client, service: StubService) -> None:
    client.business.modify(name="School", clear=["call_back_url", "appid"])
    assert service.last.body == {
        "name": "School",
        "call_back_url": "",
        "appid": 0,
        "expire_time": 1548247837,
    }


@pytest.mark.parametrize(
    "touched",
    [
        {"call_back_url": ""},
        {"name": ""},
        {"appid": "17"},
        {"clear": ["tic_key"]},
        {"name": "School", "clear": ["name"]},
    ],
)
def test_what_would_wipe_by_mistake_is_not_sent(
    client: Client, service: StubService, touched: dict[str, Any]
) -> None:
    with pytest.raises(Unsendable):
        client.business.modify(**touched)
    assert service.seen == []
