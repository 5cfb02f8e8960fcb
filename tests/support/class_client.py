"""A class client as the vendor's: signs its bodies with md5, logs in with the user_token, keeps a session."""

import hashlib
import json
from typing import Any

import requests


class ClassClient:
    """One person's client. Its answers are the service's JSON."""

    def __init__(self, url: str, sdkappid: int | str | None) -> None:
        self.url, self.sdkappid = url, sdkappid
        self.user_id = self.token = ""
        self.web = requests.Session()
        self.web.trust_env = False

    def call(self, path: str, **body: Any) -> dict[str, Any]:
        text = json.dumps({"platform": "web", **body}, ensure_ascii=False)
        query = {
            "sdkappid": self.sdkappid,
            "user_id": self.user_id,
            "token": self.token,
            "random": 7,
            "sign": hashlib.md5(text.encode()).hexdigest(),
        }
        answer = self.web.post(f"{self.url}/saas/v1/{path}", params=query, data=text.encode(), timeout=15)
        assert answer.status_code == 200
        return dict(answer.json())

    def ok(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self.call(path, **body)
        assert answer["error_code"] == 0, (path, answer)
        return answer

    def code(self, path: str, **body: Any) -> int:
        return int(self.call(path, **body)["error_code"])

    def login(self, user_id: str, user_token: str) -> "ClassClient":
        told = self.ok("user/login", userid=user_id, password=user_token)
        self.user_id, self.token = told["user_id"], told["token"]
        return self

    def report(self, class_id: int, event: str, data: object = None) -> int:
        return self.code("report/event", class_id=class_id, event=event, data=data)
