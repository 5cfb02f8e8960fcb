"""dj-stripe's webhook endpoint with its own database; as a program, it prepares that and prints the path."""

import os
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from environ import Env

from bench.webs import OF_A_NEW_PROJECT

SECRET = "whsec_of_the_bench"
KEY = "sk_test_" + "b" * 24


def application(*, least: bool = False) -> Any:
    """Return a project as by `startproject`, with the settings that dj-stripe requires.

    It stores the trigger, verifies the signature, stores the event and marks the trigger as processed.
    Nothing handles the event of the bench, so no object is synchronised and Stripe is never called. With
    `least` there is no middleware, and the event is left to another process.
    """
    settings.configure(
        ROOT_URLCONF="djstripe.urls",
        ALLOWED_HOSTS=["*"],
        SECRET_KEY="none",
        INSTALLED_APPS=[
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "djstripe",
        ],
        MIDDLEWARE=[] if least else OF_A_NEW_PROJECT,
        DATABASES={
            "default": {
                **Env.db_url_config(os.environ["DATABASE_URL"]),
                "CONN_MAX_AGE": None,
                "CONN_HEALTH_CHECKS": True,
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DJSTRIPE_FOREIGN_KEY_TO_FIELD="id",
        DJSTRIPE_WEBHOOK_EVENT_CALLBACK=f"{__name__}.later" if least else None,
        STRIPE_LIVE_MODE=False,
        STRIPE_TEST_SECRET_KEY=KEY,
        USE_TZ=True,
        USE_I18N=False,
        LOGGING_CONFIG=None,
    )
    return get_wsgi_application()


def later(trigger: object, api_key: str) -> None:
    """Leave the event to another process."""


def prepare() -> str:
    """Create the tables, the account of the key and an endpoint; return the path of the endpoint."""
    call_command("migrate", verbosity=0)
    registry: Any = apps
    account = registry.get_model("djstripe.Account").objects.create(id="acct_bench", livemode=False)
    registry.get_model("djstripe.APIKey").objects.create(
        secret=KEY, type="secret", livemode=False, djstripe_owner_account=account
    )
    endpoint = registry.get_model("djstripe.WebhookEndpoint").objects.create(
        id="we_bench", secret=SECRET, enabled_events=["*"], status="enabled", url="http://x/", livemode=False
    )
    return f"/webhook/{endpoint.djstripe_uuid}/"


if __name__ == "__main__":
    application()
    print(prepare())
