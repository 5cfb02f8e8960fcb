"""DingTalk (钉钉): group bots, also with a signing secret, and work notifications.

https://open.dingtalk.com/document/orgapp/obtain-orgapp-token (token),
…/asynchronous-sending-of-enterprise-session-messages (work notification),
…/query-users-by-phone-number (ID of a person), …/custom-robot-access (group bot),
…/server-api-error-codes-1 (codes).
"""

from typing import Any
from urllib.parse import urlencode

from console.notifications.channels.calls import Call, Reply, json_call
from console.notifications.channels.providers.base import AppAdapter, local_number, number_of, text_in
from console.notifications.channels.signatures import dingtalk_query


class DingTalk(AppAdapter):
    """The same text reaches a person once a day: a repeated work notification is dropped."""

    api_url = "https://oapi.dingtalk.com"
    token_ended = frozenset({40014, 42001})
    not_found = frozenset({60121})
    too_fast = frozenset({-1, 88, 90018, 130101, 143106, 660026})

    def token_call(self, app: Any) -> Call:
        query = urlencode({"appkey": app.app_id, "appsecret": app.secret.reveal()})
        return Call(f"{self.base(app)}/gettoken?{query}")

    def person_call(self, app: Any, token: str, address: str, text: str, uid: str) -> Call:
        data = {
            "agent_id": number_of(app),
            "userid_list": address,
            "msg": {"msgtype": "text", "text": {"content": text}},
        }
        return json_call(self._url(app, "topapi/message/corpconversation/asyncsend_v2", token), data)

    def lookup_calls(self, app: Any, token: str, phone: str, e_mail: str) -> list[Call]:
        """DingTalk finds people by their phone alone."""
        url = self._url(app, "topapi/v2/user/getbymobile", token)
        return [json_call(url, {"mobile": local_number(phone)})] if phone else []

    def address_in(self, reply: Reply) -> str:
        result = reply.body.get("result")
        return text_in(result.get("userid")) if isinstance(result, dict) else ""

    def bot_call(self, bot: Any, text: str, data: dict[str, Any]) -> Call:
        url = bot.url.reveal()
        if bot.secret:
            url += f"{'&' if '?' in url else '?'}{dingtalk_query(bot.secret.reveal())}"
        return json_call(url, {"msgtype": "text", "text": {"content": text}})

    def _url(self, app: Any, path: str, token: str) -> str:
        return f"{self.base(app)}/{path}?{urlencode({'access_token': token})}"
