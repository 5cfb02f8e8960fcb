"""STAND-IN for WeCom, DingTalk and Feishu, in a process of its own: it is none of these services.

The answers are made after the published documentation of each interface; names and numbers are ours. Whoever
comes to a sign-in page is sent back at once with the code of a member, or after `/member?asks=1` sees a page
with a button for consent and one for refusal. `python workplace_stand_in.py PORT`.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

APP, SECRET = "the-app", "the-secret-of-the-app"
ORGANISATION = "ding9f50b15bccd16741"
TOKEN = "token-of-the-app"
#: Members by code: user ID, organisation, whether they are members at all.
MEMBERS: dict[str, tuple[str, str, bool]] = {
    "code-of-bob": ("bob", ORGANISATION, True),
    "code-of-mallory": ("bob", "another-organisation", False),
}
#: The sign-in pages, each with the parameter that brings the code back.
CODE_NAMES = {
    "/wwlogin/sso/login": "code",
    "/connect/oauth2/authorize": "code",
    "/oauth2/auth": "authCode",
    "/open-apis/authen/v1/index": "code",
}
#: Inside WeCom's own browser nobody is asked.
SILENT = "/connect/oauth2/authorize"
Answer = dict[str, Any]
REFUSED: Answer = {"errcode": 40013, "errmsg": "invalid corpid"}


class Service:
    """The interfaces by path. `code` is that of the member who is at the browser; `asks`: for consent."""

    def __init__(self) -> None:
        self.code, self.asks = "code-of-bob", False

    def way_back(self, path: str, query: dict[str, str]) -> str:
        """Where a sign-in page sends the browser; empty for what is none, or asks first."""
        if path not in CODE_NAMES or (self.asks and path != SILENT):
            return ""
        return f"{query['redirect_uri']}?{urlencode({CODE_NAMES[path]: self.code, 'state': query['state']})}"

    def consent_page(self, path: str, query: dict[str, str]) -> str:
        """A page that asks; a refusal comes back as an error, from WeCom without a code."""
        refusal = {} if path.startswith("/wwlogin/") else {"error": "access_denied"}
        agree, refuse = (
            form_of(name, query["redirect_uri"], fields | {"state": query["state"]})
            for name, fields in (("Agree", {CODE_NAMES[path]: self.code}), ("Refuse", refusal))
        )
        return f"<!doctype html><title>Stand-in</title><h1>Stand-in, not the service</h1>{agree}{refuse}"

    def answer(self, path: str, query: dict[str, str], body: Answer, headers: Any) -> Answer:
        found = getattr(
            self, "_" + path.strip("/").replace("/", "_").replace(".", "_").replace("-", "_"), None
        )
        return found(query, body, headers) if found else {"errcode": 404, "errmsg": "no such interface"}

    # WeCom: developer.work.weixin.qq.com/document/path/91039, 98176, 90196
    def _cgi_bin_gettoken(self, query: Answer, _body: Answer, _headers: Any) -> Answer:
        if (query.get("corpid"), query.get("corpsecret")) != (APP, SECRET):
            return REFUSED
        return {"errcode": 0, "errmsg": "ok", "access_token": TOKEN, "expires_in": 7200}

    def _cgi_bin_auth_getuserinfo(self, query: Answer, _body: Answer, _headers: Any) -> Answer:
        if query.get("access_token") != TOKEN or query.get("code") not in MEMBERS:
            return {"errcode": 40029, "errmsg": "invalid code"}
        user_id, _organisation, is_member = MEMBERS[query["code"]]
        who = {"userid": user_id, "user_ticket": "t"} if is_member else {"openid": "oAbc"}
        return {"errcode": 0, "errmsg": "ok", **who}

    def _cgi_bin_user_get(self, query: Answer, _body: Answer, _headers: Any) -> Answer:
        fixed = {"errcode": 0, "errmsg": "ok", "userid": query["userid"], "name": "Bob", "department": [1, 2]}
        return fixed | {"position": "", "status": 1, "biz_mail": "bob@wonderland.example"}

    # DingTalk: open.dingtalk.com/document, tokens of a user and of an app, users by unionid and by userid
    def _v1_0_oauth2_userAccessToken(self, _query: Answer, body: Answer, _headers: Any) -> Answer:
        if (body.get("clientId"), body.get("clientSecret")) != (APP, SECRET) or body["code"] not in MEMBERS:
            return {"code": "invalidParameter", "message": "x"}
        answer = {"accessToken": f"of {body['code']}", "refreshToken": "r", "expireIn": 7200}
        return answer | {"corpId": MEMBERS[body["code"]][1]}

    def _v1_0_oauth2_accessToken(self, _query: Answer, body: Answer, _headers: Any) -> Answer:
        if (body.get("appKey"), body.get("appSecret")) != (APP, SECRET):
            return {"code": "invalidClientIdOrSecret", "message": "x"}
        return {"accessToken": TOKEN, "expireIn": 7200}

    def _v1_0_contact_users_me(self, _query: Answer, _body: Answer, headers: Any) -> Answer:
        code = str(headers.get("x-acs-dingtalk-access-token")).removeprefix("of ")
        return {"nick": "Bob", "openId": "o-1", "unionId": f"u {MEMBERS[code][0]}", "stateCode": "86"}

    def _topapi_user_getbyunionid(self, query: Answer, body: Answer, _headers: Any) -> Answer:
        if query.get("access_token") != TOKEN:
            return REFUSED
        result = {"contact_type": 0, "userid": body["unionid"].removeprefix("u ")}
        return {"errcode": 0, "errmsg": "ok", "result": result, "request_id": "5um7ykyaalsj"}

    def _topapi_v2_user_get(self, _query: Answer, body: Answer, _headers: Any) -> Answer:
        who = {
            "userid": body["userid"],
            "unionid": f"u {body['userid']}",
            "name": "Bob",
            "job_number": "10042",
        }
        result = who | {"org_email": "bob@wonderland.example", "dept_id_list": [2, 3], "active": True}
        return {"errcode": 0, "errmsg": "ok", "result": result, "request_id": "5um7ykyaalsj"}

    # Feishu: open.feishu.cn/document, "app_access_token (internal)", "authen/v1/access_token", "user_info"
    def _open_apis_auth_v3_app_access_token_internal(
        self, _query: Answer, body: Answer, _headers: Any
    ) -> Answer:
        if (body.get("app_id"), body.get("app_secret")) != (APP, SECRET):
            return {"code": 10014, "msg": "app secret invalid"}
        return {
            "code": 0,
            "msg": "success",
            "app_access_token": TOKEN,
            "expire": 7140,
            "tenant_access_token": "t",
        }

    def _open_apis_authen_v1_access_token(self, _query: Answer, body: Answer, _headers: Any) -> Answer:
        if body.get("app_access_token") != TOKEN or body.get("code") not in MEMBERS:
            return {"code": 20003, "msg": "code is invalid"}
        data = {"access_token": f"of {body['code']}", "token_type": "Bearer", "expires_in": 6900}
        return {"code": 0, "msg": "success", "data": data}

    def _open_apis_authen_v1_user_info(self, _query: Answer, _body: Answer, headers: Any) -> Answer:
        user_id, organisation, _is_member = MEMBERS[
            str(headers.get("Authorization")).removeprefix("Bearer of ")
        ]
        who = {
            "name": "Bob",
            "open_id": "ou-1",
            "union_id": "on-1",
            "user_id": user_id,
            "employee_no": "10042",
        }
        data = who | {"enterprise_email": "bob@wonderland.example", "tenant_key": organisation}
        return {"code": 0, "msg": "success", "data": data}


def form_of(name: str, url: str, fields: dict[str, str]) -> str:
    """A form that leads to an address with these values, and its button."""
    inputs = "".join(
        f'<input type="hidden" name="{escape(one)}" value="{escape(value)}">' for one, value in fields.items()
    )
    return f'<form action="{escape(url)}">{inputs}<button>{name}</button></form>'


@contextmanager
def running_stand_in(port: int) -> Iterator[str]:
    """Start the stand-in in a process of its own, and return its address; end it afterwards."""
    with subprocess.Popen(
        [sys.executable, __file__, str(port)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "listening\n"
        yield f"http://127.0.0.1:{port}"
        process.kill()


def serve(port: int) -> None:
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._do({})

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            plain = {name: values[0] for name, values in parse_qs(raw).items()}
            self._do(json.loads(raw) if raw.startswith("{") else plain)

        def _do(self, body: Answer) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/member":  # of the test: who is at the browser
                service.code, service.asks = query["code"], "asks" in query
            if way := service.way_back(parts.path, query):
                self.send_response(302)
                self.send_header("Location", way)
                self.end_headers()
                return
            if parts.path in CODE_NAMES:
                self._send("text/html; charset=utf-8", service.consent_page(parts.path, query))
                return
            self._send("application/json", json.dumps(service.answer(parts.path, query, body, self.headers)))

        def _send(self, kind: str, text: str) -> None:
            content = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    print("listening", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
