"""Terms as the academic sessions of OneRoster (accounts.imports.one_roster.sessions)."""

from typing import Any

from accounts.imports.one_roster.sessions import Session, register_session_store
from accounts.models import Enterprise, User
from classes.models import Course, Term
from classes.timetable.terms.services import delete_days, save_days


class TermStore:
    """Reads and writes terms."""

    max_name: int = Term._meta.get_field("name").max_length or 0

    def existing(self, school: Enterprise) -> dict[int, Session]:
        terms = Term.objects.filter(enterprise=school)
        return {term.pk: Session(term.name, term.starts_on, term.ends_on) for term in terms}

    def refusal(self, pk: int | None, session: Session) -> tuple[str, str] | None:
        """A term must not leave out a holiday that lies in it."""
        term = None if pk is None else Term.objects.filter(pk=pk).first()
        if term is None:
            return None
        inside = {"starts_on__gte": session.starts_on, "ends_on__lte": session.ends_on}
        holiday = term.holidays.exclude(**inside).first()
        return ("roster_holiday", holiday.name) if holiday else None

    def store(self, school: Enterprise, pk: int | None, session: Session, by: User | None) -> int:
        days = Term(enterprise=school) if pk is None else Term.objects.get(pk=pk)
        fields: dict[str, Any] = session._asdict()
        saved: int = save_days(days=days, by=by, **fields).pk
        return saved

    def delete_unused(self, pk: int, by: User | None) -> bool:
        term = Term.objects.filter(pk=pk).first()
        if term is None or term.holidays.exists() or Course.objects.filter(term=term).exists():
            return False
        delete_days(days=term, by=by)
        return True


register_session_store(TermStore())
