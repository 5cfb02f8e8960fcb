"""The messages that wait for the next page, in a cookie that is named like our others."""

from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage

from console.env import cookie_name


class MessagesCookie(CookieStorage):
    cookie_name = cookie_name("messages")


class Messages(FallbackStorage):
    """Django's own, with a name of ours: a cookie, or the session where that grows too long."""

    storage_classes = (MessagesCookie, SessionStorage)
