"""The web server's door for ASGI. WSGI is the one that is measured and used."""

import os
from pathlib import Path

from django.core.asgi import get_asgi_application

from console import embedded
from console.checks import refuse_nonsense

embedded.enter(Path(__file__).resolve().parent.parent)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
application = get_asgi_application()
refuse_nonsense()
