"""Where the service is reached, for the links that it gives out."""

from .store.models import Classroom, Enterprise

_public: list[str] = ["http://127.0.0.1:9000"]


def set_public(url: str) -> None:
    """Scheme and host that links begin with."""
    _public[0] = url.rstrip("/")


def public() -> str:
    """Scheme and host of the service."""
    return _public[0]


def room_of(enterprise: Enterprise) -> str:
    """Scheme and host of an enterprise's classroom."""
    return enterprise.room_url.rstrip("/") or public()


def links(classroom: Classroom) -> dict[str, str]:
    """`teacher_url` (…/0) and `student_url` (…/1)."""
    base = f"{room_of(classroom.enterprise)}/{classroom.enterprise.sdkappid}/{classroom.class_id}"
    return {"teacher_url": f"{base}/0", "student_url": f"{base}/1"}
