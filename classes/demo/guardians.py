"""The guardian of the demo school: the mother of its first student, with a sign-in."""

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import Enterprise, Guardian, GuardianAccount, User
from accounts.people.guardians.services import add_guardian
from accounts.sign_in.guardians.names import find_account, name_digests
from classes.demo.school import demo_password

#: With what she signs in at /guardian/sign-in/.
GUARDIAN_NAME = "13800138000"


def ensure_guardian(school: Enterprise, student: User, admin: User) -> None:
    """Add the guardian and her account if they are not there yet."""
    if find_account(school, GUARDIAN_NAME) is not None:
        return
    with transaction.atomic():
        guardian = add_guardian(
            student=student,
            by=admin,
            name=f"{student.nickname[:1]}妈妈",
            relation=Guardian.Relation.MOTHER,
            phone_no=GUARDIAN_NAME,
            e_mail="",
            language="zh-hans",
        )
        account = GuardianAccount(
            enterprise=school,
            sign_in_name=GUARDIAN_NAME,
            name_digest=name_digests(school.pk, GUARDIAN_NAME)[0],
            password=make_password(demo_password()),
            language="zh-hans",
        )
        account.save(force_insert=True)
        guardian.account = account
        guardian.save(update_fields=["account"])
