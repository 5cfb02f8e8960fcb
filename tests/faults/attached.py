"""A running local service by its address, for a process that did not start it."""

import requests

from tests.support.sandbox import Sandbox


class RunningSandbox(Sandbox):
    """Asks and controls the service; starting and ending it is somebody else's affair."""

    def __init__(self, url: str, keys: dict[int, str]) -> None:
        self.url, self.keys = url, keys
        self.web = requests.Session()
        self.web.trust_env = False
