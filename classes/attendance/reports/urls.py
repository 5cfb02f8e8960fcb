"""URLs of the reports: a page and two files each, the attendance matrix, and reports by e-mail."""

from django.urls import path

from classes.attendance.grades.urls import urlpatterns as grades
from classes.attendance.reports.closing import RegistersClose
from classes.attendance.reports.lesson_matrix.views import MatrixFile, MatrixPage, MatrixStudentPage
from classes.attendance.reports.registry import REGISTERS_TO_CLOSE, REPORTS
from classes.attendance.reports.schedules.views import (
    ScheduleAdd,
    ScheduleDelete,
    ScheduleList,
    ScheduleSend,
    ScheduleSwitch,
)
from classes.attendance.reports.views import (
    GroupMapPage,
    OpenRegistersPage,
    ReportFile,
    ReportPage,
    SchoolReportPage,
    StudentFile,
    StudentPage,
    UsagePage,
)

SUFFIXES = ("csv", "xlsx")
STUDENT = "people/<id:pk>/attendance"

urlpatterns = [
    path("reports/registers/", OpenRegistersPage.as_view(), name="report_registers"),
    path("reports/school/", SchoolReportPage.as_view(), name="report_school"),
    path("reports/school/groups/", GroupMapPage.as_view(), name="report_groups"),
    path("reports/usage/", UsagePage.as_view(), name="report_usage"),
    path("reports/registers/close/", RegistersClose.as_view(), name="registers_close"),
    *(
        path(f"reports/{name}/", ReportPage.as_view(name=name), name=f"report_{name}")
        for name in REPORTS
        if name not in (REGISTERS_TO_CLOSE, SchoolReportPage.name, UsagePage.name)
    ),
    *(
        path(
            f"reports/{name}.{kind}",
            ReportFile.as_view(name=name, suffix=f".{kind}"),
            name=f"report_{name}_{kind}",
        )
        for name in REPORTS
        for kind in SUFFIXES
    ),
    path("reports/matrix/", MatrixPage.as_view(), name="report_matrix"),
    path("reports/matrix/students/<id:pk>/", MatrixStudentPage.as_view(), name="report_matrix_student"),
    *(
        path(f"reports/matrix.{kind}", MatrixFile.as_view(suffix=f".{kind}"), name=f"report_matrix_{kind}")
        for kind in SUFFIXES
    ),
    *grades,
    path("reports/mail/", ScheduleList.as_view(), name="report_schedules"),
    path("reports/mail/new/", ScheduleAdd.as_view(), name="report_schedule_add"),
    path("reports/mail/<id:pk>/switch/", ScheduleSwitch.as_view(), name="report_schedule_switch"),
    path("reports/mail/<id:pk>/send/", ScheduleSend.as_view(), name="report_schedule_send"),
    path("reports/mail/<id:pk>/delete/", ScheduleDelete.as_view(), name="report_schedule_delete"),
    path(f"{STUDENT}/", StudentPage.as_view(), name="report_student"),
    *(
        path(f"{STUDENT}.{kind}", StudentFile.as_view(suffix=f".{kind}"), name=f"report_student_{kind}")
        for kind in SUFFIXES
    ),
]
