"""Outbox operations for people and schools."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.mirror.upsert import (
    OPTIONAL_FIELDS,
    desired_person_fields,
    desired_school_fields,
    observed_person_fields,
    upsert_person,
    upsert_school,
)
from accounts.models import User
from console.iclass import BusinessInfo, Client, IClassError, NewUser, Refused, Unsendable, UserInfo
from console.mirror.differences import compare_fields, covers_field, update_sync_state
from console.outbox.kinds import NothingToDo, OperationExpired, OperationKind, RepeatRule, register_kind
from console.outbox.models import Operation
from console.outbox.services import enqueue, resume

#: Columns that a new entry token changes.
TOKEN_COLUMNS = ("user_token", "card_number", "card_since")
#: How far the API's clock may be behind ours.
CLOCK_SKEW_S = 300


@dataclass(frozen=True)
class RegistrationRequest:
    """A registration: the request, all desired fields, and for a repeat the time of the first attempt."""

    new: NewUser
    desired: dict[str, Any]
    sent_at: float | None = None

    @property
    def user_id(self) -> str:
        return self.new.user_id

    def matches_remote(self, before: UserInfo) -> bool:
        """Return whether the remote person is ours: equal in every field, or created by a lost attempt."""
        ours = self.sent_at is not None and before.regist_time >= self.sent_at - CLOCK_SKEW_S
        return ours or not compare_fields(self.desired, observed_person_fields(before), OPTIONAL_FIELDS)


@dataclass(frozen=True)
class RegisteredPerson:
    """Result of a registration: the entry token, the fields sent, and for a repeat the previous remote state.

    The token is empty if the remote person may be somebody else: their token must stay valid until a user
    decides.
    """

    token: str
    before: UserInfo | None = None
    sent: dict[str, Any] | None = None

    def __repr__(self) -> str:
        return "RegisteredPerson(***)"


def _prepare_registration(operation: Operation) -> RegistrationRequest:
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
    first_sent = operation.first_sent_at if operation.attempts > 1 else None
    return RegistrationRequest(
        new, desired_person_fields(person), first_sent.timestamp() if first_sent else None
    )


def _register(client: Client, people: Sequence[RegistrationRequest]) -> list[RegisteredPerson | IClassError]:
    """Register many people in one call. An existing user ID is adopted, or left undecided if data differ."""
    try:
        registered = client.users.register([person.new for person in people])
    except (Refused, Unsendable):
        if len(people) == 1:
            raise
        # Bisect: one rejected person must not block the others of the call.
        half = len(people) // 2
        return [*_register_some(client, people[:half]), *_register_some(client, people[half:])]
    sent = {person.user_id: person.desired for person in people}
    done: dict[str, RegisteredPerson | IClassError] = {
        user.user_id: RegisteredPerson(user.user_token.reveal(), sent=sent.get(user.user_id))
        for user in registered.users
    }
    remaining = [person for person in people if person.user_id not in done]
    for person in remaining:
        if person.user_id in registered.repeats or registered.error is None:
            done[person.user_id] = _adopt_person(client, person)
    # If a repeat made the API register nobody, send the others without it.
    others = [person for person in remaining if person.user_id not in done]
    if others and len(others) < len(people):
        done |= dict(zip((person.user_id for person in others), _register_some(client, others), strict=True))
    results: list[Any] = [done.get(person.user_id) or registered.error for person in people]
    return results


def _register_some(
    client: Client, people: Sequence[RegistrationRequest]
) -> list[RegisteredPerson | IClassError]:
    try:
        return _register(client, people)
    except IClassError as error:
        return [error] * len(people)


def _adopt_person(client: Client, person: RegistrationRequest) -> RegisteredPerson | IClassError:
    """Adopt an existing user ID with a new token (`/user/token/update`); the API never returns the old."""
    try:
        before = client.users.info(person.user_id)
        return RegisteredPerson(
            client.users.new_token(person.user_id) if person.matches_remote(before) else "", before
        )
    except IClassError as error:
        return error


def _record_registration(operation: Operation, result: RegisteredPerson) -> None:
    person = operation.locked_subject()
    person.remote_id = person.user_id
    if result.token:
        person.store_entry_token(result.token)
    person.save_mirrored(["remote_id", *TOKEN_COLUMNS])
    if result.before:
        upsert_person(person, result.before)
    else:
        person.observed = result.sent or desired_person_fields(person)
        person.save_mirrored(["observed"])
    if result.token and compare_fields(desired_person_fields(person), person.observed, OPTIONAL_FIELDS):
        # The person was changed after this was sent, and that change has no operation yet.
        enqueue("user.modify", person, by=operation.created_by)


def _prepare_profile_change(operation: Operation) -> tuple[str, dict[str, Any]]:
    person = operation.subject()
    if not person.remote_id:
        raise NothingToDo if operation.args.get("erase") else OperationExpired("not_registered")
    desired = desired_person_fields(person)
    if operation.args.get("erase"):  # the API cannot clear the gender
        return person.user_id, {name: desired[name] for name in ("nickname", "avatar", "phone_no", "e_mail")}
    changed = {
        name: ours
        for name, (ours, _) in compare_fields(desired, person.observed, OPTIONAL_FIELDS).items()
        if covers_field(operation, name)
    }
    if operation.args.get("whole"):
        changed |= {name: ours for name, ours in desired.items() if ours}
    if not changed:
        raise NothingToDo
    return person.user_id, changed


def _record_profile_change(operation: Operation, sent: dict[str, Any]) -> None:
    person = operation.locked_subject()
    person.observed |= sent
    person.save_mirrored(["observed"])
    update_sync_state(person)


def _modify_profile(client: Client, request: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    user_id, changed = request
    client.users.modify(user_id, **changed)
    return changed


def _prepare_user_id(operation: Operation) -> str:
    person: User = operation.subject()
    if not person.remote_id and operation.kind == "user.token":
        raise NothingToDo if person.erased_at else OperationExpired("not_registered")
    return person.user_id


def _record_token(operation: Operation, token: str) -> None:
    person = operation.locked_subject()
    if person.erased_at:
        return  # an erased person's token is renewed only to revoke the old one
    person.store_entry_token(token)
    person.save_mirrored(TOKEN_COLUMNS)


def _record_person(operation: Operation, info: UserInfo) -> None:
    upsert_person(operation.locked_subject(), info)


def _prepare_school_change(operation: Operation) -> dict[str, Any]:
    school = operation.subject()
    clear = operation.args.get("clear", [])
    changed = {
        name: ours
        for name, (ours, _) in compare_fields(desired_school_fields(school), school.observed).items()
        if ours not in ("", 0) and name not in clear and covers_field(operation, name)
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


def _record_school_change(operation: Operation, sent: dict[str, Any]) -> None:
    school = operation.locked_subject()
    cleared = {name: 0 if name in ("appid", "project_id") else "" for name in sent["clear"]}
    changed = {name: value for name, value in sent.items() if name in desired_school_fields(school)}
    school.observed |= changed | cleared
    school.save_mirrored(["observed"])
    update_sync_state(school)


def _record_school(operation: Operation, info: BusinessInfo) -> None:
    school = operation.locked_subject()
    upsert_school(school, info)
    if school.private_key:
        resume(school, reasons=("no_private_key", "no_admin_id"))


def _prepare_nothing(operation: Operation) -> None:
    return None


register_kind(
    OperationKind(
        "user.register",
        RepeatRule.KEYED,
        "user/register",
        prepare=_prepare_registration,
        call=lambda client, person: _register(client, [person])[0],
        call_many=_register,
        record=_record_registration,
        label=_("Register the person"),
    )
)
register_kind(
    OperationKind(
        "user.modify",
        RepeatRule.SET_STATE,
        "user/profile/modify",
        _prepare_profile_change,
        _modify_profile,
        _record_profile_change,
        label=_("Update the person"),
        read=lambda client, operation: client.users.info(operation.subject().user_id),
        learn=_record_person,
    )
)
register_kind(
    OperationKind(
        "user.token",
        RepeatRule.ROTATE,
        "user/token/update",
        _prepare_user_id,
        lambda client, user_id: client.users.new_token(user_id),
        _record_token,
        label=_("Replace entry token"),
    )
)
register_kind(
    OperationKind(
        "user.pull",
        RepeatRule.SET_STATE,
        "user/info",
        _prepare_user_id,
        lambda client, user_id: client.users.info(user_id),
        _record_person,
        label=_("Get the person"),
    )
)
register_kind(
    OperationKind(
        "school.modify",
        RepeatRule.SET_STATE,
        "business/modify",
        _prepare_school_change,
        _modify_school,
        _record_school_change,
        label=_("Update the school"),
        read=lambda client, _: client.business.info(),
        learn=lambda operation, info: upsert_school(operation.locked_subject(), info),
    )
)
register_kind(
    OperationKind(
        "school.pull",
        RepeatRule.SET_STATE,
        "business/info",
        _prepare_nothing,
        lambda client, _: client.business.info(),
        _record_school,
        label=_("Get the school"),
    )
)
