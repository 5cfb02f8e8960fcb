"""Long work of lessons: following the change of a group to the service."""

from django.utils.translation import gettext_lazy as _

from classes.groups import push
from console.jobs.machine import work

follow = work(push.KIND, label=_("Send the lessons of a group to iclass"), page=push.page, parts=push.parts)
follow(push.portion)
