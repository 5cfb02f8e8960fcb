"""The Django admin as this console runs it. Who sees what is decided by `console.policy.admin`."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.i18n import JavaScriptCatalog

from console.policy import role_of

ADMITTED = frozenset({"operator", "superadmin", "admin"})


class ConsoleAdminSite(admin.AdminSite):
    """Open to a school's administrators and to operators; signing in is that of the pages."""

    site_header = _("iclass console")
    site_title = _("iclass console")
    index_title = _("All tables")
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only admins that ask the policy table; those that packages bring, as Django's groups, stay out."""
        if hasattr(admin_class, "resource"):
            super().register(model_or_iterable, admin_class, **options)

    def i18n_javascript(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The words of Django's own scripts, with ours where Django has none in Chinese."""
        words: HttpResponse = JavaScriptCatalog.as_view(packages=["django.contrib.admin", "console"])(request)
        return words

    def has_permission(self, request: HttpRequest) -> bool:
        return role_of(request.user) in ADMITTED

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Those who may come in go on, strangers sign in, others are told that they may not."""
        if self.has_permission(request):
            return redirect("admin:index")
        if role_of(request.user):
            raise PermissionDenied(_("The tables are for the administrators of your school."))
        target = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('accounts:sign_in')}?{urlencode({'next': target})}")

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of ours, which counts guesses and keeps the trail."""
        return redirect("accounts:my_password")
