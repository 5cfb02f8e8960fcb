"""The state of the service, in one SQLite file."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Models, migrations and the one way to write."""

    name = "console.sandbox.store"
    label = "store"
