"""What a sign-in with a provider changes: the link, the role and groups of the rules, and new people."""

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import IdentityLink, IdentityProvider, IdentityRule, StudentGroup, User
from accounts.models.roles import REGISTRABLE, Role
from accounts.people.group_services import save_group
from accounts.people.services import edit_person, register_person
from accounts.school.identity.matching import (
    Identity,
    Refused,
    claim_values,
    claimed_user_id,
    find_person,
    verified_address,
)
from console.audit.trail import record
from console.concurrency import lock_row, service

#: Sessions at the provider that are remembered for each person.
MAX_SESSION_IDS = 10
NAME_CLAIMS = ("name", "nickname", "preferred_username")


@service
def admit(*, identity: Identity) -> User:
    """Return the person who signs in, with the role and groups of the rules. Raise Refused for nobody.

    Accounts that are not in the console are registered if the provider may and a rule gives them a role.
    """
    provider = IdentityProvider.objects.select_related("enterprise").filter(pk=identity.provider.pk).first()
    if provider is None or not provider.is_enabled:
        raise Refused("unknown")
    identity = identity._replace(provider=provider)
    role = next((rule.role for rule in provider.rules.exclude(role="") if _matches(rule, identity)), "")
    person, link = find_person(identity)
    if person is None:
        person = _register(identity, role)
    elif not person.is_active or person.erased_at or person.enterprise_id != provider.enterprise_id:
        raise Refused("inactive")
    person = _apply_role(person, link, role)
    _save_link(identity, person, link, role)
    return User.objects.select_related("enterprise").get(pk=person.pk)


def _matches(rule: IdentityRule, identity: Identity) -> bool:
    return rule.value in claim_values(identity.claims, rule.claim)


def _register(identity: Identity, role: str) -> User:
    """Add a person and register them at iclass through the outbox."""
    user_id = claimed_user_id(identity)
    if not identity.provider.create_people or not user_id:
        raise Refused("unknown")
    if role not in REGISTRABLE:
        raise Refused("role")
    texts = (identity.claims.get(name) for name in NAME_CLAIMS)
    name = next((one.strip() for one in texts if isinstance(one, str) and one.strip()), user_id)
    try:
        return register_person(
            enterprise=identity.provider.enterprise,
            by=None,
            user_id=user_id,
            nickname=name.replace("\0", "")[:60],
            role=role,
            e_mail=verified_address(identity),
        )
    except ValidationError:
        raise Refused("unknown") from None


def _apply_role(person: User, link: IdentityLink | None, role: str) -> User:
    """Give the role of the rules; Refused if the present one came from a rule that matches no more.

    A superadmin is named by iclass, and a visitor is nobody's account: neither changes.
    """
    if person.role == Role.SUPERADMIN:
        return person
    if person.role not in REGISTRABLE:
        raise Refused("role")
    if not role:
        if link is not None and link.role_by_rule and link.role_by_rule == person.role:
            raise Refused("role")
        return person
    if role != person.role and role in REGISTRABLE:
        try:
            return edit_person(person=person, by=None, role=role)
        except ValidationError:  # a person of iclass whom the console could not have entered
            raise Refused("role") from None
    return person


def apply_groups(*, identity: Identity, person: User) -> None:
    """Let a student be in the groups of the rules that match, and in no other group that a rule names.

    Each group is a transaction of its own, so that a conflict of lessons, which is for the office, keeps
    nobody from signing in.
    """
    if person.role != Role.STUDENT:
        return
    rules = list(identity.provider.rules.filter(group__isnull=False, group__archived_at=None))
    named = {rule.group_id for rule in rules if rule.group_id is not None}
    wanted = {rule.group_id for rule in rules if rule.group_id is not None and _matches(rule, identity)}
    present = set(person.student_groups.filter(pk__in=named).values_list("pk", flat=True))
    for group in StudentGroup.objects.filter(pk__in=wanted ^ present).order_by("pk"):
        try:
            _set_membership(group=group, person=person, is_member=group.pk in wanted)
        except ValidationError as error:
            reason = " ".join(error.messages)
            record("provider.group_kept", person, by=None, after={"group": str(group)}, reason=reason)


@service
def _set_membership(*, group: StudentGroup, person: User, is_member: bool) -> None:
    stored = lock_row(group)
    students = set(stored.entries.values_list("student_id", flat=True))
    after = students | {person.pk} if is_member else students - {person.pk}
    if after != students:
        save_group(group=stored, students=User.objects.filter(pk__in=after), by=None)


def _save_link(identity: Identity, person: User, link: IdentityLink | None, role: str) -> None:
    """Remember the account, its present session and the role that a rule gave."""
    if link is None:
        link = IdentityLink.objects.create(
            provider=identity.provider, person=person, subject=identity.subject
        )
        record("provider.link", person, by=None, after={"provider": str(identity.provider)})
    if person.role == role:
        link.role_by_rule = role
    elif link.role_by_rule != person.role:
        link.role_by_rule = ""
    sids = [one for one in link.session_ids if one != identity.session_id]
    link.session_ids = [*sids, identity.session_id][-MAX_SESSION_IDS:] if identity.session_id else sids
    link.used_at = timezone.now()
    link.save(update_fields=["role_by_rule", "session_ids", "used_at"])
