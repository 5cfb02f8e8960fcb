"""Pages of the identity providers of a school, for superadmins."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from accounts.models import IdentityProvider, IdentityRule
from accounts.school.identity import services
from accounts.school.identity.app_check import check_app
from accounts.school.identity.check import check_provider
from accounts.school.identity.forms import ProviderForm, RuleForm, UnlinkForm
from accounts.school.identity.kinds import FACTS, Kind, facts_of, issuer_of
from accounts.school.identity.saml import installation
from accounts.school.identity.saml.certificates import facts_of_certificate
from accounts.school.identity.saml.check import check_saml
from accounts.school.identity.saml.claims import usual_name
from accounts.school.identity.saml.configuration import own_addresses
from accounts.school.identity.saml.forms import SamlForm
from accounts.sign_in.reauthentication import ReauthenticationMixin
from console.audit.trail import record
from console.policy import scoped
from console.policy.edit_views import BackView, EditView, RemoveView
from console.policy.views import SchoolView

RESOURCE = "identity_provider"


class ProviderList(SchoolView, TemplateView):
    """The providers of the school in their order, and the kinds that can be added."""

    resource, action = RESOURCE, "list"
    template_name = "accounts/school/identity/providers.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        rows = scoped(IdentityProvider.objects.all(), self.request.user, RESOURCE, "list")
        kinds = [(kind, kind.label, FACTS[kind]) for kind in IdentityProvider.Kind]
        return super().get_context_data(
            title=_("Identity providers"),
            providers=[(one, facts_of(one)) for one in rows.order_by("position", "id")],
            kinds=kinds,
            saml_unavailable=installation.missing_reason(),
            may_add=self.may("add"),
            **more,
        )


class ProviderBase(BackView):
    """Base of pages about one provider of the school."""

    resource, action = RESOURCE, "change"

    @cached_property
    def provider(self) -> IdentityProvider:
        rows = IdentityProvider.objects.select_related("enterprise")
        return self.get_row(rows, pk=self.kwargs["pk"])

    def back_url(self) -> str:
        return reverse("accounts:provider", args=[self.provider.pk])


class ProviderPage(ProviderBase, TemplateView):
    """What is set, the addresses to enter at the provider, the rules, and the test."""

    action = "view"
    template_name = "accounts/school/identity/provider.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        provider = self.provider
        return super().get_context_data(
            title=provider.name,
            provider=provider,
            facts=facts_of(provider),
            issuer=issuer_of(provider),
            rules=list(provider.rules.select_related("group")),
            linked=provider.links.count(),
            certificates=[facts_of_certificate(one) for one in provider.certificates],
            now=timezone.now(),
            claim=usual_name(provider.claim_name) if facts_of(provider).is_saml else provider.claim_name,
            addresses=self._addresses(),
            **more,
        )

    def _addresses(self) -> list[tuple[str, str, str]]:
        """Return name, label and address of what is entered at the provider, or linked from elsewhere."""
        labels = {
            "provider_callback": _("Redirect address"),
            "provider_sign_out": _("Back-channel sign-out address"),
            "provider_sign_in": _("Address that starts a sign-in"),
        }
        build, slug = self.request.build_absolute_uri, self.provider.slug
        start = build(reverse("accounts:provider_sign_in", args=[slug]))
        if facts_of(self.provider).is_saml:
            own = own_addresses(self.provider)
            return [
                ("entity_id", _("Entity ID and address of the metadata"), own.entity_id),
                ("consumer", _("Assertion consumer address (ACS)"), own.consumer),
                ("sign_out", _("Sign-out address (SLO)"), own.sign_out),
                ("start", labels["provider_sign_in"], start),
            ]
        if not facts_of(self.provider).is_openid:  # they have no back channel
            del labels["provider_sign_out"]
        return [
            (name, label, build(reverse(f"accounts:{name}", args=[slug]))) for name, label in labels.items()
        ]


class ProviderFormView(EditView, ReauthenticationMixin):
    """Base of the forms of a provider, whose secret needs reauthentication."""

    resource = RESOURCE
    template_name = "accounts/school/identity/provider_form.html"
    saved_message = gettext_lazy("The identity provider has been saved.")

    def subject(self) -> IdentityProvider:
        raise NotImplementedError

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.subject()}

    def get_form_class(self) -> Any:
        return SamlForm if self.subject().kind == Kind.SAML else ProviderForm


class ProviderAdd(ProviderFormView):
    """Add a provider of one kind after the others."""

    action = "add"

    def subject(self) -> IdentityProvider:
        by: Any = self.request.user
        if self.kwargs["kind"] not in FACTS:
            raise Http404(_("There is no such kind of identity provider."))
        if self.kwargs["kind"] == Kind.SAML and (reason := installation.missing_reason()):
            raise Http404(reason)
        return IdentityProvider(enterprise=by.enterprise, kind=self.kwargs["kind"])

    def back_url(self) -> str:
        return reverse("accounts:providers")

    def save(self, form: Any, by: Any) -> None:
        services.add_provider(kind=self.kwargs["kind"], by=by, **form.cleaned_data)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        label = IdentityProvider.Kind(self.kwargs["kind"]).label
        title = _("Add identity provider: %(kind)s") % {"kind": label}
        return super().get_context_data(title=title, advice=FACTS[self.kwargs["kind"]].advice, **more)


class ProviderEdit(ProviderBase, ProviderFormView):
    """Change a provider."""

    def subject(self) -> IdentityProvider:
        # Read here: validation writes the submitted name into the row.
        self.extra_context = {"title": _("Change “%(name)s”") % {"name": self.provider}}
        return self.provider

    def save(self, form: Any, by: Any) -> None:
        services.change_provider(provider=self.provider, by=by, seen=form.seen, **form.cleaned_data)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(advice=facts_of(self.provider).advice, **more)


class ProviderRemove(ProviderBase, RemoveView, ReauthenticationMixin):
    """Delete a provider after a confirmation."""

    action = "delete"
    saved_message = gettext_lazy("The identity provider has been deleted.")

    def back_url(self) -> str:
        return reverse("accounts:providers")

    def remove(self, by: Any) -> None:
        services.delete_provider(provider=self.provider, by=by)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Delete “%(name)s”?") % {"name": self.provider},
            detail=_(
                "Nobody can sign in with it any more, and whoever has is signed out everywhere. "
                "People keep their accounts, roles and passwords."
            ),
            submit_label=_("Delete"),
            **more,
        )


class ProviderMove(ProviderBase, View):
    """Move a provider up or down by one place."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        by: Any = self.request.user
        up = request.POST.get("direction") == "up"
        services.move_provider(provider=self.provider, up=up, by=by)
        side = "up" if up else "down"
        return redirect(f"{reverse('accounts:providers')}#provider-{pk}-{side}")


class ProviderTest(ProviderBase, View):
    """Fetch the provider's description while the user waits. Changes no data."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        facts = facts_of(self.provider)
        check = check_saml if facts.is_saml else check_provider if facts.is_openid else check_app
        result = check(self.provider)
        record("provider.test", self.provider, by=self.request.user, after={"succeeded": result.succeeded})
        (self.success if result.succeeded else self.warning)(result.message)
        return redirect(self.back_url())


class RuleAdd(ProviderBase, EditView, ReauthenticationMixin):
    """Add a rule after the others."""

    form_class = RuleForm
    saved_message = gettext_lazy("The rule has been added. It applies from the next sign-in on.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"school": self.provider.enterprise}

    def save(self, form: Any, by: Any) -> None:
        services.add_rule(provider=self.provider, by=by, **form.cleaned_data)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Add sign-in rule"), submit_label=_("Add"), **more)


class RuleRemove(ProviderBase, View):
    """Delete a rule."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int, rule: int) -> HttpResponse:
        by: Any = self.request.user
        found = IdentityRule.objects.filter(provider=self.provider, pk=rule).first()
        if found is None:
            raise Http404(_("This does not exist in your school."))
        services.delete_rule(rule=found, by=by)
        self.success(_("The rule has been deleted. Roles and groups that it gave stay."))
        return redirect(self.back_url())


class LinkRemove(ProviderBase, EditView):
    """Unlink a person who has another account at the provider now."""

    form_class = UnlinkForm
    saved_message = gettext_lazy(
        "The account has been unlinked and the person signed out everywhere. The next sign-in finds the "
        "person anew."
    )

    def save(self, form: Any, by: Any) -> None:
        services.unlink_person(provider=self.provider, by=by, **form.cleaned_data)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Unlink a person"), submit_label=_("Unlink"), **more)
