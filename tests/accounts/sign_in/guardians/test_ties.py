"""An account of a guardian belongs to who made it: whatever the office edits, imports, undoes and sends.

Each row of a guardian names one person, each address and each card reaches one. After every step, who made
the account of a row is whom the row names, and nobody has set the password of an account of somebody else.
"""

import random
from typing import Any, NamedTuple

import pytest

from accounts.imports.import_type import PEOPLE_IMPORT
from accounts.models import (
    Enterprise,
    Guardian,
    GuardianAccount,
    GuardianInvitation,
    GuardianPasswordRequest,
    Role,
    User,
)
from accounts.people.guardians.services import edit_guardian, guardian_digest
from accounts.sign_in.guardians import mails
from accounts.sign_in.guardians.invitations import Delivery, find_invitation, invite
from accounts.sign_in.guardians.names import name_digests
from accounts.sign_in.guardians.services import accept_invitation, join_account, renew_password
from console.audit.models import AuditEntry
from console.imports.services import apply_import, check_import, undo_import
from console.imports.uploads import create_import
from console.policy.tokens import token_digest
from tests.accounts.imports.conftest import csv_file
from tests.faults.goals import goal
from tests.faults.sizes import SEED, size
from tests.support.cast import create_person
from tests.support.guardians import PASSWORD, create_account, create_guardian
from tests.support.page_client import client_for, page_says

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
HEAD = ["账号", "姓名", "角色", "监护人1姓名", "监护人1电话", "监护人1邮箱"]


class Person(NamedTuple):
    """Somebody who may be named in a row; what is hers reaches her alone."""

    name: str
    misspelt: str
    phones: tuple[str, str]
    addresses: tuple[str, str]

    @property
    def values(self) -> dict[str, str]:
        return {"name": self.name, "phone_no": self.phones[0], "e_mail": self.addresses[0]}


PEOPLE = tuple(
    Person(name, f"{name}e", (f"1380013800{n}", f"1390013900{n}"), (f"{word}@a.example", f"{word}@b.example"))
    for n, (name, word) in enumerate(
        (("Ada Liddell", "ada"), ("Edith Pleasance", "edith"), ("Ina Duckworth", "ina"))
    )
)
OWNERS = {address: one for one in PEOPLE for address in one.addresses}


class Office:
    """A school with three students, what its office does, and who holds which account and link in truth."""

    def __init__(self, school: Enterprise, alice: User, lot: random.Random) -> None:
        self.school, self.alice, self.lot = school, alice, lot
        students = [create_person(school, name, Role.STUDENT) for name in ("dina", "eddie", "flora")]
        self.rows = [create_guardian(one, **PEOPLE[0].values) for one in students]
        self.named = dict.fromkeys((row.pk for row in self.rows), PEOPLE[0])
        self.makers: dict[int, Person] = {}
        self.links: list[tuple[str, Person]] = []
        self.imports: list[tuple[Any, int, Person]] = []
        self.states: set[tuple[Any, ...]] = set()
        self.wrong: list[str] = []

    def step(self) -> None:
        edits = (self.replace, self.replace_in_two, self.load, self.take_back)
        acts = (*edits, *[self.correct, self.forget] * 2, *[self.send] * 4, *[self.open] * 6)
        act = self.lot.choice(acts)
        row = self.lot.choice(self.rows)
        row.refresh_from_db()
        act(row)
        self.check(act.__name__)

    def check(self, act: str) -> None:
        for row in Guardian.objects.select_related("account").order_by("pk"):
            maker = self.makers.get(row.account_id or 0)
            if row.account_id and maker is not self.named[row.pk]:
                self.wrong.append(f"{act}: row {row.pk} shows its student to another")
            children = row.account.guardians.count() if row.account else 0
            has_link = GuardianInvitation.objects.filter(guardian=row, used_at=None, revoked_at=None).exists()
            self.states.add((row.pk, self.named[row.pk].name, maker and maker.name, children, has_link))

    def edit(self, row: Guardian, **values: str) -> None:
        row.refresh_from_db()
        edit_guardian(guardian=row, by=self.alice, seen=guardian_digest(row), **values)

    def replace(self, row: Guardian) -> None:
        self.named[row.pk] = new = self.lot.choice(PEOPLE)
        self.edit(row, **new.values)

    def replace_in_two(self, row: Guardian) -> None:
        self.named[row.pk] = new = self.lot.choice(PEOPLE)
        parts: list[dict[str, str]] = [{"name": new.name}, {"phone_no": new.phones[0]}]
        self.lot.shuffle(parts)
        for part in parts:
            self.edit(row, **part)
        self.edit(row, e_mail=new.addresses[0])

    def correct(self, row: Guardian) -> None:
        """Her name is spelt right, or she has another phone and address."""
        one, place = self.named[row.pk], self.lot.choice((0, 1))
        spelling = {"name": self.lot.choice((one.name, one.misspelt))}
        self.edit(row, **self.lot.choice((spelling, {"phone_no": one.phones[place]},
                                          {"e_mail": one.addresses[place]})))  # fmt: skip

    def send(self, row: Guardian) -> None:
        delivery = self.lot.choice((Delivery.CARD, Delivery.EMAIL))
        issued = invite(guardian=row, by=self.alice, delivery=delivery)
        address = row.e_mail.reveal() if row.e_mail else ""
        recipient = self.named[row.pk] if delivery == Delivery.CARD else OWNERS[address]
        self.links.append((issued.token, recipient))

    def open(self, _row: Guardian) -> None:
        """Who got a link opens it, late or not, and does what the page offers."""
        if not self.links:
            return
        token, person = self.lot.choice(self.links[-3:])
        link = find_invitation(token_digest(token))
        if link is None:
            return
        account = link.renewed_account
        own = [pk for pk, maker in self.makers.items() if maker is person]
        mine = GuardianAccount.objects.filter(pk__in=own).first()
        if mine and not link.account_id and self.lot.random() < 0.5:
            join_account(invitation=link, account=mine)
        elif account is not None:
            renewed = renew_password(invitation=link, password=PASSWORD)
            if renewed and self.makers[renewed.pk] is not person:
                self.wrong.append("open: the password of an account of another was set")
        else:
            name = f"{person.addresses[0]}{self.lot.random()}"
            made = accept_invitation(invitation=link, name=name, password=PASSWORD, language="en")
            if made:
                self.makers[made.pk] = person

    def forget(self, _row: Guardian) -> None:
        """Anybody may say that the password of an account was forgotten."""
        account = GuardianAccount.objects.order_by("?").first()
        if account is None:
            return
        before = set(GuardianInvitation.objects.values_list("pk", flat=True))
        digests = name_digests(self.school.pk, account.sign_in_name.reveal())
        GuardianPasswordRequest.objects.create(enterprise=self.school, digests=digests)
        mails.answer_requests()
        for link in GuardianInvitation.objects.exclude(pk__in=before):
            message = mails.build_invitation(link)
            assert message is not None
            token = str(message.body).partition("/guardian/invitation/")[2].partition("/")[0]
            self.links.append((token, OWNERS[message.to[0]]))

    def load(self, row: Guardian) -> None:
        """A file has the phone of the row, and the name and address of somebody."""
        new, phone = self.lot.choice(PEOPLE), row.phone_no.reveal() if row.phone_no else ""
        line = [row.person.user_id, row.person.nickname, "学生", new.name, phone, new.addresses[0]]
        source = create_import(
            PEOPLE_IMPORT, file=csv_file([HEAD, line]), filename="people.csv", by=self.alice, options={}
        )
        check_import(PEOPLE_IMPORT, source)
        apply_import(PEOPLE_IMPORT, source=source, by=self.alice)
        self.imports.append((source, row.pk, self.named[row.pk]))
        self.named[row.pk] = new

    def take_back(self, _row: Guardian) -> None:
        if not self.imports:
            return
        source, key, former = self.imports.pop()
        source.refresh_from_db()
        before = guardian_digest(Guardian.objects.get(pk=key))
        undo_import(PEOPLE_IMPORT, source=source, by=self.alice)
        if guardian_digest(Guardian.objects.get(pk=key)) != before:
            self.named[key] = former


def test_an_account_belongs_to_who_made_it_whatever_the_office_does(
    school: Enterprise, alice: User, settings: Any
) -> None:
    settings.EMAIL_IS_SET_UP = True
    steps, office = size(full=4000, ci=250), Office(school, alice, random.Random(SEED))
    for _step in range(steps):
        office.step()
    goal("ties of guardians", steps=steps, states=len(office.states), accounts=len(office.makers),
         wrong=len(office.wrong))  # fmt: skip
    assert not office.wrong[:3]
    assert len(office.makers) > steps / 25


def test_another_name_with_another_contact_ends_the_account_and_says_so(
    alice: User, dina: User, ada: Guardian
) -> None:
    account = create_account(ada)
    typed = {"name": "Ada Pleasance", "relation": "mother", "phone_no": "13800138000",
             "e_mail": "ada@wonderland.example", "language": "en"}  # fmt: skip
    office, address = client_for(alice), f"/people/guardians/{ada.pk}/edit/"
    answer = office.post(address, typed | {"seen": guardian_digest(ada)}, follow=True)
    assert not page_says(answer, "This is somebody else now"), "she has married"
    ada.refresh_from_db()
    assert ada.account == account
    typed |= {"name": "Ina Duckworth", "phone_no": "13900139000"}
    answer = office.post(address, typed | {"seen": guardian_digest(ada)}, follow=True)
    assert page_says(answer, "This is somebody else now")
    ada.refresh_from_db()
    assert ada.account is None
    assert not GuardianAccount.objects.exists()
    entry = AuditEntry.objects.get(action="guardian.account_ended")
    assert (entry.before["guardian_account"], entry.reason) == (account.pk, "another_person")


def test_a_link_of_the_office_sets_no_password_of_an_account_with_other_students(
    alice: User, eddie: User, ada: Guardian
) -> None:
    account = create_account(ada, create_guardian(eddie))
    link = invite(guardian=ada, by=alice, delivery=Delivery.EMAIL).invitation
    assert link.renewed_account is None
    assert renew_password(invitation=link, password=PASSWORD) is None
    made = accept_invitation(invitation=link, name="ina@b.example", password=PASSWORD, language="en")
    assert made is not None
    assert [one.person for one in account.guardians.all()] == [eddie]
    assert [one.person for one in made.guardians.all()] == [ada.person]


def test_a_forgotten_password_goes_where_the_guardian_opened_a_link_and_nowhere_after_a_card(
    alice: User, ada: Guardian, settings: Any
) -> None:
    settings.EMAIL_IS_SET_UP = True
    account = create_account(ada)
    edit_guardian(guardian=ada, by=alice, seen=guardian_digest(ada), e_mail="ina@b.example")
    request = {"enterprise": account.enterprise,
               "digests": name_digests(account.enterprise_id, account.sign_in_name.reveal())}  # fmt: skip
    GuardianPasswordRequest.objects.create(**request)
    mails.answer_requests()
    link = GuardianInvitation.objects.get(account=account)
    message = mails.build_invitation(link)
    assert message is not None
    assert message.to == ["ada@wonderland.example"], "what the office typed meanwhile is not hers"
    card = invite(guardian=ada, by=alice, delivery=Delivery.CARD).invitation
    assert renew_password(invitation=card, password=PASSWORD)
    GuardianPasswordRequest.objects.create(**request)
    mails.answer_requests()
    assert not GuardianInvitation.objects.filter(used_at=None, revoked_at=None).exists()
