"""PostgreSQL and a broker for the demo and the tests, where no address of real ones is set.

`places` only computes; settings may call it. `hold` starts what is missing and keeps it up while this
process lives; `enter` is `hold` for a door (manage.py, WSGI, Celery), which reads the environment for it.

The whole works by file locks under the data folder. A process that needs a server holds that server's
lock shared; a detached supervisor owns the servers and tries the same locks exclusively: where it gets
one, nobody needs that server any more. The kernel drops the locks of a killed process, so no server
outlives its last user, and no process has to say good-bye.
"""

from console.embedded.door import enter
from console.embedded.errors import EmbeddedError
from console.embedded.holding import hold, release
from console.embedded.places import Places, places

__all__ = ["EmbeddedError", "Places", "enter", "hold", "places", "release"]
