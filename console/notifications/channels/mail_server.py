"""The mail server: the one that an operator entered, else that of EMAIL_URL.

The entered one is held to the addresses of `console.guarded_client`, checked whenever a connection is made;
EMAIL_URL is not, because only who runs the machine can set it.
"""

import smtplib
import socket
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend

from console.guarded_client import AddressRefused, resolve_host
from console.notifications.channels.models import MailServer
from console.policy.database_scope import as_owner


class MailServerRefused(OSError):
    """The console must not connect to the mail server. The argument is the reason, as of AddressRefused."""


class GuardedSMTP(smtplib.SMTP):
    """Connects to the address that was checked, whatever the name leads to by then."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        try:
            address = resolve_host(host, port)
        except AddressRefused as error:
            raise MailServerRefused(str(error)) from None
        return socket.create_connection((address, port), timeout)


class GuardedSMTPOverTLS(smtplib.SMTP_SSL, GuardedSMTP):
    """The same, with TLS from the start: smtplib wraps the socket of the class behind it."""


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
    """Send an e-mail through the entered server, else through EMAIL_URL."""
    row = mail_server()
    if row is None:
        message.connection = get_connection()
    else:
        message.connection, message.from_email = connection_to(row), row.sender
    message.send()


def connection_to(row: MailServer) -> GuardedBackend:
    """Return a connection to a server, which is opened when something is sent."""
    return GuardedBackend(
        host=row.host,
        port=row.port,
        username=row.username,
        password=row.password.reveal() if row.password else "",
        use_tls=row.encryption == MailServer.Encryption.STARTTLS,
        use_ssl=row.encryption == MailServer.Encryption.TLS,
        timeout=settings.EMAIL_TIMEOUT,
    )
