"""Identity providers of a school, their rules, and the people who signed in with one of them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.enterprise import Enterprise
from accounts.models.group import StudentGroup
from accounts.models.roles import GIVEN, Role
from accounts.models.user import User
from console.vault.fields import SealedField
from console.vault.models import Sealed

SLUG_LENGTH = 16
SLUG_CHARACTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def new_slug() -> str:
    """Return the part of the addresses by which a provider is known; it says nothing about the school."""
    return get_random_string(SLUG_LENGTH, SLUG_CHARACTERS)


class IdentityProvider(Sealed, models.Model):
    """A service with which the people of one school sign in.

    `issuer` is the address of an OpenID Connect provider, or of a deployment of WeCom, DingTalk or Feishu of
    one's own; other addresses follow from the kind. `tenant` is the organisation at Microsoft, DingTalk or
    Feishu, without which people of every organisation could come in, and the app at WeCom.

    At SAML 2.0 `issuer` is the entity ID; people are sent to `sso_url`, answers to a sign-out to `slo_url`,
    and `certificates` (PEM) are those with which the provider may sign: several while it changes them.
    """

    class Kind(models.TextChoices):
        OIDC = "oidc", _("OpenID Connect")
        GOOGLE = "google", _("Google Workspace")
        MICROSOFT = "microsoft", _("Microsoft Entra ID")
        WECOM = "wecom", _("WeCom")
        DINGTALK = "dingtalk", _("DingTalk")
        FEISHU = "feishu", _("Feishu")
        SAML = "saml", _("SAML 2.0")

    class MatchBy(models.TextChoices):
        USER_ID = "user_id", _("user ID")
        E_MAIL = "e_mail", _("e-mail")
        EMPLOYEE_NUMBER = "employee", _("employee number")

    #: The claim that is compared, where the provider names no other.
    DEFAULT_CLAIMS = {  # noqa: RUF012 - a constant, as the enumerations above
        MatchBy.USER_ID: "preferred_username",
        MatchBy.E_MAIL: "email",
        MatchBy.EMPLOYEE_NUMBER: "employee_number",
    }

    # No index of its own: that of the order starts with the school.
    enterprise = models.ForeignKey(
        Enterprise,
        models.CASCADE,
        related_name="identity_providers",
        db_index=False,
        verbose_name=_("school"),
    )
    slug = models.CharField(max_length=SLUG_LENGTH, unique=True, default=new_slug, editable=False)
    kind = models.CharField(pgettext_lazy("provider", "kind"), max_length=12, choices=Kind.choices)
    name = models.CharField(_("label of the button"), max_length=60)
    issuer = models.CharField(_("issuer"), max_length=300, blank=True)
    tenant = models.CharField(_("organisation"), max_length=100, blank=True)
    client_id = models.CharField(_("client ID"), max_length=200, blank=True)
    client_secret = SealedField(_("client secret"), blank=True)
    metadata_url = models.CharField(
        _("address of the metadata"), max_length=500, blank=True, default="", db_default=""
    )
    sso_url = models.CharField(
        _("sign-in address (SSO)"), max_length=500, blank=True, default="", db_default=""
    )
    slo_url = models.CharField(
        _("sign-out address (SLO)"), max_length=500, blank=True, default="", db_default=""
    )
    certificates = ArrayField(
        models.TextField(), default=list, db_default=[], blank=True, verbose_name=_("signing certificates")
    )
    mail_domains = ArrayField(
        models.CharField(max_length=253), default=list, blank=True, verbose_name=_("mail domains")
    )
    match_by = models.CharField(
        _("people are found by"), max_length=8, choices=MatchBy.choices, default=MatchBy.USER_ID
    )
    claim = models.CharField(_("attribute that is compared"), max_length=100, blank=True)
    create_people = models.BooleanField(_("create people on first sign-in"), default=False)
    is_enabled = models.BooleanField(_("enabled"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("identity provider")
        verbose_name_plural = _("identity providers")
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["enterprise", "position", "id"], name="identity_provider_order")]
        constraints = [
            # Addresses are made of it.
            models.CheckConstraint(
                condition=Q(slug__regex="^[a-z0-9]+$"), name="identity_provider_slug_form"
            ),
            models.CheckConstraint(
                condition=Q(kind="saml") | ~Q(client_id=""), name="identity_provider_client_id"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def claim_name(self) -> str:
        """The claim by which people are found."""
        return self.claim or self.DEFAULT_CLAIMS[self.MatchBy(self.match_by)]


class IdentityRule(models.Model):
    """Who has `value` in the attribute `claim` gets a role, or joins a group, at each sign-in.

    The first rule that matches decides about the role; the superadmin is named by iclass, never by a rule.
    """

    provider = models.ForeignKey(
        IdentityProvider, models.CASCADE, related_name="rules", verbose_name=_("identity provider")
    )
    claim = models.CharField(_("attribute"), max_length=100)
    value = models.CharField(_("value"), max_length=200)
    role = models.CharField(_("role"), max_length=12, choices=GIVEN, blank=True)
    group = models.ForeignKey(
        StudentGroup, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("group")
    )

    class Meta:
        verbose_name = _("sign-in rule")
        verbose_name_plural = _("sign-in rules")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(role__in=[Role.SUPERADMIN, Role.VISITOR]), name="identity_rule_role_may_be_given"
            ),
            models.CheckConstraint(
                condition=~Q(role="") | Q(group__isnull=False), name="identity_rule_gives_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim} = {self.value}"

    @property
    def gives(self) -> str | Promise:
        """What the rule gives: a role, a group or both."""
        return " · ".join(str(one) for one in (self.get_role_display(), self.group) if one)


class IdentityLink(models.Model):
    """A person signed in with this account of a provider. `subject` never changes there; names may.

    From then on the person is found by the subject alone, so that an e-mail address or a name that the
    provider gives to somebody else does not open the account of the former owner. `role_by_rule` is the role
    that a rule gave; `session_ids` are those of the last sessions, which the provider may end.
    """

    provider = models.ForeignKey(
        IdentityProvider, models.CASCADE, related_name="links", verbose_name=_("identity provider")
    )
    person = models.ForeignKey(User, models.CASCADE, related_name="identity_links", verbose_name=_("person"))
    subject = models.CharField(_("account at the provider"), max_length=255)
    role_by_rule = models.CharField(_("role by rule"), max_length=12, choices=GIVEN, blank=True)
    session_ids = ArrayField(models.CharField(max_length=255), default=list, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    used_at = models.DateTimeField(_("last used"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("account at an identity provider")
        verbose_name_plural = _("accounts at identity providers")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="identity_subject_once"),
            models.UniqueConstraint(fields=["provider", "person"], name="identity_person_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.person}"
