from classes.models.attendance import Attendance, Mark, Observation, Stay
from classes.models.call import Call
from classes.models.course import Course
from classes.models.entry import Entry
from classes.models.lesson import Lesson, Member
from classes.models.recording import Recording

__all__ = [
    "Attendance",
    "Call",
    "Course",
    "Entry",
    "Lesson",
    "Mark",
    "Member",
    "Observation",
    "Recording",
    "Stay",
]
