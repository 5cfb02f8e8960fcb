"""Sections of a notification to a guardian: what an app tells guardians of, and its words.

An app registers its sections in a module that its `ready()` imports:
    register_section(Section("absences", heading=..., line=...))
Sections stand in a notice in the order of their registration. Words are built in the active language and time
zone, from facts that JSON can hold.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone, translation

from accounts.models import GuardianNotice

Fact = Mapping[str, Any]
Facts = Mapping[str, list[dict[str, Any]]]


class Section(NamedTuple):
    """A kind of news. `heading` takes the name of the student, `line` one fact."""

    name: str
    heading: Callable[[str], str]
    line: Callable[[Fact], str]


class SectionText(NamedTuple):
    """A section in words."""

    heading: str
    lines: list[str]


_sections: dict[str, Section] = {}


def register_section(section: Section) -> None:
    """Register a section."""
    _sections[section.name] = section


def facts_of(notice: GuardianNotice) -> dict[str, list[dict[str, Any]]]:
    """Return the facts of a notice, decrypted, by section."""
    facts: dict[str, list[dict[str, Any]]] = json.loads(notice.facts.reveal()) if notice.facts else {}
    return facts


def notice_text(notice: GuardianNotice) -> list[SectionText]:
    """Return the sections of a notice in words, in the active language and the zone of its school."""
    facts, child = facts_of(notice), str(notice.guardian.person)
    with timezone.override(notice.enterprise.tz):
        return [
            SectionText(section.heading(child), [section.line(fact) for fact in facts[section.name]])
            for section in _sections.values()
            if facts.get(section.name)
        ]


@contextmanager
def language_of(guardian: Any) -> Any:
    """Speak the language of a guardian."""
    with translation.override(guardian.language or settings.LANGUAGE_CODE):
        yield
