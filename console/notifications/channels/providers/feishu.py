"""Feishu (飞书): group bots, also with a signature, and messages of an app.

https://open.feishu.cn/document/server-docs/authentication-management/access-token/tenant_access_token_internal,
…/server-docs/im-v1/message/create (message), …/server-docs/contact-v3/user/batch_get_id (ID of a person),
…/client-docs/bot-v3/add-custom-bot (group bot), …/server-docs/getting-started/server-error-codes (codes).
"""

import json
from typing import Any

from console.notifications.channels.calls import Call, Reply, json_call
from console.notifications.channels.providers.base import AppAdapter, text_in
from console.notifications.channels.signatures import feishu_fields


class Feishu(AppAdapter):
    """A repeated app message is recognised by its `uuid`, for an hour."""

    api_url = "https://open.feishu.cn"
    code_name, words_name = "code", "msg"
    token_name, seconds_name = "tenant_access_token", "expire"
    token_ended = frozenset({99991661, 99991663, 99991668})
    too_fast = frozenset({9499, 11232, 230020, 99991400})

    def token_call(self, app: Any) -> Call:
        url = f"{self.base(app)}/open-apis/auth/v3/tenant_access_token/internal"
        return json_call(url, {"app_id": app.app_id, "app_secret": app.secret.reveal()})

    def person_call(self, app: Any, token: str, address: str, text: str, uid: str) -> Call:
        data = {"receive_id": address, "msg_type": "text", "content": json.dumps({"text": text}), "uuid": uid}
        url = f"{self.base(app)}/open-apis/im/v1/messages?receive_id_type=open_id"
        return json_call(url, data, _bearer(token))

    def lookup_calls(self, app: Any, token: str, phone: str, e_mail: str) -> list[Call]:
        """Feishu wants numbers of other countries than China with their prefix, and takes +86 as well."""
        url = f"{self.base(app)}/open-apis/contact/v3/users/batch_get_id?user_id_type=open_id"
        asked = {"mobiles": [phone] if phone else [], "emails": [e_mail] if e_mail else []}
        return [json_call(url, asked, _bearer(token))] if phone or e_mail else []

    def address_in(self, reply: Reply) -> str:
        data = reply.body.get("data")
        users = data.get("user_list") if isinstance(data, dict) else None
        found = [one for one in users if isinstance(one, dict)] if isinstance(users, list) else []
        return next((text for one in found if (text := text_in(one.get("user_id")))), "")

    def bot_call(self, bot: Any, text: str, data: dict[str, Any]) -> Call:
        signed = feishu_fields(bot.secret.reveal()) if bot.secret else {}
        return json_call(bot.url.reveal(), {**signed, "msg_type": "text", "content": {"text": text}})


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
