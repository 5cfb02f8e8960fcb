"""Change channels of a school and the mail server. Each service is one transaction with an audit entry."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from console.audit.trail import diff_snapshots, record, snapshot
from console.concurrency import changed_fields, lock_row, service
from console.notifications.channels.queue import send_again
from console.notifications.models import (
    MailServer,
    Message,
    MessagingAddress,
    MessagingApp,
    MessagingBot,
    MessagingSettings,
)
from console.policy.database_scope import as_owner
from console.vault.forms import check_secret_entered

#: Columns of an app on which its token depends.
CREDENTIALS = frozenset(("app_id", "secret", "api_url"))


@service
def save_app(
    *, school: Enterprise, provider: str, by: User, seen: Mapping[str, str] | None = None, **fields: Any
) -> MessagingApp:
    """Add the school's app at a provider, or change it. A new secret ends the use of the stored token."""
    lock_row(school)
    stored = MessagingApp.objects.filter(enterprise=school, provider=provider).first()
    if stored is None:
        stored = MessagingApp(enterprise=school, provider=provider, **fields)
        stored.full_clean(exclude=["enterprise"])
        stored.save(force_insert=True)
        record("channel.add", stored, by=by, after={"provider": provider, **_facts(fields)})
        return stored
    changed = _change(stored, fields, seen)
    if CREDENTIALS & changed.keys():
        stored.token, stored.token_ends_at = None, None
        stored.save(update_fields=["token", "token_ends_at"])
    if {"app_id", "api_url"} & changed.keys():
        _forget_addresses(stored)
    _record_change(stored, changed, by)
    return stored


@service
def add_bot(*, school: Enterprise, by: User, **fields: Any) -> MessagingBot:
    """Add a group bot or a webhook. ValidationError at `name` if the school has one of that name."""
    lock_row(school)
    bot = MessagingBot(enterprise=school, **fields)
    _check_name(bot, bot.name)
    bot.full_clean(exclude=["enterprise"])
    bot.save(force_insert=True)
    record("channel.add", bot, by=by, after=_facts(fields))
    return bot


@service
def edit_bot(
    *, bot: MessagingBot, by: User, seen: Mapping[str, str] | None = None, **fields: Any
) -> MessagingBot:
    """Change a group bot or a webhook."""
    lock_row(bot.enterprise)
    stored = lock_row(bot)
    _check_name(stored, fields.get("name", stored.name))
    changed = _change(stored, fields, seen)
    _record_change(stored, changed, by)
    return stored


@service
def remove_channel(*, channel: MessagingApp | MessagingBot, by: User) -> None:
    """Delete an app or bot with its secrets and messages."""
    stored = lock_row(channel)
    record("channel.delete", stored, by=by, before={"name": str(stored), "provider": stored.provider})
    if isinstance(stored, MessagingApp):
        _forget_addresses(stored)
    stored.delete()


@service
def save_wording(
    *,
    school: Enterprise,
    by: User,
    quiet_from: time | None,
    quiet_until: time | None,
    text_zh: str,
    text_en: str,
    seen: Mapping[str, str] | None = None,
) -> MessagingSettings:
    """Save the quiet hours and the wording of the school's messages."""
    lock_row(school)
    stored, _is_new = MessagingSettings.objects.get_or_create(enterprise=school)
    fields = {
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
        "text_zh": text_zh,
        "text_en": text_en,
    }
    _record_change(stored, _change(stored, fields, seen), by)
    return stored


@service
def save_addresses(*, person: User, by: User, **addresses: Any) -> None:
    """Save the IDs by provider under which a person is known there. An empty one is looked up again."""
    stored = lock_row(person)
    for provider, address in addresses.items():
        if not address:
            MessagingAddress.objects.filter(person=stored, provider=provider).delete()
            continue
        row, _is_new = MessagingAddress.objects.get_or_create(
            person=stored, provider=provider, defaults={"enterprise": stored.enterprise}
        )
        row.address, row.is_found = address, False
        row.save(update_fields=["address", "is_found"])
    if addresses:
        record("channel.address", stored, by=by, after={"apps": sorted(addresses)})


@service
def send_message_again(*, message: Message, by: User) -> bool:
    """Send a message that did not leave; return whether it waits now."""
    stored = lock_row(message)
    if not send_again(Message.objects.filter(pk=stored.pk)):
        return False
    record("channel.send_again", stored, by=by, after={"kind": stored.kind})
    return True


@service
def save_mail_server(*, by: User, seen: Mapping[str, str] | None = None, **fields: Any) -> MailServer:
    """Enter the mail server of the installation, or change it."""
    with as_owner():  # requests have no right to the table
        stored = MailServer.objects.select_for_update().first()
        if stored is None:
            stored = MailServer(**fields)
            stored.full_clean()
            stored.save(force_insert=True)
            record("mail_server.change", stored, by=by, after=_facts(fields))
            return stored
        before = snapshot(stored)
        changed = _change(stored, fields, seen)
        old, new = diff_snapshots(before, snapshot(stored))
        if changed:
            record("mail_server.change", stored, by=by, before=old, after=new)
        return stored


@service
def remove_mail_server(*, by: User) -> None:
    """Forget the entered mail server, so that EMAIL_URL applies again."""
    with as_owner():
        stored = MailServer.objects.select_for_update().first()
        if stored is not None:
            record("mail_server.delete", stored, by=by, before={"host": stored.host})
            stored.delete()


def _change(stored: Any, fields: Mapping[str, Any], seen: Mapping[str, str] | None) -> dict[str, Any]:
    """Apply what was edited to a locked row, and return it."""
    changed = changed_fields(stored, fields, seen or {})
    if isinstance(stored, MessagingApp):
        check_secret_entered(fields, changed, secret="secret", sent_by=("app_id", "api_url"))
    if isinstance(stored, MailServer) and stored.password:
        check_secret_entered(fields, changed, secret="password", sent_by=("host", "port", "encryption"))
    for name, value in changed.items():
        setattr(stored, name, value)
    stored.full_clean(exclude=["enterprise"])
    if changed:
        stored.save(update_fields=[*changed])
    return changed


def _forget_addresses(app: MessagingApp) -> None:
    """Another app, or the same at another place, may know somebody else under the same ID."""
    MessagingAddress.objects.filter(enterprise=app.enterprise_id, provider=app.provider).delete()


def _record_change(stored: models.Model, changed: Mapping[str, Any], by: User) -> None:
    if changed:
        record("channel.change", stored, by=by, after=_facts(changed))


def _facts(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the trail keeps of columns; it writes secrets as "changed", and empty ones not at all."""
    return {name: value for name, value in fields.items() if value not in (None, "")}


def _check_name(bot: MessagingBot, name: str) -> None:
    same = MessagingBot.objects.filter(enterprise=bot.enterprise_id, name=name).exclude(pk=bot.pk)
    if same.exists():
        raise ValidationError({"name": _("Your school has a bot of this name.")})
