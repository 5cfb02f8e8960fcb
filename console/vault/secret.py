"""The type of a secret in memory: it is carried anywhere and told nowhere."""

import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NoReturn, final

from django.utils.translation import gettext

from console.vault import ring
from console.vault.errors import VaultError
from console.vault.ring import Place

MASK: Final = "***"
SHORT = 8


@final
class Secret:
    """A text that str, repr, format, logs, pickle and JSON do not get; only `reveal()` tells it.

    >>> f"{Secret('wonderland')} {Secret('wonderland')!r}"
    '*** ***'

    One that was read from a row stays sealed until it is asked.
    """

    __slots__ = ("__clear", "__place", "__sealed")

    def __init__(self, clear: str) -> None:
        self.__clear: str | None = clear
        self.__sealed: str | None = None
        self.__place: Callable[[], Place] | None = None

    @classmethod
    def from_sealed(cls, sealed: str, place: Callable[[], Place]) -> "Secret":
        """A secret that is opened at `place()` when it is first revealed (VaultError then)."""
        secret = cls("")
        secret.__clear, secret.__sealed, secret.__place = None, sealed, place
        return secret

    def reveal(self) -> str:
        """The clear text. VaultError where the stored value was changed or moved."""
        if self.__clear is None:
            self.__clear = ring.open_sealed(self.__sealed or "", self.place).decode()
        return self.__clear

    @property
    def place(self) -> Place:
        """Where the stored value belongs; VaultError for one that is not stored yet."""
        if self.__place is None:
            raise VaultError("This secret is not stored anywhere yet.")
        return self.__place()

    @property
    def sealed(self) -> str | None:
        """The ciphertext that this was read from, None for one that was typed."""
        return self.__sealed

    @property
    def set_at(self) -> datetime | None:
        """When the stored value was chosen, None for one that is not stored yet."""
        return ring.set_at(self.__sealed) if self.__sealed else None

    @property
    def ends(self) -> str:
        """Its last two characters for people to recognise it by; none of a short one."""
        clear = self.reveal()
        tail = clear[-2:] if len(clear) >= SHORT else ""
        return gettext("ends …%(tail)s") % {"tail": tail}

    def __bool__(self) -> bool:
        return self.__clear != ""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self.reveal().encode(), other.reveal().encode())

    __hash__ = None  # type: ignore[assignment]

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
