"""Views of one's own REST tokens, and of all tokens of a school."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, ListView, TemplateView

from accounts.sign_in import api_tokens
from accounts.sign_in.forms.api_tokens import TokenForm
from accounts.sign_in.reauthentication import ReauthenticationMixin
from accounts.sign_in.services import revoke_user_token
from console.policy.models import ApiToken
from console.policy.views import SchoolView


class MyTokens(SchoolView, ListView):
    resource, action = "token", "list"
    model = ApiToken
    template_name = "accounts/sign_in/my_tokens.html"
    extra_context = {"title": gettext_lazy("My REST tokens")}


@method_decorator(never_cache, name="dispatch")
class TokenAdd(SchoolView, ReauthenticationMixin, FormView):
    """Create a token and show it once. The response is not cached."""

    resource, action = "token", "add"
    form_class = TokenForm
    template_name = "accounts/sign_in/token_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "person": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        texts = {"title": _("New REST token"), "submit_label": _("Create token")}
        return super().get_context_data(**texts, cancel_url=reverse("accounts:my_tokens"), **kwargs)

    def form_valid(self, form: TokenForm) -> HttpResponse:
        person: Any = self.request.user
        fields = {name: form.cleaned_data[name] for name in ("name", "scopes", "days")}
        try:
            token = api_tokens.create_token(person=person, by=person, **fields)
        except ValidationError as error:
            form.add_error(None, " ".join(error.messages))
            return self.form_invalid(form)
        context = {
            "title": _("Your new REST token"),
            "token": token,
            "name": fields["name"],
            "address": f"{settings.PUBLIC_URL.rstrip('/')}/api/v1/",
        }
        return render(self.request, "accounts/sign_in/token_created.html", context)


class TokenOverview(SchoolView, ListView):
    """List every token of the school with its owner, scopes and last use."""

    resource, action = "token", "oversee"
    model = ApiToken
    template_name = "accounts/sign_in/tokens.html"
    extra_context = {"title": gettext_lazy("REST tokens"), "search_label": gettext_lazy("Person or purpose")}

    def get_queryset(self) -> QuerySet[ApiToken]:
        text = self.request.GET.get("q", "").strip()
        rows: QuerySet[ApiToken] = super().get_queryset().select_related("user")
        if not text:
            return rows
        return rows.filter(user__nickname__icontains=text) | rows.filter(name__icontains=text)


class TokenRevoke(SchoolView, TemplateView):
    """Revoke one's own token."""

    resource, action = "token", "delete"
    template_name = "generic/confirm.html"
    list_url_name = "accounts:my_tokens"

    @cached_property
    def token(self) -> ApiToken:
        return self.get_row(ApiToken.objects.select_related("user"), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Revoke the token “%(token)s”?") % {"token": self.token},
            detail=_("Programs that use it are rejected immediately."),
            submit_label=_("Revoke"),
            cancel_url=reverse(self.list_url_name),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.revoke(self.token)
        self.success(_("Revoked. Programs that used it are now rejected."))
        return redirect(self.list_url_name)

    def revoke(self, token: ApiToken) -> None:
        by: Any = self.request.user
        api_tokens.revoke_token(token=token, by=by)


class TokenRevokeOther(TokenRevoke):
    """Revoke any token of the school."""

    action = "withdraw"
    list_url_name = "accounts:tokens"

    def revoke(self, token: ApiToken) -> None:
        by: Any = self.request.user
        revoke_user_token(token=token, by=by)
