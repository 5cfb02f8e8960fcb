"""Erasing the personal data of somebody who asked for it, in rows, payloads and trail. It is never undone.

The service has no delete. What can be emptied there is emptied (`/user/profile/modify`), the entry token is
ended (`/user/token/update`), and then it is looked at what the service still has (`/user/info`). What it
keeps is said on the page: the account and its user id, gender, recordings, chat and the history of lessons.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from accounts.models import Picture, User
from accounts.services import spare_erased, spare_superadmin
from accounts.sign_in import sessions
from console.audit.personal import erase, scrubber
from console.audit.trail import record
from console.inbox.models import Callback
from console.mirror.models import Ignored
from console.notices.models import Notice
from console.outbox.models import Operation
from console.outbox.queue import enqueue, open_operations, supersede
from console.policy.models import ApiToken
from console.policy.scope import as_owner

NAME = gettext_noop("Erased person")
#: What a payload may say of the person besides their user id.
PERSONAL = ("nickname", "nick_name", "avatar", "phone_no", "e_mail", "gender", "user_sig", "user_token")


def erased_name() -> str:
    """The name in place of the erased one, in the language of the installation."""
    with override(settings.LANGUAGE_CODE):
        return _(NAME)


@transaction.atomic
def erase_person(*, person: User, by: User | None, reason: str) -> dict[str, int]:
    """Erase a person for good and tell the service; answers how many rows of each sort lost something.

    The row, its user id and its marks stay, for lessons and the trail name them. ValidationError for oneself
    and where it was done before.
    """
    stored = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    spare_superadmin(stored, by)
    spare_erased(stored)
    if by == stored:
        raise ValidationError(_("You cannot erase yourself. Ask another administrator."))
    sessions.end_all(stored, by=by, reason="erased")
    supersede(open_operations(stored))
    with as_owner():  # evidence and payloads are closed to requests
        done = erase(stored)
    _empty(stored)
    record("person.erase", stored, by=by, after=done, reason=reason)
    if stored.remote_id or open_operations(stored).exists():
        enqueue("user.modify", stored, by=by, args={"erase": True})
        enqueue("user.token", stored, by=by)
        enqueue("user.pull", stored, by=by)
    person.refresh_from_db()
    return done


def _empty(person: User) -> None:
    """Nothing of the row says who this was, and nobody signs in or enters with it."""
    person.nickname = erased_name()
    person.gender = person.avatar = person.phone_no = person.e_mail = person.language = ""
    person.observed = {name: value for name, value in person.observed.items() if name == "role"}
    person.user_token = person.card_since = None
    person.is_active, person.erased_at = False, timezone.now()
    person.set_unusable_password()
    person.save()


@scrubber("sign_in")
def _sign_in(person: User) -> int:
    """Second factors, accounts of single sign-on, REST tokens."""
    rows = (
        Authenticator.objects.filter(user=person),
        SocialAccount.objects.filter(user=person),
        ApiToken.objects.filter(user=person),
    )
    return sum(found.delete()[0] for found in rows)


@scrubber("pictures")
def _pictures(person: User) -> int:
    return Picture.objects.filter(person=person).delete()[0]


@scrubber("operations")
def _operations(person: User) -> int:
    """What was sent is not stored; only the name stands on the desk."""
    about = Operation.objects.filter(subject_type=User._meta.label_lower, subject_id=person.pk)
    return about.update(subject_label=erased_name())


@scrubber("differences")
def _differences(person: User) -> int:
    left = Ignored.objects.filter(subject_type=User._meta.label_lower, subject_id=person.pk)
    return left.delete()[0]


@scrubber("notices")
def _notices(person: User) -> int:
    """Those to the person, and those that name them."""
    mine = Notice.objects.filter(person=person).delete()[0]
    named = Notice.objects.filter(enterprise=person.enterprise).extra(
        where=["jsonb_path_exists(args, '$.** ? (@ == $name)', jsonb_build_object('name', %s::text))"],
        params=[person.nickname],
    )
    return mine + named.delete()[0]


@scrubber("tables_log")
def _tables_log(person: User) -> int:
    """The Django admin notes whom somebody changed by name."""
    about = LogEntry.objects.filter(content_type__app_label="accounts", content_type__model="user")
    return about.filter(object_id=str(person.pk)).update(object_repr=erased_name(), change_message="")


@scrubber("callbacks")
def _callbacks(person: User) -> int:
    """What the service called back about the person, apart from their user id."""
    ids = _mentioning("inbox_callback", "body", person)
    return scrub_json(Callback.objects.filter(pk__in=ids), "body", person.user_id)


def scrub_json(rows: Any, column: str, user_id: str) -> int:
    """Take a person's own words out of a JSON column, wherever an object names their user id."""
    changed = 0
    for row in rows.iterator(chunk_size=500):
        before = getattr(row, column)
        after = without(before, user_id)
        if after != before:
            changed += type(row)._base_manager.filter(pk=row.pk).update(**{column: after})
    return changed


def without(value: Any, user_id: str) -> Any:
    """The value with the PERSONAL fields of every object about this user id emptied."""
    if isinstance(value, list):
        return [without(one, user_id) for one in value]
    if not isinstance(value, dict):
        return value
    about = value.get("user_id") == user_id
    return {
        name: "" if about and name in PERSONAL and inner else without(inner, user_id)
        for name, inner in value.items()
    }


def _mentioning(table: str, column: str, person: User) -> list[int]:
    """The rows of the school whose JSON names the user id anywhere."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {table} WHERE enterprise_id = %s AND jsonb_path_exists({column},"  # noqa: S608
            " '$.**.user_id ? (@ == $id)', jsonb_build_object('id', %s::text))",
            [person.enterprise_id, person.user_id],
        )
        return [row[0] for row in cursor.fetchall()]
