"""WeCom (企业微信): group bots and app messages.

https://developer.work.weixin.qq.com/document/path/91039 (token), 90236 (app message), 95402 and 95895 (ID of
a person by phone and e-mail), 91770 (group bot), 90313 (codes).
"""

from typing import Any
from urllib.parse import urlencode

from console.notifications.channels.answers import Answer, Outcome
from console.notifications.channels.calls import Call, Reply, json_call
from console.notifications.channels.providers.base import AppAdapter, local_number, number_of, text_in

#: Seconds for which WeCom drops a repeated message.
DUPLICATES_S = 1800


class WeCom(AppAdapter):
    """A repeated app message is recognised by its content, for DUPLICATES_S."""

    api_url = "https://qyapi.weixin.qq.com"
    token_ended = frozenset({40014, 42001})
    not_found = frozenset({46004})
    too_fast = frozenset({-1, 45009, 45033})

    def token_call(self, app: Any) -> Call:
        query = urlencode({"corpid": app.app_id, "corpsecret": app.secret.reveal()})
        return Call(f"{self.base(app)}/cgi-bin/gettoken?{query}")

    def person_call(self, app: Any, token: str, address: str, text: str, uid: str) -> Call:
        data = {
            "touser": address,
            "msgtype": "text",
            "agentid": number_of(app),
            "text": {"content": text},
            "enable_duplicate_check": 1,
            "duplicate_check_interval": DUPLICATES_S,
        }
        return json_call(self._url(app, "message/send", token), data)

    def lookup_calls(self, app: Any, token: str, phone: str, e_mail: str) -> list[Call]:
        calls = []
        if phone:
            url = self._url(app, "user/getuserid", token)
            calls.append(json_call(url, {"mobile": local_number(phone)}))
        if e_mail:
            url = self._url(app, "user/get_userid_by_email", token)
            calls.append(json_call(url, {"email": e_mail, "email_type": 2}))
        return calls

    def address_in(self, reply: Reply) -> str:
        return text_in(reply.body.get("userid"))

    def read_sent(self, reply: Reply, secrets: tuple[str, ...]) -> Answer:
        """A message to nobody is accepted as well: it names who could not be reached."""
        answer = self.read(reply, secrets)
        nobody = reply.body.get("invaliduser") or reply.body.get("unlicenseduser")
        if answer.outcome is Outcome.DELIVERED and nobody:
            kind = "invaliduser" if reply.body.get("invaliduser") else "unlicenseduser"
            return Answer(Outcome.REFUSED, kind)
        return answer

    def bot_call(self, bot: Any, text: str, data: dict[str, Any]) -> Call:
        return json_call(bot.url.reveal(), {"msgtype": "text", "text": {"content": text}})

    def _url(self, app: Any, path: str, token: str) -> str:
        return f"{self.base(app)}/cgi-bin/{path}?{urlencode({'access_token': token})}"
