"""How somebody of a sample school signs in: by passkey, app, identity provider, on a known device."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils import timezone

from accounts.models import Enterprise, IdentityLink, IdentityProvider, KnownDevice, Role
from tests.support.cast import create_person


def create_sign_ins(school: Enterprise) -> None:
    """Create a teacher with a row of each kind; nobody asks pages as this person."""
    person = create_person(school, "pat", Role.TEACHER)
    now = timezone.now()
    for kind in (Authenticator.Type.WEBAUTHN, Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES):
        Authenticator.objects.create(user=person, type=kind, data={"name": "Phone", "secret": "sealed"})
    UserSession.objects.create(
        user=person,
        session_key=f"session {school.pk}",
        ip="192.0.2.7",
        user_agent="Firefox",
        last_seen_at=now,
    )
    KnownDevice.objects.create(person=person, digest=f"{school.pk:064d}")
    provider = IdentityProvider.objects.filter(enterprise=school).first()
    if provider is not None:
        IdentityLink.objects.create(provider=provider, person=person, subject="pat at the provider")
