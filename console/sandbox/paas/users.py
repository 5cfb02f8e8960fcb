"""账号模块 of /paas/v1."""

from console.sandbox import choices
from console.sandbox.endpoint import Answer, Call, Endpoint
from console.sandbox.fields import Field, Int, ListOf, Object, Text
from console.sandbox.services import paging, users
from console.sandbox.store.models import Person

ROLE = Text("role", words=choices.ACCOUNT_ROLES, spellings=choices.ROLE_SPELLINGS)
USER_ID = Text("user_id", required=True, least=1, most=255)
PROFILE_FIELDS: tuple[Field, ...] = (
    Text("nickname"),
    Text("gender", words=choices.GENDERS, spellings=choices.GENDER_SPELLINGS),
    Text("avatar"),
    Text("phone_no"),
    Text("e_mail"),
    Text("password", least=4, most=18, source="later"),
)
NEW_USER = Object("", (USER_ID, Text("role", required=True, words=choices.ACCOUNT_ROLES,
                                  spellings=choices.ROLE_SPELLINGS), *PROFILE_FIELDS))  # fmt: skip
INFO_FIELDS = (
    Text("user_id", required=True),
    Text("nickname", required=True),
    Text("gender", required=True),
    Text("avatar", required=True),
    Text("role", required=True),
    Text("phone_no", required=True),
    Text("e_mail", required=True),
    Int("regist_time", required=True),
    Int("update_time", required=True),
)


def user_info(person: Person) -> Answer:
    """Return the fields of user/info and user/list."""
    return {field.name: getattr(person, field.name) for field in INFO_FIELDS}


def register(call: Call) -> Answer:
    """Create accounts."""
    return users.register(call.enterprise, call.body["list"])


def modify(call: Call) -> Answer:
    """Update a profile."""
    changes = {name: value for name, value in call.body.items() if name != "user_id"}
    users.modify(call.enterprise, call.body["user_id"], changes)
    return {}


def token_update(call: Call) -> Answer:
    """Return a new user_token."""
    return {"user_token": users.renew_token(call.enterprise, call.body["user_id"])}


def info(call: Call) -> Answer:
    """Return a person."""
    return {"user_info": user_info(users.find(call.enterprise, call.body["user_id"]))}


def list_users(call: Call) -> Answer:
    """Return people by role and prefix."""
    rows = users.filter_users(call.enterprise, call.body.get("roles", []), call.body.get("prefix", ""))
    return paging.list_page(rows, call.body, user_info)


ROLES = ListOf("roles", Text("", words=choices.ROLES, spellings=choices.ROLE_SPELLINGS))
TOKENS_FIELD = ListOf(
    "user_list",
    Object("", (Text("user_id", required=True), Text("user_token", required=True))),
    required=True,
)

ENDPOINTS = (
    Endpoint("user/register", "创建账号", register, (ListOf("list", NEW_USER, required=True),),
             (TOKENS_FIELD, ListOf("repeats", Text(""), required=True)), writes=True),
    Endpoint("user/profile/modify", "修改账号信息", modify, (USER_ID, ROLE, *PROFILE_FIELDS), writes=True),
    Endpoint("user/token/update", "更新账号票据", token_update, (USER_ID,),
             (Text("user_token", required=True),), writes=True),
    Endpoint("user/info", "查询用户详情", info, (USER_ID,),
             (Object("user_info", INFO_FIELDS, required=True),)),
    Endpoint("user/list", "查询用户列表", list_users, (*paging.PAGE_PARAMETERS, ROLES, Text("prefix")),
             paging.list_answer_fields(*INFO_FIELDS)),
)  # fmt: skip
