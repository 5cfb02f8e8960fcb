"""The reader's language: a cookie for the browser, kept on the person for what is sent to them."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import check_for_language
from django.views.i18n import set_language

from accounts.models import User


def choose_language(request: HttpRequest) -> HttpResponse:
    """Django's own view, which comes back to the page; the choice is kept on who is signed in."""
    answer = set_language(request)
    chosen = request.POST.get("language", "")
    if request.method == "POST" and request.user.is_authenticated and check_for_language(chosen):
        User.objects.filter(pk=request.user.pk).update(language=chosen)
    return answer


urlpatterns = [path("setlang/", choose_language, name="set_language")]
