"""What tests share that ask very many addresses."""

from copy import deepcopy
from typing import Any

import pytest


@pytest.fixture
def short_refusals(settings: Any) -> None:
    """Most answers are refusals. Drawing their page, which other tests do, was half of the time of these."""
    loaders = "django.template.loaders"
    refusals = (f"{loaders}.locmem.Loader", {"403.html": "", "404.html": ""})
    others = [f"{loaders}.filesystem.Loader", f"{loaders}.app_directories.Loader"]
    django = deepcopy(settings.TEMPLATES[0]) | {"APP_DIRS": False}
    django["OPTIONS"]["loaders"] = [(f"{loaders}.cached.Loader", [refusals, *others])]
    settings.TEMPLATES = [django, *settings.TEMPLATES[1:]]
