"""企业模块 of /paas/v1."""

from .. import ledger
from ..endpoint import Answer, Call, Endpoint
from ..fields import Field, Int, Text

CHANGES: tuple[Field, ...] = (
    Text("name"),
    Text("contact_user"),
    Text("phone_no"),
    Text("e_mail"),
    Int("appid", least=0),
    Int("project_id", least=0),
    Text("secret_id"),
    Text("secret_key"),
    Text("call_back_url"),
)
CARD: tuple[Field, ...] = (
    Int("enterprise_id", required=True),
    Int("sdkappid", required=True),
    Text("busi_type", required=True),
    Text("name", required=True),
    Text("contact_user", required=True),
    Text("phone_no", required=True),
    Text("e_mail", required=True),
    Int("create_time", required=True),
    Int("valid_time", required=True),
    Text("super_admin", required=True),
    Text("icon", required=True),
    Text("tic_key", required=True),
    Text("private_key", required=True),
    Int("bizid", required=True),
    Text("call_back_url", required=True),
    Int("project_id", required=True),
    Int("appid", required=True),
    Text("secret_id", required=True),
    Text("secret_key", required=True),
)


def modify(call: Call) -> Answer:
    """修改企业信息: what is sent is set, also where it is sent empty."""
    for name, value in call.body.items():
        setattr(call.enterprise, name, value)
    call.enterprise.save()
    ledger.effect(call.enterprise, "business", call.enterprise.sdkappid, "modified", fields=sorted(call.body))
    return {}


def info(call: Call) -> Answer:
    """查询企业信息, keys and all."""
    return {field.name: getattr(call.enterprise, field.name) for field in CARD}


ENDPOINTS = (
    Endpoint("business/modify", "修改企业信息", modify, CHANGES, writes=True),
    Endpoint("business/info", "查询企业信息", info, (), CARD),
)
