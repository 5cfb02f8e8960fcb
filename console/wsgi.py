"""The WSGI entry point.

Everything that requests need is imported here, not by the first request. None of it becomes garbage, so
garbage collection is off meanwhile and the objects are frozen afterwards: a start takes a quarter less time.
"""

import gc
import os
from pathlib import Path

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from console import embedded
from console.checks import exit_on_invalid_settings
from console.http.body_release import release_request_bodies

gc.disable()
embedded.start_servers(Path(__file__).resolve().parent.parent)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
application = release_request_bodies(get_wsgi_application())
exit_on_invalid_settings()
get_resolver().reverse_dict  # noqa: B018 — reading it imports all URLconfs and views
gc.collect()
gc.freeze()
gc.enable()
