"""`python -m console.sandbox`: the local iclass service on a laptop.

It has no media servers, no IM and no billing; it answers the whole API document, calls back, and opens a
classroom in the browser. See docs/sandbox.md.
"""

import argparse
import ipaddress
import os
import sys
from pathlib import Path

import django
from django.core.management import CommandError, call_command

BEYOND_LOOPBACK_HINT = (
    "this service hands out every key it holds to whoever can sign one request; to let other computers "
    "reach it, say --allow-beyond-loopback"
)


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Parsed arguments of the command line."""
    parser = argparse.ArgumentParser(prog="manage.py sandbox", description="the local iclass service")
    parser.add_argument("--bind", default="127.0.0.1:9000", metavar="HOST:PORT")
    parser.add_argument("--data", default="var/sandbox", metavar="DIR", help="folder of the state")
    parser.add_argument(
        "--enterprise", action="append", default=[], metavar="SDKAPPID:TIC_KEY[:CALLBACK_URL]"
    )
    parser.add_argument("--public-url", metavar="URL", help="how others reach it: scheme and host of links")
    parser.add_argument("--allow-beyond-loopback", action="store_true")
    return parser.parse_args(arguments)


def split_bind(bind: str) -> tuple[str, int]:
    """Return host and port of `HOST:PORT` or `[V6]:PORT`; exit with a message if it is neither."""
    host, _, port = bind.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()) or int(port) > 65_535:
        sys.exit(f"--bind {bind}: give HOST:PORT, for example 127.0.0.1:9000")
    return host.strip("[]"), int(port)


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach the host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def main(arguments: list[str]) -> None:
    """Start the service and serve until a signal ends it."""
    asked = parse_arguments(arguments)
    host, port = split_bind(asked.bind)
    if not is_loopback(host) and not asked.allow_beyond_loopback:
        sys.exit(f"--bind {asked.bind} is beyond loopback: {BEYOND_LOOPBACK_HINT}")
    data = Path(asked.data).resolve()
    os.environ["SANDBOX_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "console.sandbox.settings"
    django.setup()
    wanted = {"host": host, "port": port, "data": data, "enterprises": asked.enterprise}
    try:
        call_command("serve", public_url=asked.public_url, **wanted)
    except CommandError as error:
        sys.exit(f"sandbox: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
