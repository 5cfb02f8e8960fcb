"""企业模块 of /paas/v1."""

from console.sandbox import ledger
from console.sandbox.endpoint import Answer, Call, Endpoint
from console.sandbox.fields import Field, Int, Text

MODIFY_FIELDS: tuple[Field, ...] = (
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
INFO_FIELDS: tuple[Field, ...] = (
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
    """修改企业信息: set the given fields, also to empty values."""
    for name, value in call.body.items():
        setattr(call.enterprise, name, value)
    call.enterprise.save()
    ledger.record_effect(
        call.enterprise, "business", call.enterprise.sdkappid, "modified", fields=sorted(call.body)
    )
    return {}


def info(call: Call) -> Answer:
    """查询企业信息, including the keys."""
    return {field.name: getattr(call.enterprise, field.name) for field in INFO_FIELDS}


ENDPOINTS = (
    Endpoint("business/modify", "修改企业信息", modify, MODIFY_FIELDS, writes=True),
    Endpoint("business/info", "查询企业信息", info, (), INFO_FIELDS),
)
