"""What is particular to each kind of identity provider: what its form asks for, and its fixed addresses."""

import re
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import IdentityProvider

Kind = IdentityProvider.Kind
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


#: Of DingTalk, Feishu and WeCom: letters, digits and signs, as they stand in addresses.
PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
OWN_DEPLOYMENT = _("Only for a deployment of your own; else leave it empty.")


class KindFacts(NamedTuple):
    """`issuer` is the template of a fixed address; `asks_issuer` and `tenant_label` are questions of forms;
    an issuer with an `issuer_help` may stay empty.

    `verified` names the claims of which one has to be true before an e-mail address counts as the person's.
    """

    icon: str
    advice: str | Promise
    issuer: str = ""
    asks_issuer: bool = False
    issuer_help: str | Promise = ""
    is_openid: bool = True
    is_saml: bool = False
    tenant_label: str | Promise = ""
    tenant_help: str | Promise = ""
    tenant_is_guid: bool = False
    needs_domains: bool = False
    verified: tuple[str, ...] = ("email_verified",)


FACTS: dict[str, KindFacts] = {
    Kind.OIDC: KindFacts(
        icon="login-2",
        advice=_("Any provider with OpenID Connect, such as Keycloak or the portal of a district."),
        asks_issuer=True,
    ),
    Kind.GOOGLE: KindFacts(
        icon="brand-google",
        advice=_("Create an OAuth client of the type “Web application” in the Google Cloud console."),
        issuer="https://accounts.google.com",
        needs_domains=True,
    ),
    Kind.MICROSOFT: KindFacts(
        icon="brand-windows",
        advice=_("Register an application for accounts of your organisation only in Microsoft Entra."),
        issuer="https://login.microsoftonline.com/{tenant}/v2.0",
        tenant_label=_("Directory (tenant) ID"),
        tenant_help=_(
            "The ID of your organisation, such as 3f2a8c1e-…. “common” is not possible: "
            "accounts of every organisation could sign in."
        ),
        tenant_is_guid=True,
        verified=("xms_edov",),
    ),
    Kind.WECOM: KindFacts(
        icon="brand-wechat",
        advice=_("Create an app of your organisation in WeCom, and allow the console's domain for sign-in."),
        asks_issuer=True,
        issuer_help=OWN_DEPLOYMENT,
        is_openid=False,
        tenant_label=_("Agent ID of the app"),
        tenant_help=_("The client ID below is the ID of your organisation (CorpID)."),
    ),
    Kind.DINGTALK: KindFacts(
        icon="message-circle",
        advice=_("Create an internal app of your organisation at DingTalk, with the right to read members."),
        asks_issuer=True,
        issuer_help=OWN_DEPLOYMENT,
        is_openid=False,
        tenant_label=_("ID of the organisation (CorpId)"),
        tenant_help=_("Members of other organisations cannot sign in."),
    ),
    Kind.FEISHU: KindFacts(
        icon="feather",
        advice=_("Create an internal app of your organisation at Feishu, with the right to read user IDs."),
        asks_issuer=True,
        issuer_help=_("Only for Lark (https://open.larksuite.com) or a deployment of your own."),
        is_openid=False,
        tenant_label=_("ID of the organisation (tenant key)"),
        tenant_help=_("Members of other organisations cannot sign in."),
    ),
    Kind.SAML: KindFacts(
        icon="certificate",
        advice=_(
            "Any provider with SAML 2.0, such as Shibboleth, ADFS or the portal of an education authority."
        ),
        is_openid=False,
        is_saml=True,
    ),
}


def is_tenant_id(kind: str, text: str) -> bool:
    """Return whether a text has the form of an organisation's ID at this kind of provider."""
    found = GUID.fullmatch(text) if FACTS[kind].tenant_is_guid else PLAIN_ID.fullmatch(text)
    return found is not None


def facts_of(provider: IdentityProvider) -> KindFacts:
    return FACTS[provider.kind]


def issuer_of(provider: IdentityProvider) -> str:
    """Return the address that the provider must name in its description and in every token."""
    template = facts_of(provider).issuer
    return template.format(tenant=provider.tenant) if template else provider.issuer
