"""The real parts under every test: a PostgreSQL, a broker, a local iclass service, a browser.

Plugins are named as strings so that they are imported after Django is set up and may import models.
"""

import os

import django
import hypothesis
import pytest
from django.conf import settings

from tests.faults.sizes import FULL
from tests.support import environment

environment.prepare()
django.setup()
# pytest-django loads the settings of an xdist worker before this file, with the broker of the first process.
settings.CELERY_BROKER_URL = os.environ["CELERY_BROKER_URL"]
# Each test client loads the middleware anew, and WhiteNoise would read all static files for each of them.
settings.WHITENOISE_AUTOREFRESH = True
# Browsers keep static files as long as they like where names have a digest, which these have not.
settings.WHITENOISE_MAX_AGE = 3600
settings.PASSWORD_HASHERS = ["tests.support.password_hasher.SingleRoundHasher"]

# Every run takes the same examples, however slow the machine is; full sizes take new ones.
hypothesis.settings.register_profile(
    "console", derandomize=not FULL, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("console")

pytest_plugins = [
    "tests.support.database",
    "tests.support.isolation",
    "tests.support.network_calls",
    "tests.support.lanes",
    "tests.support.programs",
    "tests.support.browser",
    "tests.support.language",
    "tests.support.checkpoints",
    "tests.support.cast",
    "tests.support.iclass_service",
    "tests.support.object_storage",
    "tests.support.clamd",
    "tests.support.nginx",
    "tests.support.pgbouncer",
    "tests.support.clicks",
    "tests.faults.goals",
]


def pytest_unconfigure(config: pytest.Config) -> None:
    environment.finish()
