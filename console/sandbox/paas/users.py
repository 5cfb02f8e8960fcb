"""账号模块 of /paas/v1."""

from .. import words
from ..endpoint import Answer, Call, Endpoint
from ..fields import Field, Int, ListOf, Obj, Text
from ..rules import paging, users
from ..store.models import Person

ROLE = Text("role", words=words.ACCOUNT_ROLES, spellings=words.ROLE_SPELLINGS)
USER_ID = Text("user_id", required=True, least=1, most=255)
PROFILE: tuple[Field, ...] = (
    Text("nickname"),
    Text("gender", words=words.GENDERS, spellings=words.GENDER_SPELLINGS),
    Text("avatar"),
    Text("phone_no"),
    Text("e_mail"),
    Text("password", least=4, most=18, source="later"),
)
NEW_USER = Obj("", (USER_ID, Text("role", required=True, words=words.ACCOUNT_ROLES,
                                  spellings=words.ROLE_SPELLINGS), *PROFILE))  # fmt: skip
CARD = (
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


def card(person: Person) -> Answer:
    """What user/info and user/list say of a person."""
    return {field.name: getattr(person, field.name) for field in CARD}


def register(call: Call) -> Answer:
    """Make accounts."""
    return users.register(call.enterprise, call.body["list"])


def modify(call: Call) -> Answer:
    """Change a profile."""
    changes = {name: value for name, value in call.body.items() if name != "user_id"}
    users.modify(call.enterprise, call.body["user_id"], changes)
    return {}


def token_update(call: Call) -> Answer:
    """A new user_token."""
    return {"user_token": users.renew_token(call.enterprise, call.body["user_id"])}


def info(call: Call) -> Answer:
    """One person."""
    return {"user_info": card(users.find(call.enterprise, call.body["user_id"]))}


def listing(call: Call) -> Answer:
    """People by role and prefix."""
    rows = users.listed(call.enterprise, call.body.get("roles", []), call.body.get("prefix", ""))
    return paging.page(rows, call.body, card)


ROLES = ListOf("roles", Text("", words=words.ROLES, spellings=words.ROLE_SPELLINGS))
TOKENS = ListOf(
    "user_list", Obj("", (Text("user_id", required=True), Text("user_token", required=True))), required=True
)

ENDPOINTS = (
    Endpoint("user/register", "创建账号", register, (ListOf("list", NEW_USER, required=True),),
             (TOKENS, ListOf("repeats", Text(""), required=True)), writes=True),
    Endpoint("user/profile/modify", "修改账号信息", modify, (USER_ID, ROLE, *PROFILE), writes=True),
    Endpoint("user/token/update", "更新账号票据", token_update, (USER_ID,),
             (Text("user_token", required=True),), writes=True),
    Endpoint("user/info", "查询用户详情", info, (USER_ID,), (Obj("user_info", CARD, required=True),)),
    Endpoint("user/list", "查询用户列表", listing, (*paging.PAGE, ROLES, Text("prefix")),
             paging.answer_of(*CARD)),
)  # fmt: skip
