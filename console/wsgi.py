"""The WSGI entry point.

Everything that requests need is imported here, not by the first request. None of it becomes garbage, so
garbage collection is off meanwhile and the objects are frozen afterwards: a start takes a quarter less time.
"""

import gc
import os
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from console import embedded, variables
from console.checks import exit_on_invalid_settings
from console.http.body_release import release_request_bodies
from console.migration_state import exit_on_missing_migrations
from console.policy.row_security.verification import exit_without_row_security
from console.statement_limits import limit_statements

gc.disable()
BASE_DIR = Path(__file__).resolve().parent.parent
variables.exit_on_invalid_variables(BASE_DIR)
embedded.start_servers(BASE_DIR)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
application = release_request_bodies(get_wsgi_application())
exit_on_invalid_settings()
limit_statements(settings.STATEMENT_TIMEOUT_S)
exit_on_missing_migrations()
exit_without_row_security()
get_resolver().reverse_dict  # noqa: B018 — reading it imports all URLconfs and views
gc.collect()
gc.freeze()
gc.enable()
