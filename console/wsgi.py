"""The web server's door."""

import os
from pathlib import Path

from django.core.wsgi import get_wsgi_application

from console import embedded
from console.checks import refuse_nonsense

embedded.enter(Path(__file__).resolve().parent.parent)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
application = get_wsgi_application()
refuse_nonsense()
