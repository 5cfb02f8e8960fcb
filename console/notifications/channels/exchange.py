"""Talk to a provider on behalf of a school: tokens, lookups and messages."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.utils import timezone
from django.utils.crypto import salted_hmac

from console.notifications.channels.answers import Answer, Outcome
from console.notifications.channels.calls import Call, Reply, make
from console.notifications.channels.models import MessagingAddress, MessagingApp, MessagingBot
from console.notifications.channels.providers.registry import app_adapter, bot_adapter
from console.vault.keyring import VaultError

#: A token is renewed so long before its end.
TOKEN_RESERVE_S = 300
MAX_TOKEN_S = 24 * 3600
NOT_FOUND = Answer(Outcome.REFUSED, reason="no_address")
SECRET_LOST = Answer(Outcome.REFUSED, reason="secret", pauses_channel=True)


def post_to_bot(bot: MessagingBot, text: str, data: dict[str, Any]) -> Answer:
    """Post a text to a group, or `data` with the text to a webhook."""
    adapter = bot_adapter(bot.provider)
    try:
        call, secrets = adapter.bot_call(bot, text, data), _secrets_of(bot)
    except VaultError:
        return SECRET_LOST
    reply = make(call)
    return reply if isinstance(reply, Answer) else adapter.read(reply, secrets)


def send_to_person(app: MessagingApp, address: str, text: str, uid: str) -> Answer:
    """Send a text to one person, whom the provider knows under `address`."""
    adapter = app_adapter(app.provider)
    reply = _with_token(app, lambda token: adapter.person_call(app, token, address, text, uid))
    return reply if isinstance(reply, Answer) else adapter.read_sent(reply, _app_secrets(app))


def find_address(app: MessagingApp, person: Any, *, use_failures: bool = True) -> str | Answer:
    """Return under which ID the provider knows a person: as stored, else by phone or e-mail.

    Whom it did not find is asked for again on the next day, or once phone or e-mail change. A test of the
    channel asks anyway (`use_failures` off).
    """
    stored = MessagingAddress.objects.filter(person=person, provider=app.provider).first()
    contacts, failed = _digest_of_contacts(person), _digest_of_contacts(person, timezone.now().date())
    try:
        if stored is not None and stored.address and (not stored.is_found or stored.found_for == contacts):
            return str(stored.address.reveal())
    except VaultError:
        return SECRET_LOST
    if use_failures and stored is not None and stored.found_for == failed:
        return NOT_FOUND
    found = look_up(app, person)
    if isinstance(found, str):
        _remember(app, person, found, contacts)
    elif found == NOT_FOUND:
        _remember(app, person, None, failed)
    return found


def _remember(app: MessagingApp, person: Any, address: str | None, found_for: str) -> None:
    values = {"address": address, "is_found": True, "found_for": found_for}
    row, is_new = MessagingAddress.objects.get_or_create(
        person=person, provider=app.provider, defaults=values | {"enterprise_id": app.enterprise_id}
    )
    if not is_new and row.is_found:  # an ID that the school has entered meanwhile stays
        row.address, row.found_for = address, found_for
        row.save(update_fields=["address", "found_for"])


def _digest_of_contacts(person: Any, not_found_on: date | None = None) -> str:
    """Return a digest of phone and e-mail; another one for each day on which they were not found."""
    text = f"{person.phone_no} {person.e_mail}{f' {not_found_on}' if not_found_on else ''}"
    return salted_hmac("messaging address", text, algorithm="sha256").hexdigest()


def look_up(app: MessagingApp, person: Any) -> str | Answer:
    """Ask the provider for the ID of a person; an Answer if there is none."""
    adapter = app_adapter(app.provider)
    answer = NOT_FOUND
    for position in range(len(adapter.lookup_calls(app, "", person.phone_no, person.e_mail))):
        reply = _with_token(
            app,
            lambda token, n=position: adapter.lookup_calls(app, token, person.phone_no, person.e_mail)[n],
        )
        if isinstance(reply, Answer):
            return reply
        if address := adapter.address_in(reply):
            return address
        if adapter.code_of(reply) in adapter.not_found:
            continue
        read = adapter.read(reply, _app_secrets(app))
        if read.outcome is Outcome.LATER:
            return read  # the next way would hide that this one may succeed later
        if read.outcome is not Outcome.DELIVERED:
            answer = read
    return answer


def check_credentials(app: MessagingApp) -> Answer:
    """Fetch a token, to see whether the provider accepts the credentials."""
    token = _token(app, renew=True)
    return token if isinstance(token, Answer) else Answer(Outcome.DELIVERED)


def _with_token(app: MessagingApp, call: Callable[..., Call]) -> Reply | Answer:
    """Make a call with the stored token, once more with a new one if the provider says that it has ended."""
    adapter = app_adapter(app.provider)
    ended = Answer(Outcome.LATER, reason="unreadable", pauses_channel=True)
    for renew in (False, True):
        token = _token(app, renew=renew)
        if isinstance(token, Answer):
            return token
        reply = make(call(token))
        if isinstance(reply, Answer) or adapter.code_of(reply) not in adapter.token_ended:
            return reply
        ended = ended._replace(words=adapter.read(reply, _app_secrets(app)).words)
    return ended


def _token(app: MessagingApp, *, renew: bool) -> str | Answer:
    adapter = app_adapter(app.provider)
    try:
        secrets = _app_secrets(app)  # before anything leaves: the answer may repeat them
        is_valid = app.token_ends_at is not None and app.token_ends_at > timezone.now()
        if is_valid and not renew and (stored := _stored_token(app)):
            return stored
        reply = make(adapter.token_call(app))
    except VaultError:
        return SECRET_LOST
    if isinstance(reply, Answer):
        # A token that did not arrive changed nothing: the message has not left.
        return reply._replace(outcome=Outcome.LATER) if reply.outcome is Outcome.UNKNOWN else reply
    token, seconds = reply.body.get(adapter.token_name), reply.body.get(adapter.seconds_name)
    if not isinstance(token, str) or not token or not isinstance(seconds, int):
        answer = adapter.read(reply, secrets)
        outcome = Outcome.REFUSED if answer.outcome is Outcome.REFUSED else Outcome.LATER
        return answer._replace(outcome=outcome, pauses_channel=True)
    app.token = token
    life = max(0, min(seconds, MAX_TOKEN_S) - TOKEN_RESERVE_S)
    app.token_ends_at = timezone.now() + timedelta(seconds=life)
    if app.pk:  # credentials can be tested before they are stored
        app.save(update_fields=["token", "token_ends_at"])
    return token


def _app_secrets(app: MessagingApp) -> tuple[str, ...]:
    """Return what an answer must not repeat. VaultError if the secret cannot be opened."""
    secret = app.secret.reveal() if app.secret else ""
    return tuple(one for one in (secret, _stored_token(app)) if one)


def _stored_token(app: MessagingApp) -> str:
    """Return the stored token; empty if there is none, or if it cannot be opened: it is fetched again."""
    try:
        return str(app.token.reveal()) if app.token else ""
    except VaultError:
        return ""


def _secrets_of(bot: MessagingBot) -> tuple[str, ...]:
    url = bot.url.reveal() if bot.url else ""
    parts = urlsplit(url)
    keys = [value for _name, value in parse_qsl(parts.query)]
    last = parts.path.rsplit("/", 1)[-1]
    secret = bot.secret.reveal() if bot.secret else ""
    return tuple(one for one in (url, secret, last if len(last) > 8 else "", *keys) if one)
