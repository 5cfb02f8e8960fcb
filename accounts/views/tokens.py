"""One's own REST tokens, and all of a school for those who watch over it."""

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

from accounts import services
from accounts.forms import TokenForm
from accounts.sign_in import tokens
from accounts.sign_in.proof import FreshProof
from console.policy.models import ApiToken
from console.policy.pages import SchoolPage


class MyTokens(SchoolPage, ListView):
    resource, action = "token", "list"
    model = ApiToken
    template_name = "accounts/my_tokens.html"
    extra_context = {"title": gettext_lazy("My REST tokens")}


@method_decorator(never_cache, name="dispatch")
class TokenAdd(SchoolPage, FreshProof, FormView):
    """Makes a token and shows it, once: the answer is kept nowhere."""

    resource, action = "token", "add"
    form_class = TokenForm
    template_name = "accounts/token_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "person": self.request.user}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        words = {"title": _("New REST token"), "submit_label": _("Make the token")}
        return super().get_context_data(**words, cancel_url=reverse("accounts:my_tokens"), **more)

    def form_valid(self, form: TokenForm) -> HttpResponse:
        person: Any = self.request.user
        chosen = {name: form.cleaned_data[name] for name in ("name", "scopes", "days")}
        try:
            token = tokens.add(person=person, by=person, **chosen)
        except ValidationError as error:
            form.add_error(None, " ".join(error.messages))
            return self.form_invalid(form)
        context = {
            "title": _("Your new REST token"),
            "token": token,
            "name": chosen["name"],
            "address": f"{settings.PUBLIC_URL.rstrip('/')}/api/v1/",
        }
        return render(self.request, "accounts/token_made.html", context)


class TokenOverview(SchoolPage, ListView):
    """Every token of the school: whose, what it may do, when it was used last."""

    resource, action = "token", "oversee"
    model = ApiToken
    template_name = "accounts/tokens.html"
    extra_context = {"title": gettext_lazy("REST tokens"), "search_label": gettext_lazy("Person or purpose")}

    def get_queryset(self) -> QuerySet[ApiToken]:
        words = self.request.GET.get("q", "").strip()
        rows: QuerySet[ApiToken] = super().get_queryset().select_related("user")
        if not words:
            return rows
        return rows.filter(user__nickname__icontains=words) | rows.filter(name__icontains=words)


class TokenWithdraw(SchoolPage, TemplateView):
    """Ends one of one's own."""

    resource, action = "token", "delete"
    template_name = "generic/confirm.html"
    back = "accounts:my_tokens"

    @cached_property
    def token(self) -> ApiToken:
        return self.find(ApiToken.objects.select_related("user"), pk=self.kwargs["pk"])

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Withdraw the token “%(token)s”?") % {"token": self.token},
            detail=_("Programs that use it are refused from this moment on."),
            submit_label=_("Withdraw"),
            cancel_url=reverse(self.back),
            **more,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.end(self.token)
        self.say(_("Withdrawn. Programs that used it are refused now."))
        return redirect(self.back)

    def end(self, token: ApiToken) -> None:
        by: Any = self.request.user
        tokens.withdraw(token=token, by=by)


class TokenWithdrawOther(TokenWithdraw):
    """Ends one of anybody of the school."""

    action = "withdraw"
    back = "accounts:tokens"

    def end(self, token: ApiToken) -> None:
        by: Any = self.request.user
        services.withdraw_token(token=token, by=by)
