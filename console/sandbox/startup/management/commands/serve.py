"""Command that `python -m console.sandbox` runs once the settings know the data folder."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.sandbox.startup import service_runner


class Command(BaseCommand):
    """Called with keyword arguments by `__main__`, which parses the command line."""

    requires_system_checks: list[str] = []
    stealth_options = ("host", "port", "data", "enterprises", "public_url")

    def handle(self, *args: Any, **given: Any) -> None:
        """Lock the folder, listen, migrate, and serve until a signal ends it."""
        data: Path = given["data"]
        host: str = given["host"]
        try:
            asked = [service_runner.EnterpriseOption.parse(text) for text in given["enterprises"]]
            with service_runner.lock_data_folder(data):
                server = service_runner.create_server(host, given["port"])
                named = f"[{host}]" if ":" in host else host
                own = f"http://{named}:{server.server_address[1]}"
                service_runner.prepare_state(asked, given["public_url"] or own)
                service_runner.serve_until_signal(server, own, data)
        except (service_runner.StartupError, ValueError) as error:
            raise CommandError(str(error)) from None
