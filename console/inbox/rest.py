"""Callbacks in REST: one row a distinct event, none for a refused delivery."""

from rest_framework import mixins
from rest_framework.routers import SimpleRouter

from console.inbox.models import Callback
from console.policy.rest import SchoolSerializer, SchoolViewSet


class CallbackSerializer(SchoolSerializer):
    class Meta:
        model = Callback
        fields = ("id", "event", "class_id", "state", "received_at", "deliveries")


class CallbackViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
    """Events that the service told us."""

    resource = "callback"
    queryset = Callback.objects.all()
    serializer_class = CallbackSerializer
    filterset_fields = ("event", "class_id", "state")


router = SimpleRouter()
router.register("callbacks", CallbackViewSet)
urlpatterns = router.urls
