"""Long work of lessons: following the change of a group to the service."""

from django.utils.translation import gettext_lazy as _

from classes.groups import push
from classes.recordings import archive
from console.jobs.machine import work

follow = work(push.KIND, label=_("Send the lessons of a group to iclass"), page=push.page, parts=push.parts)
follow(push.portion)

copy = work(archive.KIND, label=_("Copy a recording to our storage"), page=archive.page)
copy(archive.portion)
