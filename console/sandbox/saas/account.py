"""Who the school is, who I am: what a class client asks before and after logging in."""

import hmac
import secrets

from .. import clock, knobs, ledger, usersig
from ..endpoint import Answer, Call, Endpoint
from ..errors import Code, Refusal
from ..fields import Int, Loose, Obj, Text
from ..paas.users import CARD, card
from ..rules import presence, users
from ..store.models import Person, Session

PLATFORM = Text("platform")


def base_info(call: Call) -> Answer:
    """Name and logo of the school, for the login page."""
    owner = call.enterprise
    return {"sdkappid": owner.sdkappid, "name": owner.name, "icon": owner.icon}


def business(call: Call) -> Answer:
    """The same for somebody logged in, with what kind of school it is; never a key."""
    return base_info(call) | {
        "enterprise_id": call.enterprise.enterprise_id,
        "busi_type": call.enterprise.busi_type,
    }


def login(call: Call) -> Answer:
    """Log in with the user_token (or the password set at registering). Old sessions stay good."""
    person = users.find(call.enterprise, call.body["userid"])
    given = call.body["password"].encode()
    token, password = person.user_token.encode(), person.password.encode()
    if not hmac.compare_digest(given, token) and not (password and hmac.compare_digest(given, password)):
        raise Refusal(Code.WRONG_PASSWORD, "the token does not belong to this user")
    ledger.effect(call.enterprise, "user", person.user_id, "logged_in")
    return opened(person)


def opened(person: Person) -> Answer:
    """A new session of a person, as user/login answers it."""
    session = Session.objects.create(
        token=secrets.token_hex(24),
        person=person,
        expires_at=clock.now() + int(knobs.value("session_life_s")),
    )
    owner = person.enterprise
    return {
        "sdkappid": owner.sdkappid,
        "user_id": person.user_id,
        "token": session.token,
        "user_sig": usersig.make(owner.sdkappid, owner.private_key, person.user_id, clock.now()),
        "user_token": person.user_token,
    }


def info(call: Call) -> Answer:
    """My own card, or another's with phone and e-mail left out."""
    user_id = call.body.get("user_id") or call.actor().user_id
    told = card(users.find(call.enterprise, user_id))
    if user_id != call.actor().user_id:
        told |= {"phone_no": "", "e_mail": ""}
    return {"user_info": told}


def visitor_get(call: Call) -> Answer:
    """A visitor, good for public classes."""
    visitor = presence.make_visitor(call.enterprise, call.body.get("nickname", ""))
    return presence.visitor_info(visitor) | opened(visitor)


OPENED = (
    Int("sdkappid", required=True),
    Text("user_id", required=True),
    Text("token", required=True),
    Text("user_sig", required=True),
    Text("user_token", required=True),
)
BASE = (Int("sdkappid", required=True), Text("name", required=True), Text("icon", required=True))

ENDPOINTS = (
    Endpoint("business/base/info", "企业基础信息", base_info, (PLATFORM, Loose("enterprise_id")), BASE,
             session=False),
    Endpoint("business", "企业信息", business, (PLATFORM,), BASE),
    Endpoint("user/login", "登录", login,
             (PLATFORM, Text("userid", required=True), Text("password", required=True)), OPENED,
             writes=True, session=False),
    Endpoint("user/info", "用户详情", info, (PLATFORM, Text("user_id")),
             (Obj("user_info", CARD, required=True),)),
    Endpoint("user/visitor/get", "游客账号", visitor_get, (PLATFORM, Text("nickname")), OPENED,
             writes=True, session=False),
)  # fmt: skip
