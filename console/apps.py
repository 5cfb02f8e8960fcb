"""The project package as an app: its templates, its translations, and the start of Celery."""

from django.apps import AppConfig

from console.celery import app as celery_app

__all__ = ["ConsoleConfig", "celery_app"]


class ConsoleConfig(AppConfig):
    name = "console"
    default_auto_field = "django.db.models.BigAutoField"
