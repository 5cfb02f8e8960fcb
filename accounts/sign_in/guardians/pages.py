"""Base of the pages of guardians: who is signed in, about which child, and as whom the database is asked.

The child is named in the address by the key of the guardian's own row; every other key is not found. Pages
read with the rights of the child, so a guardian never sees more than the child does, and the database shows
rows of their school alone, and none that belong to a user.
"""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic.base import ContextMixin, View

from accounts.models import Guardian, User
from accounts.sign_in import remembered_school
from accounts.sign_in.guardians.menu import guardian_links
from accounts.sign_in.guardians.sessions import GuardianAccess, SessionEnded, find_session
from console.http.language import answer_in_language_of
from console.policy.database_scope import DatabaseScope, as_owner, use_scope

#: No user: rows that belong to a user are not shown to guardians.
NOBODY = 0


def audit_label(account: Any) -> str:
    """Return how the audit trail names a guardian: without a name, which is personal."""
    return f"guardian {account.pk}"


class GuardianPage(ContextMixin, View):
    """A page of the guardian who is signed in; others are led to the sign-in page of guardians.

    `needs` is the switch (told_…) without which the page does not exist for the guardian of a child.
    """

    needs = ""
    access: GuardianAccess
    guardian: Guardian

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with as_owner():
            try:
                access = find_session(request)
            except SessionEnded as ended:
                return self._end(request, ended)
            if access is None:
                return redirect(self._sign_in_url(request))
            return self._answer(access, request, *args, **kwargs)

    def _answer(
        self, access: GuardianAccess, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        extended: Any = request
        extended.audit_label = audit_label(access.account)
        school = access.account.enterprise
        self.access = access
        with (
            use_scope(DatabaseScope(school.pk, NOBODY, operator=False)),
            timezone.override(school.zone),
        ):
            self.guardian = self._find_guardian(kwargs.get("pk"))
            answer = partial(super().dispatch, request, *args, **kwargs)
            response = answer_in_language_of(access.account, request, answer)
        add_never_cache_headers(response)
        return response

    def _find_guardian(self, pk: int | None) -> Guardian:
        """Return the own row with this key, or the first one. Raise Http404."""
        found = next((one for one in self.access.guardians if pk in (None, one.pk)), None)
        if found is None or (self.needs and not getattr(found, self.needs)):
            raise Http404(_("This page does not exist."))
        return found

    def _end(self, request: HttpRequest, ended: SessionEnded) -> HttpResponseBase:
        if not ended.no_access:
            messages.info(request, ended.sentence)
            return redirect(self._sign_in_url(request))
        context = {"remembered_school": remembered_school.get_remembered_school(request)}
        return render(request, "accounts/sign_in/guardians/ended.html", context, status=403)

    def _sign_in_url(self, request: HttpRequest) -> str:
        address = reverse("accounts:guardian_sign_in")
        return f"{address}?{urlencode({'next': request.get_full_path()})}" if request.GET else address

    @property
    def child(self) -> User:
        return self.guardian.person

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        match = self.request.resolver_match
        links = guardian_links(self.guardian, match.view_name if match else "")
        return super().get_context_data(
            guardian=self.guardian,
            child=self.child,
            children=self.access.guardians,
            school=self.access.account.enterprise,
            home_url=reverse("accounts:guardian_home"),
            guardian_undo_url=reverse("accounts:guardian_undo"),
            nav=links,
            nav_phone=links,
            **more,
        )

    def success(self, text: str) -> None:
        messages.success(self.request, text)

    def warning(self, text: str) -> None:
        messages.warning(self.request, text)


def refuse_link(request: HttpRequest) -> HttpResponse:
    """Answer a link that is used, revoked, expired or unknown: all of them get this page."""
    context = {"remembered_school": remembered_school.get_remembered_school(request)}
    return render(request, "accounts/sign_in/guardians/link_invalid.html", context, status=404)
