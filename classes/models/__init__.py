from classes.models.absence_streak import AbsenceStreak
from classes.models.alarm import Alarm
from classes.models.attachment import Attachment
from classes.models.attendance import Attendance, Mark, Observation, Stay
from classes.models.attendance_code import AttendanceCode, CodeUse, ReasonKind
from classes.models.call import AbsenceCall
from classes.models.course import Course
from classes.models.cover import Cover, TeacherAbsence
from classes.models.decisions import Appeal, CallbackDifference, Correction, GuestCredit, Register
from classes.models.engagement import EngagementSample
from classes.models.entry import Entry
from classes.models.export_schedule import ExportRun, ExportSchedule
from classes.models.feed import AnnouncedState, Feed, MembershipNotice
from classes.models.grades import GradeRevision, GradeRule
from classes.models.imports import TimetableImport, TimetableRow
from classes.models.leave import Leave
from classes.models.leave_file import LeaveFile
from classes.models.lesson import Lesson, Member
from classes.models.lesson_password import LessonKey
from classes.models.lesson_recording import LessonRecording
from classes.models.mark_count import MarkCount
from classes.models.recording import Recording
from classes.models.report_schedule import ReportSchedule
from classes.models.roll_over import RollOver
from classes.models.subject import Subject
from classes.models.terms import Holiday, Term
from classes.models.threshold import AttendanceWarning, ThresholdRule, WarningFollowUp

__all__ = [
    "Alarm",
    "Appeal",
    "Attachment",
    "Attendance",
    "AttendanceCode",
    "CodeUse",
    "ReasonKind",
    "GradeRevision",
    "GradeRule",
    "AbsenceCall",
    "CallbackDifference",
    "Correction",
    "Course",
    "Cover",
    "GuestCredit",
    "Entry",
    "ExportRun",
    "ExportSchedule",
    "Feed",
    "LessonRecording",
    "Holiday",
    "Leave",
    "LeaveFile",
    "Lesson",
    "LessonKey",
    "Mark",
    "Member",
    "Observation",
    "Recording",
    "Register",
    "ReportSchedule",
    "RollOver",
    "EngagementSample",
    "MembershipNotice",
    "Stay",
    "Subject",
    "AbsenceStreak",
    "MarkCount",
    "TeacherAbsence",
    "Term",
    "TimetableImport",
    "TimetableRow",
    "AnnouncedState",
    "AttendanceWarning",
    "ThresholdRule",
    "WarningFollowUp",
]
