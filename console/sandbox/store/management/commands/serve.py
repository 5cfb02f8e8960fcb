"""What `python -m console.sandbox` runs once the settings know the folder of the state."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.sandbox import boot


class Command(BaseCommand):
    """Called with keywords by `__main__`, which owns the command line."""

    requires_system_checks: list[str] = []
    stealth_options = ("host", "port", "data", "enterprises", "public_url")

    def handle(self, *args: Any, **given: Any) -> None:
        """Hold the folder, listen, bring the state up to date, serve until told to end."""
        data: Path = given["data"]
        host: str = given["host"]
        try:
            asked = [boot.Asked.parse(text) for text in given["enterprises"]]
            with boot.hold(data):
                server = boot.listen(host, given["port"])
                named = f"[{host}]" if ":" in host else host
                own = f"http://{named}:{server.server_address[1]}"
                boot.prepare(asked, given["public_url"] or own)
                boot.serve(server, own, data)
        except (boot.NotStarted, ValueError) as error:
            raise CommandError(str(error)) from None
