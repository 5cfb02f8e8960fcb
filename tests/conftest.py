"""The real parts under every test: a PostgreSQL, a broker, a local iclass service, a browser.

Plugins are named as strings so that they are imported after Django is set up and may import models.
"""

import django
import pytest

from tests.support import environment

environment.prepare()
django.setup()

pytest_plugins = [
    "tests.support.database",
    "tests.support.programs",
    "tests.support.browser",
    "tests.support.language",
    "tests.support.timed",
    "tests.support.cast",
    "tests.support.iclass_service",
    "tests.support.object_storage",
    "tests.support.clamd",
    "tests.support.nginx",
    "tests.faults.goals",
]


def pytest_unconfigure(config: pytest.Config) -> None:
    environment.finish()
