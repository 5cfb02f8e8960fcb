"""URLs of webhooks."""

from django.urls import path

from console.webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("", views.EndpointList.as_view(), name="endpoints"),
    path("new/", views.EndpointAdd.as_view(), name="add"),
    path(
        "<id:pk>/",
        views.EndpointDetail.as_view(http_method_names=["get", "head", "options"]),
        name="endpoint",
    ),
    path("<id:pk>/edit/", views.EndpointEdit.as_view(), name="edit"),
    path("<id:pk>/delete/", views.EndpointRemove.as_view(), name="delete"),
    path("<id:pk>/secret/", views.SecretRotate.as_view(), name="rotate"),
    path("<id:pk>/test/", views.EndpointTest.as_view(), name="test"),
    path("<id:pk>/pause/", views.EndpointPause.as_view(), name="pause"),
    path("<id:pk>/resume/", views.EndpointResume.as_view(), name="resume"),
    path("<id:pk>/resend/", views.EndpointResend.as_view(), name="resend_since"),
    path("deliveries/<id:pk>/", views.DeliveryDetail.as_view(), name="delivery"),
    path("deliveries/<id:pk>/resend/", views.DeliveryResend.as_view(), name="resend"),
    path("deliveries/<id:pk>/skip/", views.DeliverySkip.as_view(), name="skip"),
]
