"""Cancelling in REST: a reason that stays here, and what its people hear."""

from typing import Any

from rest_framework import serializers


class CancelSerializer(serializers.Serializer[Any]):
    """`notice` are words for those who hear of it; nobody does where `tell` is false."""

    reason = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    notice = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    tell = serializers.BooleanField(required=False, default=True)
