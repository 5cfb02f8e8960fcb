"""URLs of attendance, included in those of `classes`."""

from django.urls import path

from classes.attendance.codes.urls import urlpatterns as codes
from classes.attendance.thresholds.urls import urlpatterns as thresholds
from classes.attendance.views.appeals import (
    AppealAdd,
    AppealAnswer,
    AppealList,
    AppealPage,
    CreditUndo,
    DifferencesKeep,
    DropExcuse,
    GuestCreditCreate,
)
from classes.attendance.views.guardian_leave import (
    GuardianLeaveAdd,
    GuardianLeaves,
    GuardianLeaveWithdraw,
)
from classes.attendance.views.guardian_marks import GuardianMarks
from classes.attendance.views.leave import (
    LeaveAdd,
    LeaveAnswer,
    LeaveApprove,
    LeaveCalendar,
    LeaveList,
    LeavePage,
    LeaveWithdraw,
)
from classes.attendance.views.leave_files import LeaveFileAdd, LeaveFileDownload
from classes.attendance.views.marks import (
    MarkCorrect,
    MarkDetailPage,
    MarksCorrect,
    RegisterClose,
    RegisterReopen,
)
from classes.attendance.views.policy import CoursePolicyEdit, LessonPolicyEdit
from classes.attendance.views.register import AttendancePage, RegisterFile, RegisterSpreadsheet

urlpatterns = [
    path("lessons/<id:pk>/attendance/", AttendancePage.as_view(), name="attendance"),
    path(
        "lessons/<id:pk>/attendance.xlsx", RegisterSpreadsheet.as_view(suffix=".xlsx"), name="attendance_xlsx"
    ),
    path("lessons/<id:pk>/attendance.csv", RegisterSpreadsheet.as_view(suffix=".csv"), name="attendance_csv"),
    path("lessons/<id:pk>/attendance.json", RegisterFile.as_view(), name="register_json"),
    path("lessons/<id:pk>/attendance/close/", RegisterClose.as_view(), name="register_close"),
    path("lessons/<id:pk>/attendance/reopen/", RegisterReopen.as_view(), name="register_reopen"),
    path("lessons/<id:pk>/attendance/correct/", MarksCorrect.as_view(), name="marks_correct"),
    path("attendance/<id:pk>/", MarkDetailPage.as_view(), name="attendance_row"),
    path("attendance/<id:pk>/correct/", MarkCorrect.as_view(), name="mark_correct"),
    path("lessons/<id:pk>/attendance/excuse/", DropExcuse.as_view(), name="drop_excuse"),
    path("lessons/<id:pk>/attendance/differences/", DifferencesKeep.as_view(), name="differences_keep"),
    path("lessons/<id:pk>/attendance/rules/", LessonPolicyEdit.as_view(), name="lesson_rules"),
    path("courses/<id:pk>/attendance/rules/", CoursePolicyEdit.as_view(), name="course_rules"),
    path("attendance/<id:pk>/appeal/", AppealAdd.as_view(), name="appeal_add"),
    path("attendance/<id:pk>/credit/", GuestCreditCreate.as_view(), name="guest_credit"),
    path("credits/<id:pk>/undo/", CreditUndo.as_view(), name="credit_undo"),
    path("appeals/", AppealList.as_view(), name="appeals"),
    path("appeals/<id:pk>/answer/", AppealAnswer.as_view(), name="appeal_answer"),
    path("appeals/<id:pk>/", AppealPage.as_view(), name="appeal"),
    path("leave/", LeaveList.as_view(), name="leaves"),
    path("leave/new/", LeaveAdd.as_view(), name="leave_add"),
    path("leave/calendar/", LeaveCalendar.as_view(), name="leave_calendar"),
    path("leave/approve/", LeaveApprove.as_view(), name="leave_approve"),
    path("leave/<id:pk>/", LeavePage.as_view(), name="leave"),
    path("leave/<id:pk>/answer/", LeaveAnswer.as_view(), name="leave_answer"),
    path("leave/<id:pk>/files/", LeaveFileAdd.as_view(), name="leave_file_add"),
    path("leave/<id:pk>/files/<id:file>/", LeaveFileDownload.as_view(), name="leave_file"),
    path("leave/<id:pk>/withdraw/", LeaveWithdraw.as_view(), name="leave_withdraw"),
    path("guardian/<id:pk>/attendance/", GuardianMarks.as_view(), name="guardian_marks"),
    path("guardian/<id:pk>/leave/", GuardianLeaves.as_view(), name="guardian_leaves"),
    path("guardian/<id:pk>/leave/new/", GuardianLeaveAdd.as_view(), name="guardian_leave_add"),
    path(
        "guardian/<id:pk>/leave/<id:leave>/withdraw/",
        GuardianLeaveWithdraw.as_view(),
        name="guardian_leave_withdraw",
    ),
    *thresholds,
    *codes,
]
