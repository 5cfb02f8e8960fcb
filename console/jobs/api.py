"""REST API of background jobs: how far the long work is that a request began."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import mixins, serializers
from rest_framework.routers import SimpleRouter

from console.jobs.models import Job
from console.jobs.runner import job_type_of
from console.policy.api import SchoolSerializer, SchoolViewSet


class JobSerializer(SchoolSerializer):
    """A job. `what` and `reason` are sentences in the reader's language; `percent` is 100 once it is done.

    `done` and `failed` of `total` items are processed; `created_by` is a user ID.
    """

    what = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()
    percent = serializers.IntegerField(read_only=True)
    created_by = serializers.CharField(source="created_by.user_id", allow_null=True, read_only=True)

    class Meta:
        model = Job
        fields = (
            *("id", "kind", "what", "state", "total", "done", "failed", "percent", "reason"),
            *("created_by", "created_at", "finished_at"),
        )
        read_only_fields = fields

    def get_what(self, job: Job) -> str:
        kind = job_type_of(job.kind)
        return str(kind.label) if kind else job.kind

    def get_reason(self, job: Job) -> str:
        return _(job.reason) if job.reason else ""


class JobViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
    """Background jobs of the school, such as the push of an import to iclass."""

    resource = "job"
    queryset = Job.objects.select_related("created_by")
    serializer_class: Any = JobSerializer
    filterset_fields = ("state", "kind")


router = SimpleRouter()
router.register("jobs", JobViewSet)
urlpatterns = router.urls
