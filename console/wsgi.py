"""The web server's door.

What a request needs is loaded here and not by the first who asks. Nothing of it is ever garbage, so the
collector waits meanwhile and leaves it alone afterwards: a start takes a quarter less for it.
"""

import gc
import os
from pathlib import Path

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from console import embedded
from console.bodies import let_go_of_bodies
from console.checks import refuse_nonsense

gc.disable()
embedded.enter(Path(__file__).resolve().parent.parent)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
application = let_go_of_bodies(get_wsgi_application())
refuse_nonsense()
get_resolver().reverse_dict  # noqa: B018 — reading it loads every address with its view
gc.collect()
gc.freeze()
gc.enable()
