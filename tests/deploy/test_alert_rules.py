"""The alert rules for Prometheus: well formed, and about metrics that the console exports."""

import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import Enterprise
from console.inbox.models import Callback, RefusedDelivery
from console.outbox.models import Operation, TaskHeartbeat
from console.queue_delay import queue_delays
from tests.support.environment import ROOT

FILE = ROOT / "deploy/prometheus/iclass-console.rules.yml"
RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load(FILE.read_text())["groups"] for rule in group["rules"]
]
NAME = re.compile(r"\b(console_\w+|up)\b(?:\{(\w+)=)?")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_says_how_grave_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert re.fullmatch(r"([A-Z][a-z]+)+", rule["alert"])
    assert re.fullmatch(r"\d+[mhd]", rule.get("for", "1m"))
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert rule["annotations"]["action"].endswith(".")
    assert rule["annotations"]["summary"]
    assert re.search(r" (==|>) \d+$", rule["expr"])


def test_every_alert_has_a_name_of_its_own() -> None:
    assert len({rule["alert"] for rule in RULES}) == len(RULES)


@pytest.mark.django_db
def test_every_metric_of_a_rule_is_exported_with_its_label(school: Enterprise) -> None:
    for name in ("relay", "beat:relay"):
        TaskHeartbeat.objects.create(name=name)
    Callback.objects.create(enterprise=school, fingerprint="1")
    RefusedDelivery.objects.create(enterprise=school, hour=timezone.now(), reason="signature")
    Operation.objects.create(
        enterprise=school, kind="user.pull", subject_type="accounts.user", subject_id=1, lane="1"
    )
    families = list(text_string_to_metric_families(Client().get("/metrics").content.decode()))
    exported = {sample.name: set(sample.labels) for family in families for sample in family.samples}

    for rule in RULES:
        for metric, label in NAME.findall(rule["expr"]):
            assert metric == "up" or metric in exported, rule["alert"]
            assert not label or metric == "up" or label in exported[metric], rule["alert"]


@pytest.mark.django_db
def test_the_web_process_tells_how_late_each_queue_is_though_nothing_runs(school: Enterprise) -> None:
    """No beat, worker or sample is needed for it: the rows are asked at each scrape."""
    text = Client().get("/metrics").content.decode()

    assert not TaskHeartbeat.objects.exists()
    assert all(f'console_queue_late_seconds{{queue="{queue}"}}' in text for queue in queue_delays())


@pytest.mark.skipif(
    not shutil.which("promtool"), reason="promtool is not installed (on Debian: apt-get install promtool)"
)
def test_promtool_finds_nothing_wrong() -> None:
    done = subprocess.run(["promtool", "check", "rules", str(FILE)], capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
