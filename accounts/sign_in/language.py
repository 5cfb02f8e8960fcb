"""Choice of language: a cookie for the browser, and a column of the user for messages."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.i18n import set_language

from accounts.models import User


def choose_language(request: HttpRequest) -> HttpResponse:
    """Call Django's view, and store the choice for a signed-in user."""
    response = set_language(request)
    language = request.POST.get("language", "")
    known = language in dict(settings.LANGUAGES)
    if request.method == "POST" and request.user.is_authenticated and known:
        User.objects.filter(pk=request.user.pk).update(language=language)
    return response


urlpatterns = [path("setlang/", choose_language, name="set_language")]
