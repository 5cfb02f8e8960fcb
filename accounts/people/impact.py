"""Impact of a person's deactivation. Other apps register what is affected:

@register_impact_source
def find_lessons(person, reader): return [ImpactItem("Tue 09:00 Croquet", "/lessons/7/", "teaches it")]
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.utils.functional import Promise

from accounts.models import User


class ImpactItem(NamedTuple):
    """An affected object: its name, its URL, and the person's part in it."""

    label: str
    url: str
    part: str | Promise


ImpactSource = Callable[[User, Any], list[ImpactItem]]
_sources: list[ImpactSource] = []


def register_impact_source(source: ImpactSource) -> ImpactSource:
    """Register `source(person, reader)`, which returns the items that the reader may see."""
    _sources.append(source)
    return source


def find_impact(person: User, reader: Any) -> list[ImpactItem]:
    return [item for source in _sources for item in source(person, reader)]
