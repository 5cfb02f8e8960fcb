"""The increase in time of every page at ten times the rows, lessons and schools."""

from collections.abc import Callable
from dataclasses import dataclass

from django.test import Client

from accounts.models import Enterprise, Role, User
from bench import planting
from bench.anchored.lists import page
from bench.figures import Figure, medians, ms, report
from bench.service import BEGAN
from classes.models import Attendance, Lesson
from console.policy.tokens import issue_token

BAR = 1.5
#: Running lessons in both schools, so that lists from today on fill their page in both, at any hour.
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
class MeasuredSchool:
    """A school of some size, with a user who reads its pages and its REST lists."""

    school: Enterprise
    browser: Client
    program: Client

    @classmethod
    def build(cls, number: int, *, people: int, past: int, others: int) -> "MeasuredSchool":
        """Create the school, and `others` schools of a tenth of its size beside it."""
        school = planting.create_school(number)
        planting.create_live_lessons(school, number, FULL, BEGAN)
        planting.create_people(school, "x", Role.STUDENT, people)
        planting.create_past_lessons(school, past)
        planting.create_absences(school, "x")
        for other in range(number + 1, number + 1 + others):
            planting.create_people(planting.create_school(other), "x", Role.STUDENT, people // 10)
        alice = User.objects.create(enterprise=school, user_id="alice", role=Role.ADMIN, nickname="Alice")
        browser = Client(SERVER_NAME="127.0.0.1")
        browser.force_login(alice)
        token = {"authorization": f"Token {issue_token(alice)}"}
        return cls(school, browser, Client(SERVER_NAME="127.0.0.1", headers=token))

    def ways(self) -> dict[str, Callable[[], float]]:
        """Return every measured page. Those of a lesson use one that is over."""
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
    small = MeasuredSchool.build(1, people=many, past=many // 10, others=5).ways()
    large = MeasuredSchool.build(100, people=many * 10, past=many, others=50).ways()
    planting.analyze()
    figures = []
    for address, way in small.items():
        few, lots = medians(rounds, _safe(address, way), _safe(address, large[address]))
        figures.append(Figure(f"`{address}`", ms(few), ms(lots), lots / few, BAR))
    marks = Attendance.objects.filter(lesson__enterprise__sdkappid=1_400_000_100).count()
    note = f"The large school: {many * 10:,} people, {many:,} lessons, {marks:,} marks, 50 schools beside it."
    return report("growth", figures, [note], keep=not quick)


def _safe(address: str, way: Callable[[], float]) -> Callable[[], float]:
    """Add the address to the error of a page that failed."""

    def once() -> float:
        try:
            return way()
        except Exception as error:
            raise RuntimeError(f"{address}: {error}") from error

    return once
