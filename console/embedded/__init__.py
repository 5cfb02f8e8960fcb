"""Embedded PostgreSQL and Valkey for the demo and the tests, used where no URL of a server is set.

`data_paths` only computes paths; settings may call it. `hold` starts missing servers and keeps them running
while this process lives; `start_servers` does so for an entry point (manage.py, WSGI, Celery), by
environment.

Coordination uses file locks under the data folder. A process that needs a server holds that server's lock
shared; a detached supervisor owns the servers and tries the same locks exclusively. If it gets one, nobody
needs that server any more. The kernel releases the locks of a killed process, so no server outlives its last
user, and no process has to sign off.
"""

from console.embedded.errors import EmbeddedError
from console.embedded.holder import hold, release
from console.embedded.paths import DataPaths, data_paths
from console.embedded.startup import start_servers

__all__ = [
    "DataPaths",
    "EmbeddedError",
    "data_paths",
    "hold",
    "release",
    "start_servers",
]
