"""Long work of lessons: following the change of a group to the service."""

from django.utils.translation import gettext_lazy as _

from classes.bulk import push as changed
from classes.groups import push
from classes.imports import push as timetable
from classes.imports import start
from classes.recordings import archive
from console.jobs.machine import work

follow = work(push.KIND, label=_("Send the lessons of a group to iclass"), page=push.page, parts=push.parts)
follow(push.portion)

change = work(changed.KIND, label=_("Send changed lessons to iclass"), page=changed.page, parts=changed.parts)
change(changed.portion)

copy = work(archive.KIND, label=_("Copy a recording to our storage"), page=archive.page)
copy(archive.portion)
timetable_check = work(start.CHECK, label=_("Compare a timetable"), page=timetable.page)
timetable_check(start.check_portion)
timetable_apply = work(start.APPLY, label=_("Plan an imported timetable"), page=timetable.page)
timetable_apply(start.apply_portion)
timetable_push = work(
    timetable.PUSH,
    label=_("Send an imported timetable to iclass"),
    page=timetable.page,
    parts=timetable.parts,
)
timetable_push(timetable.portion)
timetable_undo = work(timetable.UNDO, label=_("Undo an imported timetable"), page=timetable.page)
timetable_undo(timetable.undo_portion)
