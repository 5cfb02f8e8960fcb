"""The pages of attendance; they hang among those of lessons."""

from django.urls import path

from classes.views.attendance import AttendancePage, AttendanceSheet, RegisterFile
from classes.views.cases import (
    AppealAdd,
    AppealAnswer,
    AppealPage,
    Appeals,
    CreditUndo,
    DropExcuse,
    GuestCredit,
    LeaveAdd,
    Leaves,
    LeaveWithdraw,
)
from classes.views.register import AttendanceRow, MarkCorrect, RegisterClose, RegisterReopen
from classes.views.rules import CourseRules, LessonRules

urlpatterns = [
    path("lessons/<int:pk>/attendance/", AttendancePage.as_view(), name="attendance"),
    path("lessons/<int:pk>/attendance.xlsx", AttendanceSheet.as_view(suffix=".xlsx"), name="attendance_xlsx"),
    path("lessons/<int:pk>/attendance.csv", AttendanceSheet.as_view(suffix=".csv"), name="attendance_csv"),
    path("lessons/<int:pk>/attendance.json", RegisterFile.as_view(), name="register_json"),
    path("lessons/<int:pk>/attendance/close/", RegisterClose.as_view(), name="register_close"),
    path("lessons/<int:pk>/attendance/reopen/", RegisterReopen.as_view(), name="register_reopen"),
    path("attendance/<int:pk>/", AttendanceRow.as_view(), name="attendance_row"),
    path("attendance/<int:pk>/correct/", MarkCorrect.as_view(), name="mark_correct"),
    path("lessons/<int:pk>/attendance/excuse/", DropExcuse.as_view(), name="drop_excuse"),
    path("lessons/<int:pk>/attendance/rules/", LessonRules.as_view(), name="lesson_rules"),
    path("courses/<int:pk>/attendance/rules/", CourseRules.as_view(), name="course_rules"),
    path("attendance/<int:pk>/appeal/", AppealAdd.as_view(), name="appeal_add"),
    path("attendance/<int:pk>/credit/", GuestCredit.as_view(), name="guest_credit"),
    path("credits/<int:pk>/undo/", CreditUndo.as_view(), name="credit_undo"),
    path("appeals/", Appeals.as_view(), name="appeals"),
    path("appeals/<int:pk>/answer/", AppealAnswer.as_view(), name="appeal_answer"),
    path("appeals/<int:pk>/", AppealPage.as_view(), name="appeal"),
    path("leave/", Leaves.as_view(), name="leaves"),
    path("leave/new/", LeaveAdd.as_view(), name="leave_add"),
    path("leave/<int:pk>/withdraw/", LeaveWithdraw.as_view(), name="leave_withdraw"),
]
