"""A stand-in of WeCom, DingTalk and Feishu: an HTTP service in a process of its own.

It is made from the answers that the providers publish (the addresses are in the adapters under
`console/notifications/channels/providers/`), and is not their software: what they do not publish is not here.

    with running_providers() as providers:
        providers.control(limited=3)     # the next three messages are answered with "too many calls"
        providers.delivered()            # [{"provider", "to", "text"}], as a phone would show them
"""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).resolve().parents[2]
APP_ID, APP_SECRET, BOT_KEY, SIGNING = "console-app", "app-secret-1234", "bot-key-56789", "SEC-signing-1"
#: Who the providers know: ID by phone and e-mail.
PHONES, E_MAILS = {"13800000001": "alice-id", "13800000002": "bob-id"}, {"alice@example.org": "alice-id"}
IDS = {*PHONES.values(), "dina-id"}
TOO_FAST = {
    "wecom": {"errcode": 45009, "errmsg": "api freq out of limit"},
    "dingtalk": {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"},
    "feishu": {"code": 11232, "msg": "frequency limited psm[lark.oapi.app_platform_runtime]"},
}
ENDED = {
    "wecom": {"errcode": 42001, "errmsg": "access_token expired"},
    "dingtalk": {"errcode": 40014, "errmsg": "不合法的access_token"},
    "feishu": {"code": 99991663, "msg": "Invalid access token for authorization. Please make a test attempt"},
}
OK = {"errcode": 0, "errmsg": "ok"}
Answer = dict[str, Any]


class State:
    """What the providers remember."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.tokens: set[str] = set()
        self.issued = 0
        self.delivered: list[dict[str, Any]] = []
        self.seen: set[tuple[str, ...]] = set()
        self.calls: list[str] = []
        self.control: dict[str, Any] = {"limited": 0, "hang_s": 0, "status": 0}

    def take(self, name: str) -> bool:
        if self.control[name] > 0:
            self.control[name] -= 1
            return True
        return False

    def deliver(self, provider: str, to: str, text: str, once: tuple[str, ...] = ()) -> None:
        """Show a message, unless the provider recognises it as repeated."""
        if once and once in self.seen:
            return
        self.seen.add(once)
        self.delivered.append({"provider": provider, "to": to, "text": text})


STATE = State()


def issue_token(known: tuple[str, str], name: str, seconds: str, refused: Answer, accepted: Answer) -> Answer:
    if known != (APP_ID, APP_SECRET):
        return refused
    STATE.issued += 1
    token = f"token-{STATE.issued}"
    STATE.tokens.add(token)
    return {**accepted, name: token, seconds: 7200}


def wecom(path: str, query: dict[str, str], body: Answer, headers: Any) -> Answer:
    if path == "/cgi-bin/gettoken":
        refused = {"errcode": 40001, "errmsg": f"invalid credential, secret: {query.get('corpsecret')}"}
        known = query.get("corpid", ""), query.get("corpsecret", "")
        return issue_token(known, "access_token", "expires_in", refused, OK)
    if path == "/cgi-bin/webhook/send":
        if query.get("key") != BOT_KEY:
            return {"errcode": 93000, "errmsg": f"invalid webhook url, hint: {query.get('key')}"}
        return to_group("wecom", body["text"]["content"], OK)
    if query.get("access_token") not in STATE.tokens:
        return ENDED["wecom"]
    if path == "/cgi-bin/user/getuserid":
        found = PHONES.get(body["mobile"])
        return {**OK, "userid": found} if found else {"errcode": 46004, "errmsg": "user no exist"}
    if path == "/cgi-bin/user/get_userid_by_email":
        found = E_MAILS.get(body["email"])
        return {**OK, "userid": found} if found else {"errcode": 46004, "errmsg": "user no exist"}
    if STATE.take("limited"):
        return TOO_FAST["wecom"]
    if body["touser"] not in IDS:
        return {"errcode": 81013, "errmsg": "user & party & tag all invalid", "invaliduser": body["touser"]}
    text = body["text"]["content"]
    once = ("wecom", body["touser"], text) if body.get("enable_duplicate_check") else ()
    STATE.deliver("wecom", body["touser"], text, once)
    return {**OK, "msgid": "msg-1"}


def dingtalk(path: str, query: dict[str, str], body: Answer, headers: Any) -> Answer:
    if path == "/gettoken":
        refused = {"errcode": 40089, "errmsg": "不合法的corpid或corpsecret"}
        known = query.get("appkey", ""), query.get("appsecret", "")
        return issue_token(known, "access_token", "expires_in", refused, OK)
    if path == "/robot/send":
        if query.get("access_token") != BOT_KEY:
            return {"errcode": 300001, "errmsg": "token is not exist"}
        if not signed_for_dingtalk(query):
            return {"errcode": 310000, "errmsg": "sign not match, more: [https://ding-doc.dingtalk.com]"}
        return to_group("dingtalk", body["text"]["content"], OK)
    if query.get("access_token") not in STATE.tokens:
        return ENDED["dingtalk"]
    if path == "/topapi/v2/user/getbymobile":
        found = PHONES.get(body["mobile"])
        missing = {"errcode": 60121, "errmsg": "找不到该用户"}
        return {**OK, "result": {"userid": found}, "request_id": "r"} if found else missing
    if STATE.take("limited"):
        return TOO_FAST["dingtalk"]
    if body["userid_list"] not in IDS:
        return {"errcode": 33012, "errmsg": "无效的USERID"}
    text = body["msg"]["text"]["content"]
    STATE.deliver("dingtalk", body["userid_list"], text, ("dingtalk", body["userid_list"], text))
    return {**OK, "task_id": 1, "request_id": "r"}


def feishu(path: str, query: dict[str, str], body: Answer, headers: Any) -> Answer:
    accepted = {"code": 0, "msg": "ok"}
    if path.endswith("/tenant_access_token/internal"):
        known = body.get("app_id", ""), body.get("app_secret", "")
        refused = {"code": 10014, "msg": "app secret invalid"}
        return issue_token(known, "tenant_access_token", "expire", refused, accepted)
    if path.startswith("/open-apis/bot/v2/hook/"):
        if not path.endswith(f"/{BOT_KEY}"):
            return {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"}
        if not signed_for_feishu(body):
            return {"code": 19021, "msg": "sign match fail or timestamp is not within one hour from now"}
        return to_group("feishu", body["content"]["text"], {"code": 0, "msg": "success", "data": {}})
    if headers.get("Authorization", "").removeprefix("Bearer ") not in STATE.tokens:
        return ENDED["feishu"]
    if path == "/open-apis/contact/v3/users/batch_get_id":
        users = [{"mobile": one, "user_id": PHONES[one]} for one in body["mobiles"] if one in PHONES]
        users += [{"email": one, "user_id": E_MAILS[one]} for one in body["emails"] if one in E_MAILS]
        return {**accepted, "data": {"user_list": users or [{"mobile": "1"}]}}
    if STATE.take("limited"):
        return {"code": 99991400, "msg": "request trigger frequency limit"}
    if body["receive_id"] not in IDS:
        return {"code": 230001, "msg": "Your request contains an invalid request parameter."}
    STATE.deliver("feishu", body["receive_id"], json.loads(body["content"])["text"], ("feishu", body["uuid"]))
    return {**accepted, "data": {"message_id": "om_1"}}


def webhook(path: str, query: dict[str, str], body: Answer, headers: Any) -> Answer:
    STATE.delivered.append({"provider": "webhook", "to": "group", **body, "headers": dict(headers)})
    return {}


def to_group(provider: str, text: str, accepted: Answer) -> Answer:
    if STATE.take("limited"):
        return TOO_FAST[provider]
    STATE.deliver(provider, "group", text)
    return accepted


def signed_for_dingtalk(query: dict[str, str]) -> bool:
    """The bot of the tests has a secret, if the message says that it is signed at all."""
    stamp = query.get("timestamp", "")
    digest = hmac.new(SIGNING.encode(), f"{stamp}\n{SIGNING}".encode(), hashlib.sha256).digest()
    return not stamp or query.get("sign") == base64.b64encode(digest).decode()


def signed_for_feishu(body: Answer) -> bool:
    stamp = body.get("timestamp", "")
    digest = hmac.new(f"{stamp}\n{SIGNING}".encode(), b"", hashlib.sha256).digest()
    return not stamp or body.get("sign") == base64.b64encode(digest).decode()


PROVIDERS = {"wecom": wecom, "dingtalk": dingtalk, "feishu": feishu, "webhook": webhook}


class Handler(BaseHTTPRequestHandler):
    """The first part of the path says which provider is asked; `control` is for the tests."""

    def do_GET(self) -> None:
        self.answer({})

    def do_POST(self) -> None:
        self.answer(json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}"))

    def answer(self, body: Answer) -> None:
        parts = urlsplit(self.path)
        provider, _slash, rest = parts.path.lstrip("/").partition("/")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        status = 200
        with STATE.lock:
            if provider == "control":
                if body.pop("expire_tokens", False):
                    STATE.tokens.clear()
                if body.pop("forget", False):
                    STATE.delivered.clear()
                    STATE.seen.clear()
                    STATE.calls.clear()
                STATE.control.update(body)
                told: Answer = {"delivered": STATE.delivered, "issued": STATE.issued, "calls": STATE.calls}
            else:
                STATE.calls.append(f"/{provider}/{rest}")
                status = STATE.control["status"] or 200
                told = {} if status >= 300 else PROVIDERS[provider](f"/{rest}", query, body, self.headers)
        if provider != "control":
            time.sleep(STATE.control["hang_s"])
        content = json.dumps(told).encode()
        with contextlib.suppress(OSError):  # the caller was killed
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        return


class Providers:
    """The running stand-in, as a test sees it."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def control(self, **values: Any) -> dict[str, Any]:
        request = urllib.request.Request(f"{self.url}/control/", json.dumps(values).encode())
        with urllib.request.urlopen(request, timeout=60) as response:
            return dict(json.load(response))

    def delivered(self) -> list[dict[str, Any]]:
        return list(self.control()["delivered"])

    def api(self, provider: str) -> str:
        return f"{self.url}/{provider}"

    def bot(self, provider: str) -> str:
        """The address of a group bot, with its key."""
        paths = {
            "wecom": f"/wecom/cgi-bin/webhook/send?key={BOT_KEY}",
            "dingtalk": f"/dingtalk/robot/send?access_token={BOT_KEY}",
            "feishu": f"/feishu/open-apis/bot/v2/hook/{BOT_KEY}",
            "webhook": "/webhook/in",
        }
        return self.url + paths[provider]


@contextlib.contextmanager
def running_providers() -> Iterator[Providers]:
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.support.messaging_providers"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout
    try:
        yield Providers(int(program.stdout.readline()))
    finally:
        os.kill(program.pid, signal.SIGTERM)
        program.wait(10)
        program.stdout.close()


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()
