"""State of the service, in one SQLite file."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """App with models, migrations and the write lock."""

    name = "console.sandbox.store"
    label = "store"
