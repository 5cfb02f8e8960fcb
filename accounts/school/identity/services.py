"""Services for identity providers and their rules. Each is one transaction that locks the school first."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Enterprise, IdentityLink, IdentityProvider, IdentityRule, StudentGroup, User
from accounts.sign_in.services import end_all_access
from console.audit.trail import diff_snapshots, record, snapshot
from console.concurrency import RowDeleted, changed_fields, lock_row, lock_rows, service, value_digests
from console.vault.forms import check_secret_entered

#: Editable columns of a provider.
PROVIDER_FIELDS = (
    *("name", "issuer", "tenant", "client_id", "client_secret", "mail_domains"),
    *("metadata_url", "sso_url", "slo_url", "certificates"),
    *("match_by", "claim", "create_people", "is_enabled"),
)
#: What says whose accounts these are. They are other ones, at another place, where one of these changes.
ACCOUNT_FIELDS = {"issuer", "tenant", "client_id"}
MAX_PROVIDERS, MAX_RULES = 10, 100


@service
def add_provider(*, kind: str, by: User, **fields: Any) -> IdentityProvider:
    """Add a provider after the others. `fields` are PROVIDER_FIELDS."""
    school = _lock_school(by)
    rows = IdentityProvider.objects.filter(enterprise=school)
    positions = list(rows.values_list("position", flat=True))
    if len(positions) >= MAX_PROVIDERS:
        raise ValidationError(
            _("A school can have at most %(most)d identity providers.") % {"most": MAX_PROVIDERS}
        )
    provider = IdentityProvider(
        enterprise=school, kind=kind, position=max(positions, default=0) + 1, **fields
    )
    provider.full_clean()
    provider.save(force_insert=True)
    record("provider.add", provider, by=by, after=snapshot(provider, ("kind", *PROVIDER_FIELDS)))
    return provider


@service
def change_provider(
    *, provider: IdentityProvider, by: User, seen: Mapping[str, str] | None = None, **fields: Any
) -> IdentityProvider:
    """Change a provider. EditConflict if somebody else changed the same field since `seen`.

    Another issuer, organisation or client means other accounts: those linked so far are unlinked, and what
    was opened with them ends.
    """
    _lock_school(by)
    seen = value_digests(provider, PROVIDER_FIELDS) if seen is None else seen
    stored = lock_row(provider)
    changed = changed_fields(stored, fields, seen)
    if not changed:
        return stored
    if stored.client_secret:  # there is none at SAML 2.0
        check_secret_entered(fields, changed, secret="client_secret", sent_by=ACCOUNT_FIELDS)
    before = snapshot(stored, PROVIDER_FIELDS)
    for name, value in changed.items():
        setattr(stored, name, value)
    stored.full_clean()
    stored.save(update_fields=list(changed))
    old, new = diff_snapshots(before, snapshot(stored, PROVIDER_FIELDS))
    unlinked = _unlink_everybody(stored, by) if ACCOUNT_FIELDS & set(new) else 0
    record("provider.change", stored, by=by, before=old | {"links": unlinked}, after=new)
    return stored


@service
def move_provider(*, provider: IdentityProvider, up: bool, by: User) -> None:
    """Let a provider change places with the one before or after it, if there is one."""
    school = _lock_school(by)
    rows = list(IdentityProvider.objects.select_for_update().filter(enterprise=school))
    here = next((index for index, one in enumerate(rows) if one.pk == provider.pk), None)
    if here is None:
        raise RowDeleted
    there = here - 1 if up else here + 1
    if not 0 <= there < len(rows):
        return
    rows[here], rows[there] = rows[there], rows[here]
    for position, one in enumerate(rows, start=1):
        one.position = position
        one.save(update_fields=["position"])
    record("provider.move", provider, by=by, before={"position": here + 1}, after={"position": there + 1})


@service
def delete_provider(*, provider: IdentityProvider, by: User) -> None:
    """Delete a provider with its rules and links. Nobody is deleted; the access of the linked people ends."""
    _lock_school(by)
    stored = lock_row(provider)
    before = snapshot(stored, ("kind", "name", "issuer", "tenant", "client_id"))
    record("provider.delete", stored, by=by, before=before | {"links": _unlink_everybody(stored, by)})
    stored.delete()


@service
def add_rule(
    *,
    provider: IdentityProvider,
    claim: str,
    value: str,
    by: User,
    role: str = "",
    group: StudentGroup | None = None,
) -> IdentityRule:
    """Add a rule after the others. ValidationError if it gives nothing, or a role that nobody may give."""
    _lock_school(by)
    stored = lock_row(provider)
    if stored.rules.count() >= MAX_RULES:
        raise ValidationError(_("A provider can have at most %(most)d rules.") % {"most": MAX_RULES})
    if group is not None and group.enterprise_id != stored.enterprise_id:
        raise RowDeleted
    if not role and group is None:
        raise ValidationError({"role": _("Choose a role, a group or both.")})
    rule = IdentityRule(provider=stored, claim=claim, value=value, role=role, group=group)
    rule.full_clean()
    rule.save(force_insert=True)
    record("provider.rule_add", stored, by=by, after=_rule_facts(rule))
    return rule


@service
def delete_rule(*, rule: IdentityRule, by: User) -> None:
    """Delete a rule. Roles and groups that it gave stay."""
    _lock_school(by)
    stored = lock_row(rule)
    record("provider.rule_delete", stored.provider, by=by, before=_rule_facts(stored))
    stored.delete()


@service
def unlink_person(*, provider: IdentityProvider, user_id: str, by: User) -> None:
    """Forget which account of the provider a person has, and end their access, which it may have opened.

    The next sign-in finds the person anew.
    """
    _lock_school(by)
    links = IdentityLink.objects.filter(provider=provider, person__user_id=user_id)
    link = links.select_related("person").first()
    if link is None:
        raise ValidationError({"user_id": _("Nobody with this user ID has signed in with this provider.")})
    person = lock_row(link.person)  # before what depends on it, as everywhere
    record("provider.unlink", person, by=by, before={"provider": str(provider)})
    link.delete()
    end_all_access([person], by=by, reason="provider")


def _unlink_everybody(provider: IdentityProvider, by: User) -> int:
    """Forget all accounts of a provider, end the access of their people, and return how many there were."""
    people = lock_rows([link.person for link in provider.links.select_related("person")])
    unlinked: int = provider.links.all().delete()[0]
    end_all_access(people, by=by, reason="provider")
    return unlinked


def _rule_facts(rule: IdentityRule) -> dict[str, Any]:
    group = str(rule.group) if rule.group is not None else ""
    return {"claim": rule.claim, "value": rule.value, "role": rule.role, "group": group}


def _lock_school(by: User) -> Enterprise:
    if by.enterprise is None:
        raise RowDeleted
    stored: Enterprise = lock_row(by.enterprise)
    return stored
