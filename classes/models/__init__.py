from classes.models.alarm import Alarm
from classes.models.attachment import Attachment
from classes.models.attendance import Attendance, Mark, Observation, Stay
from classes.models.call import Call
from classes.models.course import Course
from classes.models.entry import Entry
from classes.models.feed import Feed, Seat, Told
from classes.models.footage import Footage
from classes.models.imports import TimetableImport, TimetableRow
from classes.models.judged import Appeal, Correction, Credit, Leave, Register
from classes.models.key import LessonKey
from classes.models.lesson import Lesson, Member
from classes.models.recording import Recording
from classes.models.samples import Samples
from classes.models.streak import Streak
from classes.models.tally import Tally
from classes.models.year import Holiday, Term

__all__ = [
    "Alarm",
    "Appeal",
    "Attachment",
    "Attendance",
    "Call",
    "Correction",
    "Course",
    "Credit",
    "Entry",
    "Feed",
    "Footage",
    "Holiday",
    "Leave",
    "Lesson",
    "LessonKey",
    "Mark",
    "Member",
    "Observation",
    "Recording",
    "Register",
    "Samples",
    "Seat",
    "Stay",
    "Streak",
    "Tally",
    "Term",
    "TimetableImport",
    "TimetableRow",
    "Told",
]
