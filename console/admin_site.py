"""The admin site of the console. `console.policy.admin` decides who may see what."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.i18n import JavaScriptCatalog

from console.admin_export import EXPORT_ACTIONS
from console.policy import role_of

ADMIN_ROLES = frozenset({"operator", "superadmin", "admin"})


class ConsoleAdminSite(admin.AdminSite):
    """Open to a school's administrators and to operators; sign-in uses the console's own page."""

    site_header = _("iclass console")
    site_title = _("iclass console")
    index_title = _("All tables")
    enable_nav_sidebar = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for action in EXPORT_ACTIONS:
            self.add_action(action)

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register only admins that check the policy table, not those of packages, such as Group."""
        if hasattr(admin_class, "resource"):
            super().register(model_or_iterable, admin_class, **options)

    def i18n_javascript(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The translations of Django's scripts, with ours where Django has no Chinese."""
        view = JavaScriptCatalog.as_view(packages=["django.contrib.admin", "console"])
        catalog = view(request)
        assert isinstance(catalog, HttpResponse)  # not a stream
        return catalog

    def has_permission(self, request: HttpRequest) -> bool:
        return role_of(request.user) in ADMIN_ROLES

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect authorised users to the index and anonymous ones to sign-in; refuse the others."""
        if self.has_permission(request):
            return redirect("admin:index")
        if role_of(request.user):
            raise PermissionDenied(_("Only administrators of your school can use the data tables."))
        target = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('accounts:sign_in')}?{urlencode({'next': target})}")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Redirect to the console's page, which limits guesses and writes the audit trail."""
        return redirect("accounts:my_password")
