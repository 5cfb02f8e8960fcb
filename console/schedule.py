"""The periodic tasks: what beat sends to the workers, how often, and through which queue."""

from typing import Any

from console.env import seconds

#: Tasks that wait for hosts which schools name, or for the mail server, have a queue and workers of their
#: own: those that send to iclass never wait for a slow one.
CELERY_TASK_ROUTES = {
    name: {"queue": "messages"}
    for name in (
        "accounts.tasks.answer_password_requests",
        "accounts.tasks.deliver_guardian_notices",
        "classes.tasks.keep_recordings",
        "classes.tasks.send_scheduled_reports",
        "console.jobs.tasks.run_calling_jobs",
        "console.notifications.tasks.deliver_messages",
        "console.notifications.tasks.send_emails",
        "console.webhooks.tasks.deliver",
    )
}

SWEEP_EVERY_S = seconds("SWEEP_EVERY_S", 5)
# Older messages are dropped: newer ones have been sent since, and a busy worker has a queue already.
_sweep = {"schedule": SWEEP_EVERY_S, "options": {"expires": max(30.0, SWEEP_EVERY_S)}}
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "delete_expired_sign_in_data": {"task": "accounts.tasks.delete_expired_sign_in_data", "schedule": 3600.0},
    "password_requests": {"task": "accounts.tasks.answer_password_requests", "schedule": 60.0},
    "delete_expired_imports": {"task": "accounts.tasks.delete_expired_imports", "schedule": 3600.0},
    "roster_services": {"task": "accounts.tasks.read_roster_services", "schedule": 600.0},
    "delete_abandoned_uploads": {"task": "documents.tasks.delete_abandoned_uploads", "schedule": 3600.0},
    "check_school_deadlines": {"task": "accounts.tasks.check_school_deadlines", "schedule": 3600.0},
    "guardian_plans": {"task": "classes.tasks.plan_guardian_notices", "schedule": 60.0},
    "guardian_mails": {"task": "accounts.tasks.deliver_guardian_notices", "schedule": 60.0},
    "notify_token_owners": {"task": "accounts.tasks.notify_token_owners", "schedule": 3600.0},
    "watch_lessons": {"task": "classes.tasks.watch_lessons", "schedule": seconds("ALARM_EVERY_S", 15)},
    "delete_expired_rest_records": {
        "task": "console.policy.tasks.delete_expired_rest_records",
        "schedule": 3600.0,
    },
    "apply_retention": {"task": "accounts.tasks.apply_retention", "schedule": 3600.0},
    "audit_chain": {"task": "console.audit.tasks.chain", "schedule": seconds("AUDIT_CHAIN_EVERY_S", 30)},
    "audit_checkpoint": {
        "task": "console.audit.tasks.checkpoint",
        "schedule": seconds("AUDIT_CHECKPOINT_EVERY_S", 3600),
    },
    "recordings": {"task": "classes.tasks.keep_recordings", "schedule": 3600.0},
    "readiness": {"task": "classes.tasks.check_readiness", "schedule": 300.0},
    "send_lesson_notifications": {"task": "classes.tasks.send_lesson_notifications", "schedule": 60.0},
    "thresholds": {"task": "classes.tasks.evaluate_thresholds", "schedule": 300.0},
    "scheduled_reports": {"task": "classes.tasks.send_scheduled_reports", "schedule": 60.0},
    "scheduled_exports": {"task": "classes.tasks.start_scheduled_exports", "schedule": 60.0},
    "relay": {"task": "console.outbox.tasks.relay", **_sweep},
    "inbox": {"task": "console.inbox.tasks.process", **_sweep},
    "jobs": {"task": "console.jobs.tasks.run_jobs", **_sweep},
    "calling_jobs": {"task": "console.jobs.tasks.run_calling_jobs", **_sweep},
    "mail": {"task": "console.notifications.tasks.send_emails", "schedule": 60.0},
    # Triggers write events, and wake nobody: a look each second keeps them quick.
    "webhooks": {"task": "console.webhooks.tasks.deliver", "schedule": 1.0, "options": {"expires": 2.0}},
    "old_webhooks": {"task": "console.webhooks.tasks.delete_old", "schedule": 3600.0},
    "digests": {"task": "console.notifications.tasks.create_digests", "schedule": 300.0},
    "polls": {"task": "console.mirror.tasks.poll", **_sweep},
    "reconcile": {"task": "console.mirror.tasks.reconcile", "schedule": seconds("RECONCILE_EVERY_S", 300)},
}
