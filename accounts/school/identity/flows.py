"""The classes of allauth by which each kind of provider signs people in."""

from typing import Any

from django.http import HttpRequest

from accounts.models import IdentityProvider
from accounts.school.identity.kinds import Kind
from accounts.school.identity.openid import OpenIDAdapter, OpenIDProvider
from accounts.school.identity.saml.provider import SamlProvider
from accounts.school.identity.workplaces import (
    DingTalkAdapter,
    DingTalkProvider,
    FeishuAdapter,
    FeishuProvider,
    WeComAdapter,
    WeComProvider,
)

PROVIDERS: dict[str, Any] = {
    Kind.OIDC: OpenIDProvider,
    Kind.GOOGLE: OpenIDProvider,
    Kind.MICROSOFT: OpenIDProvider,
    Kind.WECOM: WeComProvider,
    Kind.DINGTALK: DingTalkProvider,
    Kind.FEISHU: FeishuProvider,
    Kind.SAML: SamlProvider,
}
_ADAPTERS: dict[str, Any] = {
    Kind.OIDC: OpenIDAdapter,
    Kind.GOOGLE: OpenIDAdapter,
    Kind.MICROSOFT: OpenIDAdapter,
    Kind.WECOM: WeComAdapter,
    Kind.DINGTALK: DingTalkAdapter,
    Kind.FEISHU: FeishuAdapter,
}


def adapter_for(request: HttpRequest, provider: IdentityProvider) -> Any:
    """Return the adapter of one sign-in."""
    return _ADAPTERS[provider.kind](request, provider)
