"""A bare Django view with one insert and no middleware: the minimum cost of a stored callback."""

import json
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import models
from django.http import HttpRequest, JsonResponse
from django.urls import path
from environ import Env

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="none",
    DATABASES={
        "default": {
            **Env.db_url_config(os.environ["DATABASE_URL"]),
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    USE_I18N=False,
    LOGGING_CONFIG=None,
)
application = get_wsgi_application()


class Bare(models.Model):
    """A body as received."""

    body = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "bench"
        db_table = "bench_bare"

    def __str__(self) -> str:
        return str(self.pk)


def receive(request: HttpRequest) -> JsonResponse:
    Bare._default_manager.create(body=json.loads(request.body))
    return JsonResponse({"error_code": 0})


urlpatterns = [path("", receive)]
