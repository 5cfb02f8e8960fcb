"""A plain webhook: a JSON object to a program of the school, signed where it has a secret."""

import json
from typing import Any

from console.notifications.channels.answers import Answer, Outcome
from console.notifications.channels.calls import JSON_TYPE, Call, Reply
from console.notifications.channels.providers.base import BotAdapter
from console.notifications.channels.signatures import signed_headers


class Webhook(BotAdapter):
    """Its answer is the status alone. `id` lets the receiver recognise a repeated message."""

    def bot_call(self, bot: Any, text: str, data: dict[str, Any]) -> Call:
        body = json.dumps({**data, "text": text}, ensure_ascii=False).encode()
        headers = signed_headers(bot.secret.reveal(), body) if bot.secret else JSON_TYPE
        return Call(bot.url.reveal(), body, headers)

    def read(self, reply: Reply, secrets: tuple[str, ...] = ()) -> Answer:
        words = f"HTTP {reply.status}"
        if 200 <= reply.status < 300:
            return Answer(Outcome.DELIVERED)
        if reply.status in (429, 503):
            return Answer(Outcome.LATER, words, pauses_channel=True)
        return Answer(Outcome.UNKNOWN if reply.status >= 500 else Outcome.REFUSED, words)
