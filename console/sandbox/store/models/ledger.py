"""Ledger of requests and their effects. Triggers make it append-only."""

from django.db import models


class Entry(models.Model):
    """`kind`: request (with its response), effect (an applied change), callback (an attempt to deliver)."""

    seq = models.BigAutoField(primary_key=True)
    at = models.FloatField()
    kind = models.CharField(max_length=8)
    endpoint = models.TextField()
    sdkappid = models.BigIntegerField(null=True)
    object = models.TextField(default="")
    summary = models.JSONField(null=True)
    body = models.JSONField(null=True)
    error_code = models.IntegerField(null=True)
    fault = models.TextField(default="")

    def __str__(self) -> str:
        return f"{self.seq} {self.kind} {self.endpoint}"
