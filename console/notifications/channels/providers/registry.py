"""The adapter of each provider."""

from console.notifications.channels.models import Provider
from console.notifications.channels.providers.base import AppAdapter, BotAdapter
from console.notifications.channels.providers.dingtalk import DingTalk
from console.notifications.channels.providers.feishu import Feishu
from console.notifications.channels.providers.webhook import Webhook
from console.notifications.channels.providers.wecom import WeCom

APP_ADAPTERS: dict[str, AppAdapter] = {
    Provider.WECOM: WeCom(),
    Provider.DINGTALK: DingTalk(),
    Provider.FEISHU: Feishu(),
}
BOT_ADAPTERS: dict[str, BotAdapter] = {**APP_ADAPTERS, Provider.WEBHOOK: Webhook()}


def app_adapter(provider: str) -> AppAdapter:
    """Return the adapter for messages to single people."""
    return APP_ADAPTERS[provider]


def bot_adapter(provider: str) -> BotAdapter:
    """Return the adapter for messages to groups."""
    return BOT_ADAPTERS[provider]
