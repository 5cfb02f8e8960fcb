"""Choice of language: a cookie for the browser, a column of the user for messages; what was typed is kept."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.i18n import set_language

from accounts.models import User
from accounts.sign_in.guardians.sessions import KEY as GUARDIAN_KEY
from console.http.form_entries import keep_entries


def choose_language(request: HttpRequest) -> HttpResponse:
    """Call Django's view, store the choice for a signed-in user, and keep what was typed in the page."""
    response = set_language(request)
    language = request.POST.get("language", "")
    known = language in dict(settings.LANGUAGES)
    if request.method == "POST" and request.user.is_authenticated and known:
        User.objects.filter(pk=request.user.pk).update(language=language)
    if request.method == "POST" and (request.user.is_authenticated or GUARDIAN_KEY in request.session):
        keep_entries(request)
    return response


urlpatterns = [path("setlang/", choose_language, name="set_language")]
