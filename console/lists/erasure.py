"""Erase saved views with the person who made them or whom they look for, and their marks on Today."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q

from console.audit.personal_data import register_scrubber
from console.lists.models import SavedView, WaitingMark


@register_scrubber("waiting_marks")
def scrub_waiting_marks(person: Any) -> int:
    """Forget what the person put off, was given and gave."""
    return WaitingMark.objects.filter(Q(user=person) | Q(given_by=person)).delete()[0]


@register_scrubber("saved_views")
def scrub_saved_views(person: Any) -> int:
    """Delete the person's own views and preferences, and the views of the school that name the person."""
    views = SavedView.objects.filter(enterprise=person.enterprise_id)
    own = views.filter(user=person, is_shared=False).delete()[0]
    texts = {view.pk: _text_of(view) for view in views.exclude(name="")}
    names = [name for name in (person.nickname, person.user_id, person.phone_no, person.e_mail) if name]
    longer = _longer_names(person, names) if texts else []
    naming = [pk for pk, text in texts.items() if mentions(text, names, longer)]
    return own + SavedView.objects.filter(pk__in=naming).delete()[0]


def _text_of(view: SavedView) -> str:
    """Return the name of the view and what it searches for. Stored settings are untrusted."""
    filters = view.settings.get("filters") if isinstance(view.settings, dict) else None
    searched = filters.get("q") if isinstance(filters, dict) else None
    values = searched if isinstance(searched, list) else [searched]
    return "\n".join([view.name, *(value for value in values if isinstance(value, str))])


def _longer_names(person: Any, names: Iterable[str]) -> list[str]:
    """Return the names and user IDs of others in the school that contain one of these names."""
    alike = Q()
    for name in names:
        alike |= Q(nickname__icontains=name) | Q(user_id__icontains=name)
    others = get_user_model()._default_manager.filter(alike, enterprise=person.enterprise_id)
    pairs = others.exclude(pk=person.pk).values_list("nickname", "user_id")
    own = {name.casefold() for name in names}
    return [name for pair in pairs for name in pair if name and name.casefold() not in own]


def mentions(text: str, names: Iterable[str], longer: Iterable[str] = ()) -> bool:
    """Return whether a text has one of the names as a whole word; one in Chinese also amid other characters.

    `longer` are names of others: 陈伟 is not meant where 陈伟明 is written.
    """
    text = text.casefold()
    for other in sorted(longer, key=len, reverse=True):
        text = text.replace(other.casefold(), "\n") if _has_word(text, other.casefold()) else text
    return any(_has_word(text, name.casefold()) for name in names)


def _has_word(text: str, name: str) -> bool:
    start = text.find(name)
    while start >= 0:
        if not _continues(text, start, -1, name) and not _continues(text, start + len(name) - 1, 1, name):
            return True
        start = text.find(name, start + 1)
    return False


def _continues(text: str, place: int, step: int, name: str) -> bool:
    """Return whether the word at an end of the name goes on in this direction.

    Words in letters end at a space or sign; "." and "-" join two parts, as in user IDs. Chinese has no
    spaces: there, only a name of one character must stand alone.
    """
    around = text[place + step :][:2] if step > 0 else text[max(0, place - 2) : place][::-1]
    if not around:
        return False
    if not text[place].isascii():
        return len(name) == 1 and around[0].isalnum()
    if around[0] in ".-":
        around = around[1:]
    return around[:1].isascii() and (around[:1].isalnum() or around[:1] == "_")
