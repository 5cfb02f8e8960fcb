"""dj-stripe's webhook endpoint on a database of its own; as a program it prepares that and tells the path."""

import os

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import include, path
from environ import Env

SECRET = "whsec_of_the_bench"

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="none",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "djstripe"],
    DATABASES={
        "default": {
            **Env.db_url_config(os.environ["DATABASE_URL"]),
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DJSTRIPE_FOREIGN_KEY_TO_FIELD="id",
    DJSTRIPE_WEBHOOK_EVENT_CALLBACK=f"{__name__}.later",
    STRIPE_LIVE_MODE=False,
    STRIPE_TEST_SECRET_KEY="sk_test_" + "b" * 24,
    USE_TZ=True,
    USE_I18N=False,
    LOGGING_CONFIG=None,
)
application = get_wsgi_application()

urlpatterns = [path("", include("djstripe.urls", namespace="djstripe"))]


def later(trigger: object, api_key: str) -> None:
    """What came in is handled elsewhere, as the console does: this is not what is measured."""


def prepare() -> str:
    """Tables and an endpoint; the path of the endpoint."""
    call_command("migrate", verbosity=0)
    endpoint = apps.get_model("djstripe.WebhookEndpoint").objects.create(
        id="we_bench", secret=SECRET, enabled_events=["*"], status="enabled", url="http://x/", livemode=False
    )
    return f"/webhook/{endpoint.djstripe_uuid}/"


if __name__ == "__main__":
    print(prepare())
