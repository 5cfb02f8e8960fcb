"""What a school does with its people and with itself. Each act is one transaction: row, operation, trail."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import avatars, objections
from accounts.models import Enterprise, StudentGroup, User
from accounts.roles import STAFF, Role
from accounts.sign_in import ending, sessions, tokens
from accounts.signals import group_changed, later_fields_on
from console.audit.trail import CHANGED, changes, record, record_seen, snapshot
from console.inbox.receive import forget_senders
from console.outbox.models import Operation
from console.outbox.queue import enqueue, resume
from console.policy.models import ApiToken

PERSON_FIELDS = ("role", "nickname", "gender", "avatar", "phone_no", "e_mail")
CONTACTS = ("phone_no", "e_mail")
ERASED = gettext_lazy("The personal data of this person is erased for good. Add a new person.")
TAKEN = gettext_lazy("This user id is taken in your school. Choose another, or change that person.")
GROUP_TAKEN = gettext_lazy("Your school has a group of this name. Choose another name.")
ARCHIVED = gettext_lazy("This group is archived and stays as it is. Restore it first.")
SCHOOL_FIELDS = (
    "name",
    "contact_user",
    "phone_no",
    "e_mail",
    "call_back_url",
    "appid",
    "project_id",
    "secret_id",
)
#: Told to the service when they change; it never says whether it holds the same.
SCHOOL_SECRETS = ("secret_key",)


@transaction.atomic
def register_person(
    *, enterprise: Enterprise, by: User | None, password: str = "", picture: bytes = b"", **fields: Any
) -> User:
    """Make a person and register them at the service (`/user/register`).

    Fields are `user_id`, `role` and those of PERSON_FIELDS; `picture` is an upload in place of an `avatar`.
    With a password the person may sign in here. ValidationError where a field does not hold.
    """
    person = User(enterprise=enterprise, **fields)
    spare_superadmin(person, by)
    set_sign_in(person, password)
    _check_avatar(person)
    person.full_clean(exclude=["password", "login"])
    _insert(person)
    if picture:
        avatars.keep(person, picture)
        person.save(update_fields=["avatar"])
    record("person.add", person, by=by, after=snapshot(person, ("user_id", *PERSON_FIELDS)))
    enqueue("user.register", person, by=by)
    return person


@transaction.atomic
def edit_person(*, person: User, by: User | None, picture: bytes = b"", **fields: Any) -> User:
    """Change a person and tell the service what differs (`/user/profile/modify`)."""
    stored = User.objects.select_for_update().get(pk=person.pk)
    spare_superadmin(stored, by)
    spare_erased(stored)
    before = snapshot(stored, PERSON_FIELDS)
    for name, value in fields.items():
        setattr(person, name, value)
    spare_superadmin(person, by)
    if person.avatar != stored.avatar:
        _check_avatar(person)
    if picture:
        avatars.keep(person, picture)
    person.full_clean(exclude=["password", "login"])
    person.save()
    avatars.tidy(person)
    was, now = changes(before, snapshot(person, PERSON_FIELDS))
    if now:
        record("person.change", person, by=by, before=was, after=now)
        if "role" in now:
            ending.end_all(person, by=by, reason="role")
        enqueue("user.modify" if person.remote_id else "user.register", person, by=by)
    return person


@transaction.atomic
def deactivate_person(*, person: User, by: User | None, reason: str = "") -> None:
    """Close a person's sign-in here. The service has no delete: it keeps the person and their history.

    ValidationError where people would shut themselves out.
    """
    spare_superadmin(person, by)
    if by == person:
        raise ValidationError(_("You cannot deactivate yourself. Ask another administrator."))
    person.is_active = False
    person.save(update_fields=["is_active"])
    record("person.deactivate", person, by=by, reason=reason)
    ending.end_all(person, by=by, reason="deactivated")


@transaction.atomic
def reactivate_person(*, person: User, by: User | None) -> None:
    """Open a person's sign-in again, as it was."""
    spare_superadmin(person, by)
    spare_erased(person)
    person.is_active = True
    person.save(update_fields=["is_active"])
    record("person.reactivate", person, by=by)


@transaction.atomic
def change_password(*, person: User, password: str, by: User | None) -> None:
    """Let a person sign in with this password; an empty one takes the right to sign in away."""
    spare_superadmin(person, by)
    spare_erased(person)
    set_sign_in(person, password)
    person.save(update_fields=["password"])
    record("person.password", person, by=by, after={"password": "changed"})
    sessions.end_all(person, by=by, reason="password")
    if by is not None and by != person:  # whoever sat in this account may have made themselves a token
        tokens.end_all(person, by=by, reason="password")


def set_sign_in(person: User, password: str) -> None:
    if password:
        person.set_password(password)
    else:
        person.set_unusable_password()


def new_token(*, person: User, by: User | None) -> Operation:
    """Ask for a new entry token (`/user/token/update`); the old one and its cards end with it."""
    spare_superadmin(person, by)
    spare_erased(person)
    return _ask("user.token", "person.new_token", person, by)


def withdraw_token(*, token: ApiToken, by: User) -> None:
    """End a REST token of somebody of the school."""
    spare_superadmin(token.user, by)
    tokens.withdraw(token=token, by=by)


def note_reveal(*, person: User, by: User, names: Iterable[str], reason: str = "") -> None:
    """Put on record that somebody saw these contacts of a person whole."""
    record_seen("person.reveal", [person], list(names), by=by, reason=reason)


def spare_superadmin(person: User, by: User | None) -> None:
    """Nobody below a superadmin makes one, or takes one's sign-in or token: it would lift them up."""
    if by is not None and person.role == Role.SUPERADMIN and by.role != Role.SUPERADMIN:
        raise PermissionDenied(_("Only a superadmin may do this to a superadmin."))


def spare_erased(person: User) -> None:
    """What was promised to be forgotten is not filled in again."""
    if person.erased_at:
        raise ValidationError(ERASED)


def _check_avatar(person: User) -> None:
    if person.avatar:
        try:
            avatars.check_address(person.avatar)
        except ValidationError as error:
            raise ValidationError({"avatar": error}) from None


def _insert(person: User) -> None:
    """Of two who add the same user id in one instant, the second is told like anybody who comes later."""
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:
        if not User.objects.filter(enterprise=person.enterprise, user_id=person.user_id).exists():
            raise
        raise ValidationError({"user_id": TAKEN}) from None


def pull_person(*, person: User, by: User | None) -> Operation:
    """Look at what the service has of this person (`/user/info`)."""
    return _ask("user.pull", "person.pull", person, by)


def push_person(*, person: User, by: User | None) -> Operation:
    """Send a person again: register where the service has them not, else all of it."""
    if person.remote_id:
        return _ask("user.modify", "person.push", person, by, {"whole": True})
    return _ask("user.register", "person.push", person, by)


@transaction.atomic
def add_school(*, sdkappid: int, tic_key: str, name: str, by: User | None = None) -> Enterprise:
    """Make a school; the rest of its data is pulled from the service (`/business/info`)."""
    school = Enterprise(sdkappid=sdkappid, name=name, tic_key=tic_key)
    school.full_clean()
    school.save()
    record("school.add", school, by=by, after={"sdkappid": sdkappid, "name": name})
    enqueue("school.pull", school, by=by)
    return school


@transaction.atomic
def edit_school(
    *, school: Enterprise, by: User | None, clear: Iterable[str] = (), **fields: Any
) -> Enterprise:
    """Change a school; what the service keeps too is sent (`/business/modify`, only what differs).

    Emptying a field at the service is an act of its own: name it in `clear`. A new `tic_key` stays
    here: it was changed at the vendor's; the old one goes on verifying callbacks meanwhile.
    """
    stored = Enterprise.objects.select_for_update().get(pk=school.pk)
    before = snapshot(stored)
    if key := fields.pop("tic_key", None):
        school.tic_key_previous, school.tic_key = stored.tic_key, key
    for name, value in fields.items():
        setattr(school, name, value)
    school.full_clean()
    school.save()
    was, now = changes(before, snapshot(school))
    if now:
        record("school.change", school, by=by, before=was, after=now)
    secrets = sorted(set(now) & set(SCHOOL_SECRETS))
    if set(now) & set(SCHOOL_FIELDS) or clear or secrets:
        enqueue("school.modify", school, by=by, args={"clear": sorted(clear), "secrets": secrets})
    if now.get("later_fields"):
        later_fields_on.send(Enterprise, school=school, by=by)
    if "tic_key" in now:
        forget_senders()
        resume(school, reasons=("10217", "10270"))
    return school


@transaction.atomic
def drop_previous_key(*, school: Enterprise, by: User | None) -> bool:
    """Refuse messages signed with the previous `tic_key` from now on. Whether there was one."""
    stored = Enterprise.objects.select_for_update().get(pk=school.pk)
    if not stored.tic_key_previous:
        return False
    stored.tic_key_previous = school.tic_key_previous = None
    stored.save(update_fields=["tic_key_previous"])
    record("school.drop_key", school, by=by, before={"tic_key_previous": CHANGED})
    forget_senders()
    return True


def use_own_callback(*, school: Enterprise, by: User | None) -> Enterprise:
    """Set our own receiver as the school's callback address."""
    return edit_school(school=school, by=by, call_back_url=school.own_callback_url)


def pull_school(*, school: Enterprise, by: User | None) -> Operation:
    """Look at what the service has of this school (`/business/info`)."""
    return _ask("school.pull", "school.pull", school, by)


@transaction.atomic
def save_group(
    *,
    group: StudentGroup,
    students: Iterable[User],
    by: User | None,
    leave: Collection[int] = (),
    conflict_reason: str = "",
) -> StudentGroup:
    """Make or change a group; lessons that name it learn of it by a signal in this transaction. What changes
    nothing is on no record.

    `leave` are ids of lessons that do not follow this change; `group.followed` is what listeners answered.
    ValidationError for an archived group, a name that is taken, or somebody in charge who is no staff;
    Objected (one, too) where somebody would be planned twice and `conflict_reason` is empty.
    """
    stored = StudentGroup.objects.select_for_update().filter(pk=group.pk).first()
    if stored is not None and stored.is_archived:
        raise ValidationError(ARCHIVED)
    _check_teacher(group, stored)
    group.full_clean()
    _save_name(group)
    wanted = {student.pk for student in students if student.role == Role.STUDENT}
    had = set(group.entries.values_list("student_id", flat=True))
    group.students.set(wanted)
    added, removed = wanted - had, had - wanted
    was, now = changes(_named(stored), _named(group))
    objected = objections.allowed({group.pk: (added, removed)}, conflict_reason, leave)
    reason = conflict_reason.strip()[:300] if objected else ""
    if now or added or removed:
        told = {**now, "added": sorted(added), "removed": sorted(removed)}
        action = "group.change" if stored else "group.add"
        record(action, group, by=by, before=was, after=told, reason=reason)
    if added or removed:
        answers = group_changed.send(
            sender=StudentGroup,
            group=group,
            added=added,
            removed=removed,
            by=by,
            leave=leave,
            objected={one.into.pk for one in objected},
            reason=reason,
        )
        group.followed = [answer for _who, answer in answers if answer]
    return group


def _named(group: StudentGroup | None) -> dict[str, Any]:
    """A group as the trail tells of it; nothing of one that is not there yet."""
    if group is None:
        return {}
    return {"name": group.name, "teacher": group.teacher and group.teacher.user_id}


def _check_teacher(group: StudentGroup, stored: StudentGroup | None) -> None:
    """Who is newly put in charge works for the school, and still does."""
    chosen = group.teacher
    if chosen is None or (stored is not None and stored.teacher_id == chosen.pk):
        return
    if chosen.enterprise_id != group.enterprise_id or chosen.role not in STAFF or not chosen.is_active:
        raise ValidationError({"teacher": _("Choose somebody active who works for your school.")})


def _save_name(group: StudentGroup) -> None:
    """Of two who take the same name in one instant, the second is told like anybody who comes later."""
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError:
        alike = StudentGroup.objects.filter(enterprise=group.enterprise_id, name=group.name)
        if not alike.exclude(pk=group.pk).exists():
            raise
        raise ValidationError({"name": GROUP_TAKEN}) from None


@transaction.atomic
def archive_group(*, group: StudentGroup, by: User | None) -> None:
    """Take a group out of use: nobody is offered it any more, lessons that it has stay as they are."""
    _put_away(group, timezone.now(), "group.archive", by)


@transaction.atomic
def restore_group(*, group: StudentGroup, by: User | None) -> None:
    """Take an archived group into use again, with the students that it had."""
    _put_away(group, None, "group.restore", by)


def _put_away(group: StudentGroup, at: datetime | None, action: str, by: User | None) -> None:
    """One who does what is done already changes nothing, and is on no record."""
    there = StudentGroup.objects.filter(pk=group.pk, archived_at__isnull=at is not None)
    if there.update(archived_at=at):
        record(action, group, by=by)
    group.refresh_from_db(fields=["archived_at"])


@transaction.atomic
def delete_group(*, group: StudentGroup, by: User | None) -> None:
    """Delete a group; its students stay, and so do the lessons that they are members of."""
    students = sorted(group.entries.values_list("student_id", flat=True))
    record("group.delete", group, by=by, before={**_named(group), "students": students})
    group.delete()


@transaction.atomic
def _ask(
    kind: str, action: str, subject: User | Enterprise, by: User | None, args: dict[str, Any] | None = None
) -> Operation:
    record(action, subject, by=by)
    return enqueue(kind, subject, by=by, args=args)
