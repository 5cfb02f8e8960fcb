"""The mail server: the one that an operator entered, else that of EMAIL_URL.

The entered one is held to the addresses of `console.guarded_client`, checked whenever a connection is made;
EMAIL_URL is not, because only who runs the machine can set it. Both have MAIL_S seconds for an e-mail.
"""

import smtplib
import socket
import time
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

from console.call_limits import seconds_left
from console.guarded_client import AddressRefused, connect, resolve_host, time_limit
from console.notifications.channels.models import MailServer
from console.policy.database_scope import as_owner

#: Seconds that one e-mail may take.
MAIL_S = 30


class MailServerRefused(OSError):
    """The console must not connect to the mail server. The argument is the reason, as of AddressRefused."""


class UnusableEmail(smtplib.SMTPException):
    """The e-mail cannot be sent to this address, or not in this form; trying again is of no use."""


class LimitedSMTP(smtplib.SMTP):
    """Ends the connection after MAIL_S seconds: the wait for each byte would begin anew with each byte."""

    _limit: ExitStack | None = None

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        due = time.monotonic() + seconds_left(MAIL_S)
        connection = connect(self._address(host, port), port, due)
        connection.settimeout(min(timeout, MAIL_S))
        self._limit = ExitStack()
        self._limit.enter_context(time_limit(connection, due - time.monotonic()))
        return connection

    def _address(self, host: str, port: int) -> str:
        return host

    def close(self) -> None:
        super().close()
        if self._limit is not None:
            self._limit.close()


class LimitedSMTPOverTLS(smtplib.SMTP_SSL, LimitedSMTP):
    """The same, with TLS from the start: smtplib wraps the socket of the class behind it."""


class GuardedSMTP(LimitedSMTP):
    """Connects to the address that was checked, whatever the name leads to by then."""

    def _address(self, host: str, port: int) -> str:
        try:
            return resolve_host(host, port)
        except AddressRefused as error:
            raise MailServerRefused(str(error)) from None


class GuardedSMTPOverTLS(smtplib.SMTP_SSL, GuardedSMTP):
    """The same with TLS."""


class LimitedBackend(EmailBackend):
    """Django's backend of SMTP over the limited classes."""

    @property
    def connection_class(self) -> Any:
        return LimitedSMTPOverTLS if self.use_ssl else LimitedSMTP


class GuardedBackend(EmailBackend):
    """Django's backend of SMTP over the guarded classes."""

    @property
    def connection_class(self) -> Any:
        return GuardedSMTPOverTLS if self.use_ssl else GuardedSMTP


def mail_server() -> MailServer | None:
    """Return the server that an operator entered, or None. Requests have no right to the table."""
    with as_owner():
        return MailServer.objects.first()


def mail_is_set_up() -> bool:
    """Return whether anything can leave by e-mail."""
    if settings.EMAIL_IS_SET_UP:
        return True
    with as_owner():
        return MailServer.objects.exists()


def send_email(message: EmailMessage) -> None:
    """Send an e-mail through the entered server, else through EMAIL_URL. Raise UnusableEmail before."""
    row = mail_server()
    message.connection = connection_to(row)
    if row is not None:
        message.from_email = row.sender
    try:
        message.message()
        for address in (message.from_email, *message.recipients()):
            sanitize_address(address, "utf-8")
    except ValueError as error:
        raise UnusableEmail(type(error).__name__) from None
    message.send()


def connection_to(row: MailServer | None) -> Any:
    """Return a connection to a server, or to that of EMAIL_URL; it is opened when something is sent."""
    if row is None:
        is_smtp = f"{EmailBackend.__module__}.EmailBackend" == settings.EMAIL_BACKEND
        return LimitedBackend() if is_smtp else get_connection()
    return GuardedBackend(
        host=row.host,
        port=row.port,
        username=row.username,
        password=row.password.reveal() if row.password else "",
        use_tls=row.encryption == MailServer.Encryption.STARTTLS,
        use_ssl=row.encryption == MailServer.Encryption.TLS,
        timeout=settings.EMAIL_TIMEOUT,
    )
