"""Ten times the rows, lessons and schools: how much longer every page takes."""

from collections.abc import Callable
from dataclasses import dataclass

from django.test import Client

from accounts.models import Enterprise, Role, User
from bench import planting
from bench.anchored.lists import page
from bench.figures import Figure, medians, ms, told
from bench.service import BEGAN
from classes.models import Attendance, Lesson
from console.policy.tokens import issue

BAR = 1.5
#: So many lessons run in either school that lists from today on fill their page in both, at any hour.
FULL = 100
PAGES = (
    "/",
    "/lessons/",
    "/lessons/?q=History",
    "/timetable/",
    "/live/",
    "/alarms/",
    "/people/",
    "/people/?q=小明1",
    "/groups/",
    "/courses/",
    "/reports/school/",
    "/reports/absences/",
    "/recordings/",
    "/courseware/",
    "/sync/sent/",
    "/sync/received/",
    "/sync/differences/",
    "/audit/",
    "/notices/",
)
REST = ("users", "lessons", "groups", "courses", "documents", "recordings", "operations", "callbacks")


@dataclass
class House:
    """A school of some size, with somebody who reads its pages and its REST lists."""

    school: Enterprise
    browser: Client
    program: Client

    @classmethod
    def build(cls, number: int, *, people: int, past: int, others: int) -> "House":
        """`others` schools of a tenth of the size stand beside it."""
        school = planting.school(number)
        planting.live(school, number, FULL, BEGAN)
        planting.people(school, "x", Role.STUDENT, people)
        planting.past(school, past)
        planting.away(school, "x")
        for other in range(number + 1, number + 1 + others):
            planting.people(planting.school(other), "x", Role.STUDENT, people // 10)
        alice = User.objects.create(enterprise=school, user_id="alice", role=Role.ADMIN, nickname="Alice")
        browser = Client(SERVER_NAME="127.0.0.1")
        browser.force_login(alice)
        token = {"authorization": f"Token {issue(alice)}"}
        return cls(school, browser, Client(SERVER_NAME="127.0.0.1", headers=token))

    def ways(self) -> dict[str, Callable[[], float]]:
        """Every page that is measured. Those that name a lesson name one that is over."""
        lesson = Lesson.objects.filter(enterprise=self.school, status="end").latest("starts_at")
        found = {address: page(self.browser, address) for address in PAGES}
        found["a lesson"] = page(self.browser, lesson.get_absolute_url())
        found["its register"] = page(self.browser, f"/lessons/{lesson.pk}/attendance/")
        found["a person"] = page(self.browser, lesson.teacher.get_absolute_url())
        for name in REST:
            found[f"/api/v1/{name}/"] = page(self.program, f"/api/v1/{name}/")
        return found


def measure(quick: bool) -> int:
    many, rounds = (200, 1) if quick else (10_000, 7)
    small = House.build(1, people=many, past=many // 10, others=5).ways()
    large = House.build(100, people=many * 10, past=many, others=50).ways()
    planting.analyze()
    figures = []
    for address, way in small.items():
        few, lots = medians(rounds, _safe(address, way), _safe(address, large[address]))
        figures.append(Figure(f"`{address}`", ms(few), ms(lots), lots / few, BAR))
    marks = Attendance.objects.filter(lesson__enterprise__sdkappid=1_400_000_100).count()
    note = f"The large school: {many * 10:,} people, {many:,} lessons, {marks:,} marks, 50 schools beside it."
    return told("growth", figures, [note], keep=not quick)


def _safe(address: str, way: Callable[[], float]) -> Callable[[], float]:
    """Says which page it was that did not come."""

    def once() -> float:
        try:
            return way()
        except Exception as error:
            raise RuntimeError(f"{address}: {error}") from error

    return once
