"""Operations about people and schools → the API."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.mirror import (
    OPTIONAL,
    observed_person,
    person_seen,
    school_seen,
    wanted_person,
    wanted_school,
)
from accounts.models import User
from console.iclass import BusinessInfo, Client, IClassError, NewUser, Refused, Unsendable, UserInfo
from console.mirror.drift import asked, decide, differences
from console.outbox.kinds import Kind, Lapsed, Nature, NothingToDo, register
from console.outbox.models import Operation
from console.outbox.queue import enqueue, resume

#: What a new entry token changes of a row.
TOKEN = ("user_token", "card_number", "card_since")
#: How far the service's clock may be behind ours.
SKEW_S = 300


@dataclass(frozen=True)
class Newcomer:
    """Somebody to be registered: the request, all that we want of them, and when we first sent it before."""

    new: NewUser
    wanted: dict[str, Any]
    sent_at: float | None = None

    @property
    def user_id(self) -> str:
        return self.new.user_id

    def is_met_in(self, before: UserInfo) -> bool:
        """Whether who is there is ours: the same in every field, or made by an answer that we lost."""
        ours = self.sent_at is not None and before.regist_time >= self.sent_at - SKEW_S
        return ours or not differences(self.wanted, observed_person(before), OPTIONAL)


@dataclass(frozen=True)
class Entered:
    """How a person was registered: the entry token, what was sent, and for a repeat what was there before.

    No token where somebody else may be meant: theirs must not end before a person has decided.
    """

    token: str
    before: UserInfo | None = None
    sent: dict[str, Any] | None = None

    def __repr__(self) -> str:
        return "Entered(***)"


def _newcomer(operation: Operation) -> Newcomer:
    person = operation.subject()
    if person.remote_id:
        raise NothingToDo
    optional = {name: getattr(person, name) for name in ("gender", "avatar", "phone_no", "e_mail")}
    new = NewUser(
        user_id=person.user_id,
        role=person.role,
        nickname=person.nickname,
        **{name: value for name, value in optional.items() if value},
    )
    tried = operation.attempts > 1 and operation.first_sent_at
    return Newcomer(new, wanted_person(person), operation.first_sent_at.timestamp() if tried else None)


def _register(client: Client, people: Sequence[Newcomer]) -> list[Entered | IClassError]:
    """Register many in one call; who existed before is adopted, or left to a person where data differ."""
    try:
        registered = client.users.register([one.new for one in people])
    except (Refused, Unsendable):
        if len(people) == 1:
            raise
        # One person whom the service does not accept must not keep out the others of the call.
        half = len(people) // 2
        return [*_register_some(client, people[:half]), *_register_some(client, people[half:])]
    sent = {one.user_id: one.wanted for one in people}
    done: dict[str, Entered | IClassError] = {
        one.user_id: Entered(one.user_token.reveal(), sent=sent.get(one.user_id)) for one in registered.users
    }
    left = [one for one in people if one.user_id not in done]
    for one in left:
        if one.user_id in registered.repeats or registered.error is None:
            done[one.user_id] = _adopt(client, one)
    # A repeat must not keep out the others of the call, where nobody was made because of it.
    others = [one for one in left if one.user_id not in done]
    if others and len(others) < len(people):
        done |= dict(zip((one.user_id for one in others), _register_some(client, others), strict=True))
    return [done.get(one.user_id) or registered.error for one in people]


def _register_some(client: Client, people: Sequence[Newcomer]) -> list[Entered | IClassError]:
    try:
        return _register(client, people)
    except IClassError as error:
        return [error] * len(people)


def _adopt(client: Client, person: Newcomer) -> Entered | IClassError:
    """Who exists is ours with a new token (`/user/token/update`), for the service tells no old one."""
    try:
        before = client.users.info(person.user_id)
        return Entered(client.users.new_token(person.user_id) if person.is_met_in(before) else "", before)
    except IClassError as error:
        return error


def _registered(operation: Operation, entered: Entered) -> None:
    person = operation.subject()
    person.remote_id = person.user_id
    if entered.token:
        person.give_token(entered.token)
    person.save(update_fields=["remote_id", *TOKEN])
    if entered.before:
        person_seen(person, entered.before)
    else:
        person.observed = entered.sent or wanted_person(person)
        person.save(update_fields=["observed"])
    if entered.token and differences(wanted_person(person), person.observed, OPTIONAL):
        # Somebody changed the person since this was sent: the later wish has no command of its own yet.
        enqueue("user.modify", person, by=operation.created_by)


def _profile(operation: Operation) -> tuple[str, dict[str, Any]]:
    person = operation.subject()
    if not person.remote_id:
        raise NothingToDo if operation.args.get("erase") else Lapsed("not_registered")
    wanted = wanted_person(person)
    if operation.args.get("erase"):  # gender cannot be emptied: the document knows two and no none
        return person.user_id, {name: wanted[name] for name in ("nickname", "avatar", "phone_no", "e_mail")}
    changed = {
        name: ours
        for name, (ours, _) in differences(wanted, person.observed, OPTIONAL).items()
        if asked(operation, name)
    }
    if operation.args.get("whole"):
        changed |= {name: ours for name, ours in wanted.items() if ours}
    if not changed:
        raise NothingToDo
    return person.user_id, changed


def _profile_told(operation: Operation, sent: dict[str, Any]) -> None:
    person = operation.subject()
    person.observed |= sent
    person.save(update_fields=["observed"])
    decide(person)


def _modify_profile(client: Client, request: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    user_id, changed = request
    client.users.modify(user_id, **changed)
    return changed


def _user_id(operation: Operation) -> str:
    person: User = operation.subject()
    if not person.remote_id and operation.kind == "user.token":
        raise NothingToDo if person.erased_at else Lapsed("not_registered")
    return person.user_id


def _token_given(operation: Operation, token: str) -> None:
    person = operation.subject()
    if person.erased_at:
        return  # it was asked for to end the old one, and is nobody's
    person.give_token(token)
    person.save(update_fields=TOKEN)


def _person_pulled(operation: Operation, info: UserInfo) -> None:
    person_seen(operation.subject(), info)


def _school_change(operation: Operation) -> dict[str, Any]:
    school = operation.subject()
    clear = operation.args.get("clear", [])
    changed = {
        name: wanted
        for name, (wanted, _) in differences(wanted_school(school), school.observed).items()
        if wanted not in ("", 0) and name not in clear and asked(operation, name)
    }
    for name in operation.args.get("secrets", []):
        if secret := getattr(school, name):
            changed[name] = secret.reveal()
    if not changed and not clear:
        raise NothingToDo
    return {"clear": clear, **changed}


def _modify_school(client: Client, change: dict[str, Any]) -> dict[str, Any]:
    client.business.modify(**change)
    return change


def _school_told(operation: Operation, sent: dict[str, Any]) -> None:
    school = operation.subject()
    emptied = {name: 0 if name in ("appid", "project_id") else "" for name in sent["clear"]}
    told = {name: value for name, value in sent.items() if name in wanted_school(school)}
    school.observed |= told | emptied
    school.save(update_fields=["observed"])
    decide(school)


def _school_pulled(operation: Operation, info: BusinessInfo) -> None:
    school = operation.subject()
    school_seen(school, info)
    if school.private_key:
        resume(school, reasons=("no_private_key", "no_admin_id"))


def _nothing(operation: Operation) -> None:
    return None


register(
    Kind(
        "user.register",
        Nature.KEYED,
        "user/register",
        prepare=_newcomer,
        call=lambda client, person: _register(client, [person])[0],
        call_many=_register,
        record=_registered,
        label=_("Register the person"),
    )
)
register(
    Kind(
        "user.modify",
        Nature.SET_STATE,
        "user/profile/modify",
        _profile,
        _modify_profile,
        _profile_told,
        label=_("Change the person"),
        read=lambda client, operation: client.users.info(operation.subject().user_id),
        learn=_person_pulled,
    )
)
register(
    Kind(
        "user.token",
        Nature.ROTATE,
        "user/token/update",
        _user_id,
        lambda client, user_id: client.users.new_token(user_id),
        _token_given,
        label=_("New entry token"),
    )
)
register(
    Kind(
        "user.pull",
        Nature.SET_STATE,
        "user/info",
        _user_id,
        lambda client, user_id: client.users.info(user_id),
        _person_pulled,
        label=_("Look at the person"),
    )
)
register(
    Kind(
        "school.modify",
        Nature.SET_STATE,
        "business/modify",
        _school_change,
        _modify_school,
        _school_told,
        label=_("Change the school"),
        read=lambda client, _: client.business.info(),
        learn=lambda operation, info: school_seen(operation.subject(), info),
    )
)
register(
    Kind(
        "school.pull",
        Nature.SET_STATE,
        "business/info",
        _nothing,
        lambda client, _: client.business.info(),
        _school_pulled,
        label=_("Look at the school"),
    )
)
