"""The other end of the forge: a process that loads Django once and then only forks.

`python -m tests.faults.fork_server` reads orders, one JSON a line, and answers each with one line. It never
opens a database connection or a thread of its own, so each child begins with a clean copy of everything
loaded.
"""

import contextlib
import gc
import importlib
import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from environ import Env

from tests.faults.arming import arm_point
from tests.faults.mutants import mutated

django.setup()

from django.conf import settings  # noqa: E402 (settings first)
from django.db import connections  # noqa: E402

from console.embedded.processes import die_with_parent  # noqa: E402

#: What a child has to say, by its number.
_result_pipes: dict[int, int] = {}


def load_job(job: str) -> Callable[..., Any]:
    """`package.module:function`; loaded here, so that no child pays for the import."""
    module, name = job.split(":")
    return getattr(importlib.import_module(module), name)


def fork(order: dict[str, Any]) -> dict[str, Any]:
    """Start a child on a job."""
    job = load_job(order["job"])
    ear, mouth = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(ear)
        _run_child(order, job, mouth)
    os.close(mouth)
    _result_pipes[pid] = ear
    return {"pid": pid}


def _run_child(order: dict[str, Any], job: Callable[..., Any], mouth: int) -> None:
    """The whole life of a child; it ends here, whatever happens."""
    said: dict[str, Any] = {}
    try:
        die_with_parent(signal.SIGKILL)()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        random.seed(order["seed"])
        said["result"] = _run_job(order, job)
    except BaseException:
        said["error"] = traceback.format_exc()
    with contextlib.suppress(Exception):
        connections.close_all()
    os.write(mouth, json.dumps(said, default=str).encode()[:60_000])
    os._exit(0)


def _run_job(order: dict[str, Any], job: Callable[..., Any]) -> Any:
    for name, value in order["settings"].items():
        setattr(settings, name, Path(value) if name.endswith("_DIR") else value)
    if order["database_url"]:
        connections.settings["default"] |= Env.db_url_config(order["database_url"])
    with contextlib.ExitStack() as broken:
        broken.enter_context(mutated(*order["mutants"]))
        for name, action in order["faults"].items():
            broken.enter_context(arm_point(name, action))
        return job(**order["kwargs"])


def wait(order: dict[str, Any]) -> dict[str, Any]:
    """Until the child has ended or stands still, at most `seconds`: how, and what it said."""
    pid, until = order["pid"], time.monotonic() + order["seconds"]
    while True:
        found, status = os.waitpid(pid, os.WNOHANG | os.WUNTRACED)
        if found:
            return {"how": "stopped"} if os.WIFSTOPPED(status) else _ended(pid, status)
        if time.monotonic() > until:
            return {"how": "running"}
        time.sleep(0.001)


def _ended(pid: int, status: int) -> dict[str, Any]:
    with os.fdopen(_result_pipes.pop(pid), "rb") as ear:
        said = ear.read()
    if os.WIFSIGNALED(status):
        return {"how": "killed", "signal": os.WTERMSIG(status)}
    return {"how": "ended", **json.loads(said or b"{}")}


def main() -> None:
    """Serve until the orders end. Whatever a child prints goes to our standard error."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    doors = {"fork": fork, "wait": wait}
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        try:
            answer = doors[order["do"]](order)
        except Exception:
            answer = {"how": "broken", "error": traceback.format_exc()}
        answers.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
