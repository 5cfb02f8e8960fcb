"""Operations about people and schools → the API."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.mirror import OPTIONAL, person_seen, school_seen, wanted_person, wanted_school
from accounts.models import User
from console.iclass import BusinessInfo, Client, IClassError, NewUser, Refused, Unsendable, UserInfo
from console.mirror.drift import asked, decide, differences
from console.outbox.kinds import Kind, Lapsed, Nature, NothingToDo, register
from console.outbox.models import Operation
from console.outbox.queue import resume


@dataclass(frozen=True)
class Entered:
    """How a person was registered: the entry token, and for a repeat what was there before."""

    token: str
    before: UserInfo | None = None

    def __repr__(self) -> str:
        return "Entered(***)"


def _new_user(operation: Operation) -> NewUser:
    person = operation.subject()
    if person.remote_id:
        raise NothingToDo
    optional = {name: getattr(person, name) for name in ("gender", "avatar", "phone_no", "e_mail")}
    return NewUser(
        user_id=person.user_id,
        role=person.role,
        nickname=person.nickname,
        **{name: value for name, value in optional.items() if value},
    )


def _register(client: Client, people: Sequence[NewUser]) -> list[Entered | IClassError]:
    """Register many in one call; who existed before is adopted with a new token (`/user/token/update`)."""
    try:
        registered = client.users.register(people)
    except (Refused, Unsendable):
        if len(people) == 1:
            raise
        # One person whom the service does not accept must not keep out the others of the call.
        half = len(people) // 2
        return [*_register_some(client, people[:half]), *_register_some(client, people[half:])]
    tokens = {one.user_id: one.user_token.reveal() for one in registered.users}
    results: list[Entered | IClassError] = []
    for person in people:
        if person.user_id in tokens:
            results.append(Entered(tokens[person.user_id]))
        elif person.user_id in registered.repeats or registered.error is None:
            results.append(_adopt(client, person.user_id))
        else:
            results.append(registered.error)
    return results


def _register_some(client: Client, people: Sequence[NewUser]) -> list[Entered | IClassError]:
    try:
        return _register(client, people)
    except IClassError as error:
        return [error] * len(people)


def _adopt(client: Client, user_id: str) -> Entered | IClassError:
    try:
        before = client.users.info(user_id)
        return Entered(client.users.new_token(user_id), before)
    except IClassError as error:
        return error


def _registered(operation: Operation, entered: Entered) -> None:
    person = operation.subject()
    person.user_token, person.remote_id = entered.token, person.user_id
    person.save(update_fields=["user_token", "remote_id"])
    if entered.before:
        person_seen(person, entered.before)
        return
    person.observed = wanted_person(person)
    person.save(update_fields=["observed"])


def _profile(operation: Operation) -> tuple[str, dict[str, Any]]:
    person = operation.subject()
    if not person.remote_id:
        raise Lapsed("not_registered")
    wanted = wanted_person(person)
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
        raise Lapsed("not_registered")
    return person.user_id


def _token_given(operation: Operation, token: str) -> None:
    person = operation.subject()
    person.user_token = token
    person.save(update_fields=["user_token"])


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
        resume(school, reasons=("no_private_key",))


def _nothing(operation: Operation) -> None:
    return None


register(
    Kind(
        "user.register",
        Nature.KEYED,
        "user/register",
        prepare=_new_user,
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
