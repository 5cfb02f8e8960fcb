"""School and account: what a class client requests before and after logging in."""

import hmac
import secrets

from console.sandbox import clock, knobs, ledger, usersig
from console.sandbox.endpoint import Answer, Call, Endpoint
from console.sandbox.errors import Code, Refusal
from console.sandbox.fields import Int, Object, Text, TextOrInt
from console.sandbox.paas.users import INFO_FIELDS, user_info
from console.sandbox.services import presence, users
from console.sandbox.store.models import Person, Session

PLATFORM_FIELD = Text("platform")


def base_info(call: Call) -> Answer:
    """Return name and logo of the school, for the login page."""
    owner = call.enterprise
    return {"sdkappid": owner.sdkappid, "name": owner.name, "icon": owner.icon}


def business(call: Call) -> Answer:
    """Return the same for a logged-in person, with the type of the school; never a key."""
    return base_info(call) | {
        "enterprise_id": call.enterprise.enterprise_id,
        "busi_type": call.enterprise.busi_type,
    }


def login(call: Call) -> Answer:
    """Log in with the user_token (or the password of the registration). Old sessions stay valid."""
    person = users.find(call.enterprise, call.body["userid"])
    given = call.body["password"].encode()
    token, password = person.user_token.encode(), person.password.encode()
    if not hmac.compare_digest(given, token) and not (password and hmac.compare_digest(given, password)):
        raise Refusal(Code.WRONG_PASSWORD, "the token does not belong to this user")
    ledger.record_effect(call.enterprise, "user", person.user_id, "logged_in")
    return create_session(person)


def create_session(person: Person) -> Answer:
    """Return a new session of a person, as user/login does."""
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
        "user_sig": usersig.make_user_sig(owner.sdkappid, owner.private_key, person.user_id, clock.now()),
        "user_token": person.user_token,
    }


def info(call: Call) -> Answer:
    """Return my profile, or another's without phone and e-mail."""
    user_id = call.body.get("user_id") or call.actor().user_id
    told = user_info(users.find(call.enterprise, user_id))
    if user_id != call.actor().user_id:
        told |= {"phone_no": "", "e_mail": ""}
    return {"user_info": told}


def visitor_get(call: Call) -> Answer:
    """Return a visitor, valid for public classes."""
    visitor = presence.create_visitor(call.enterprise, call.body.get("nickname", ""))
    return presence.visitor_info(visitor) | create_session(visitor)


SESSION_FIELDS = (
    Int("sdkappid", required=True),
    Text("user_id", required=True),
    Text("token", required=True),
    Text("user_sig", required=True),
    Text("user_token", required=True),
)
BASE_INFO_FIELDS = (Int("sdkappid", required=True), Text("name", required=True), Text("icon", required=True))

ENDPOINTS = (
    Endpoint("business/base/info", "企业基础信息", base_info,
             (PLATFORM_FIELD, TextOrInt("enterprise_id")), BASE_INFO_FIELDS, session=False),
    Endpoint("business", "企业信息", business, (PLATFORM_FIELD,), BASE_INFO_FIELDS),
    Endpoint("user/login", "登录", login,
             (PLATFORM_FIELD, Text("userid", required=True), Text("password", required=True)), SESSION_FIELDS,
             writes=True, session=False),
    Endpoint("user/info", "用户详情", info, (PLATFORM_FIELD, Text("user_id")),
             (Object("user_info", INFO_FIELDS, required=True),)),
    Endpoint("user/visitor/get", "游客账号", visitor_get, (PLATFORM_FIELD, Text("nickname")), SESSION_FIELDS,
             writes=True, session=False),
)  # fmt: skip
