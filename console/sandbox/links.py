"""Addresses of the service in the links that it returns."""

from console.sandbox.store.models import Classroom, Enterprise

_public: list[str] = ["http://127.0.0.1:9000"]


def set_public_url(url: str) -> None:
    """Return scheme and host that links begin with."""
    _public[0] = url.rstrip("/")


def public_url() -> str:
    """Return scheme and host of the service."""
    return _public[0]


def room_base_url(enterprise: Enterprise) -> str:
    """Return scheme and host of an enterprise's classroom."""
    return enterprise.room_url.rstrip("/") or public_url()


def class_urls(classroom: Classroom) -> dict[str, str]:
    """Return `teacher_url` (…/0) and `student_url` (…/1)."""
    base = f"{room_base_url(classroom.enterprise)}/{classroom.enterprise.sdkappid}/{classroom.class_id}"
    return {"teacher_url": f"{base}/0", "student_url": f"{base}/1"}
