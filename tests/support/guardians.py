"""Guardians of the tests' students, and the browsers in which they are signed in."""

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from accounts.models import Guardian, GuardianAccount, User
from accounts.sign_in.guardians.names import name_digests
from accounts.sign_in.guardians.sessions import KEY

PASSWORD = "croquet at half past four"


def create_guardian(student: User, **fields: Any) -> Guardian:
    """Ada, the mother of a student, who may be told everything; she cannot sign in yet."""
    school: Any = student.enterprise
    values = {
        "name": "Ada Liddell",
        "relation": "mother",
        "phone_no": "13800138000",
        "e_mail": "ada@wonderland.example",
        "language": "en",
    }
    return Guardian.objects.create(enterprise=school, person=student, **values | fields)


def create_account(
    *guardians: Guardian, name: str = "ada@wonderland.example", password: str = ""
) -> GuardianAccount:
    """The account of these rows, as if an e-mailed invitation had been accepted; `password` is a hash."""
    school = guardians[0].enterprise
    account = GuardianAccount(
        enterprise=school,
        sign_in_name=name,
        name_digest=name_digests(school.pk, name)[0],
        e_mail=guardians[0].e_mail,
        password=password or make_password(PASSWORD),
        language="en",
    )
    account.save()
    for one in guardians:
        one.account = account
        one.save(update_fields=["account"])
    return account


def guardian_in(client: Client, account: GuardianAccount) -> Client:
    """The same browser with a session of the guardian, without the time that signing in takes."""
    session, now = client.session, timezone.now().timestamp()
    session[KEY] = {"account": account.pk, "epoch": account.session_epoch}
    session.update({"began_at": now, "seen_at": now})
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def guardian_client(account: GuardianAccount, language: str = "en", **more: Any) -> Client:
    """A browser in which the guardian of an account is signed in."""
    client = Client(headers={"accept-language": language}, **more)
    typed = {
        "name": account.sign_in_name.reveal(),
        "password": PASSWORD,
        "school_name": str(account.enterprise.sdkappid),
    }
    response = client.post("/guardian/sign-in/", typed)
    assert response.status_code == 302, response.content.decode()
    return client
