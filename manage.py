#!/usr/bin/env python3
"""The console's commands. `manage.py help` lists them; `manage.py sandbox` is the local iclass service."""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

from console import embedded, variables

BASE_DIR = Path(__file__).resolve().parent
NEEDS_NOTHING = {"", "help", "--help", "-h", "version", "--version", "makemessages", "compilemessages"}


def main() -> None:
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command == "sandbox":
        # A program of its own that shares nothing with the console, settings least of all.
        os.chdir(BASE_DIR)
        os.execv(sys.executable, [sys.executable, "-m", "console.sandbox", *sys.argv[2:]])
    variables.exit_on_invalid_variables(BASE_DIR)
    if command not in NEEDS_NOTHING:
        embedded.start_servers(BASE_DIR)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
