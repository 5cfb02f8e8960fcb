"""The identity providers that a sign-in page offers. `accounts/sign_in/_providers.html` shows them."""

from typing import NamedTuple

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Enterprise, IdentityProvider


class ProviderButton(NamedTuple):
    """A button: where it leads, its label, and the kind of provider.

    `school` is the name of the school that set it up, where the page does not say that already: any school
    can give its provider the name of another one's, and enter a mail domain that is not its own.
    """

    url: str
    label: str
    kind: str
    school: str = ""


def providers_of_school(school: Enterprise | None) -> list[ProviderButton]:
    """Return the enabled providers of a school in their order; none without a school."""
    return _buttons(IdentityProvider.objects.filter(enterprise=school)) if school is not None else []


def providers_of_domain(domain: str) -> list[ProviderButton]:
    """Return the enabled providers of all schools to which a mail domain leads, with their schools."""
    rows = IdentityProvider.objects.filter(mail_domains__contains=[domain])
    return _buttons(rows, with_school=True)


def any_provider() -> bool:
    """Return whether any school has a provider with a mail domain, so that asking for an address helps."""
    return IdentityProvider.objects.filter(is_enabled=True).exclude(mail_domains=[]).exists()


def _buttons(rows: QuerySet[IdentityProvider], *, with_school: bool = False) -> list[ProviderButton]:
    columns = ("slug", "name", "kind", *(("enterprise__name",) if with_school else ()))
    providers = rows.filter(is_enabled=True).order_by("position", "id").values_list(*columns)
    return [
        ProviderButton(reverse("accounts:provider_sign_in", args=[slug]), *others)
        for slug, *others in providers
    ]
