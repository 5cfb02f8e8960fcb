"""The in-memory type of a secret: it can be passed around, and is never printed or serialised."""

import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NoReturn, final

from django.utils.translation import gettext

from console.vault import keyring
from console.vault.keyring import SealedLocation, VaultError

MASK: Final = "***"
MIN_LENGTH_FOR_HINT = 8


@final
class Secret:
    """A text that str, repr, format, logs, pickle and JSON do not show; only `reveal()` returns it.

    >>> f"{Secret('wonderland')} {Secret('wonderland')!r}"
    '*** ***'

    A secret read from a row stays sealed until it is revealed.
    """

    __slots__ = ("__clear", "__place", "__sealed")

    def __init__(self, clear: str) -> None:
        self.__clear: str | None = clear
        self.__sealed: str | None = None
        self.__place: Callable[[], SealedLocation] | None = None

    @classmethod
    def from_sealed(cls, sealed: str, place: Callable[[], SealedLocation]) -> "Secret":
        """Return a secret that is opened at `place()` when first revealed, which may raise VaultError."""
        secret = cls("")
        secret.__clear, secret.__sealed, secret.__place = None, sealed, place
        return secret

    def reveal(self) -> str:
        """Return the clear text. VaultError if the stored value was changed or moved."""
        if self.__clear is None:
            self.__clear = keyring.unseal(self.__sealed or "", self.place).decode()
        return self.__clear

    def comparable(self) -> str:
        """Return the clear text, or the ciphertext if it cannot be opened: that equals itself alone."""
        try:
            return self.reveal()
        except VaultError:
            return self.__sealed or ""

    @property
    def place(self) -> SealedLocation:
        """The location of the stored value; VaultError if it is not stored yet."""
        if self.__place is None:
            raise VaultError("This secret is not stored anywhere yet.")
        return self.__place()

    @property
    def sealed(self) -> str | None:
        """The ciphertext from which this was read, None for a submitted value."""
        return self.__sealed

    @property
    def set_at(self) -> datetime | None:
        """When the stored value was set, None if it is not stored yet."""
        return keyring.set_at(self.__sealed) if self.__sealed else None

    @property
    def ends(self) -> str:
        """Its last two characters, by which people recognise it, if it is long; or why there are none."""
        try:
            clear = self.reveal()
        except VaultError:
            return gettext("A stored secret cannot be opened. Enter it again.")
        tail = clear[-2:] if len(clear) >= MIN_LENGTH_FOR_HINT else ""
        return gettext("ends in …%(tail)s") % {"tail": tail}

    def __bool__(self) -> bool:
        return self.__clear != ""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self.comparable().encode(), other.comparable().encode())

    __hash__ = None  # type: ignore[assignment]  # Python's way to say that it is not hashable

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return MASK

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "Secret":
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A secret cannot be pickled. Pass the id of its row instead.")
