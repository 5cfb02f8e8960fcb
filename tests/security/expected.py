"""What an address is about, as the expectations of pages and of REST write it."""

from typing import NamedTuple


class Expected(NamedTuple):
    """`subject` is empty where the address names no row. `who`: "table" asks the policy table, "everybody" is
    open without sign-in, "signed in" is everybody's own account, "inside" asks the table about
    who stands in a school, "guardian" is open to who is signed in as one, "nobody" is open to none.
    `signs_out`: whoever may do it is at the door afterwards."""

    resource: str = ""
    action: str = ""
    subject: str = ""
    who: str = "table"
    signs_out: bool = False


def of(resource: str, action: str) -> Expected:
    return Expected(resource, action)


def about(resource: str, action: str, subject: str = "") -> Expected:
    return Expected(resource, action, subject or resource)


EVERYBODY, SIGNED_IN, NOBODY = Expected(who="everybody"), Expected(who="signed in"), Expected(who="nobody")
#: Pages of guardians: about the child in the address, and the account.
GUARDIAN, OF_GUARDIAN = Expected(who="guardian"), Expected(subject="guardian", who="guardian")


def acts(prefix: str, resource: str, *names: str, subject: str = "") -> dict[str, Expected]:
    """Addresses named `prefix` + action, each about one row."""
    return {f"{prefix}{name}": about(resource, name, subject) for name in names}


def acts_on_one_or_many(prefix: str, resource: str, *names: str) -> dict[str, Expected]:
    """Acts on one row, and on many that are named in the request."""
    return acts(prefix, resource, *names) | {f"{prefix}many_{name}": of(resource, name) for name in names}
