"""The ASGI entry point: an event loop for bodies and responses, threads for the rest (`console/http`)."""

import sys

from django.utils.module_loading import import_string

from console.wsgi import application as wsgi_application

# Imported by name, because it imports models, which need the setup done by the import of console.wsgi.
application = import_string("console.http.application.ThreadedApplication")(wsgi_application)

# Seconds before a running thread yields to waiting ones. With Python's default of 5 ms a callback beside
# eight busy pages waits 40 ms, and again after each query.
sys.setswitchinterval(0.0005)
