"""A OneRoster service in a process of its own, made from the published examples of the specification.

    python -m tests.support.one_roster_server DATA.json

DATA has the client (`id`, `secret`), the `version`, and the records of each resource. The server prints its
port. It gives tokens by client credentials, pages by `limit` and `offset` with X-Total-Count, filters by
`dateLastModified`, and keeps its own limit of records for each page. It shares nothing with the console. The
file is read anew with each request, so that a test may change it.

Records that are put into the gradebook are kept in memory, by their sourcedId. DATA may name students whose
results are refused (`refused`: status by sourcedId), and numbers of PUT requests whose answer is cut off
after the record was kept (`cut`); with `closed`, the scope of the gradebook is refused.
"""

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "token-of-the-example"
ROOTS = {"1.1": "/ims/oneroster/v1p1/", "1.2": "/ims/oneroster/rostering/v1p2/"}
GRADEBOOKS = {"1.1": ROOTS["1.1"], "1.2": "/ims/oneroster/gradebook/v1p2/"}
#: Collection → property of the body, and what each reference of a record has to name.
KINDS = {"categories": "category", "lineItems": "lineItem", "results": "result"}
NAMED = {
    "categories": {},
    "lineItems": {"class": "classes", "category": "categories"},
    "results": {"lineItem": "lineItems", "student": "users"},
}
MAX_PAGE = 2


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    file: Path
    kept: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
    puts = 0

    def do_POST(self) -> None:
        data = json.loads(self.file.read_text())
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        pair = base64.b64encode(f"{data['id']}:{data['secret']}".encode()).decode()
        if self.path != "/token" or form.get("grant_type") != ["client_credentials"]:
            return self.answer(400, {"error": "invalid_request"})
        if self.headers["Authorization"] != f"Basic {pair}":
            return self.answer(401, {"error": "invalid_client"})
        if data.get("closed") and "gradebook" in form["scope"][0]:
            return self.answer(400, {"error": "invalid_scope"})
        return self.answer(200, {"access_token": TOKEN, "token_type": "bearer", "expires_in": 3600})

    def do_GET(self) -> None:
        data = json.loads(self.file.read_text())
        parts, root = urlsplit(self.path), ROOTS[data["version"]]
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            return self.answer(401, {"imsx_codeMajor": "failure", "imsx_description": "Unauthorized"})
        collection, _slash, sourced_id = parts.path.removeprefix(GRADEBOOKS[data["version"]]).partition("/")
        if collection in KINDS and not sourced_id:
            return self.answer(200, {collection: list(self.kept[collection].values())})
        resource = parts.path.removeprefix(root)
        if resource.startswith("classes/"):
            named = [one for one in data["records"]["classes"] if f"classes/{one['sourcedId']}" == resource]
            return self.answer(200, {"class": named[0]}) if named else self.answer(404, {})
        if not parts.path.startswith(root) or resource not in data["records"]:
            return self.answer(404, {"imsx_codeMajor": "failure", "imsx_description": "Not Found"})
        if resource in data.get("broken", ()):
            return self.answer(500, {"imsx_codeMajor": "failure"})
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        records = data["records"][resource]
        if since := query.get("filter", "").removeprefix("dateLastModified>").strip("'"):
            records = [one for one in records if one["dateLastModified"] > since]
        offset, limit = int(query.get("offset", 0)), min(int(query.get("limit", 100)), MAX_PAGE)
        return self.answer(
            200, {resource: records[offset : offset + limit]}, {"X-Total-Count": str(len(records))}
        )

    def do_PUT(self) -> None:
        data = json.loads(self.file.read_text())
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        kind, _slash, sourced_id = self.path.removeprefix(GRADEBOOKS[data["version"]]).partition("/")
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            return self.answer(401, {"imsx_codeMajor": "failure"})
        record = content.get(KINDS.get(kind, ""))
        if record is None or record["sourcedId"] != sourced_id:
            return self.answer(400, {"imsx_codeMajor": "failure"})
        Handler.puts += 1
        known = {**self.kept, **{name: self.ids_of(data, name) for name in ("classes", "users")}}
        if not all(record[name]["sourcedId"] in known[where] for name, where in NAMED[kind].items()):
            return self.answer(404, {"imsx_codeMajor": "failure", "imsx_description": "unknownobject"})
        if status := data.get("refused", {}).get(record.get("student", {}).get("sourcedId")):
            return self.answer(status, {"imsx_codeMajor": "failure", "imsx_description": "invaliddata"})
        status = 200 if sourced_id in self.kept[kind] else 201
        self.kept[kind][sourced_id] = record
        if Handler.puts in data.get("cut", ()):
            self.close_connection = True
            return None
        return self.answer(status, {"imsx_codeMajor": "success"})

    @staticmethod
    def ids_of(data: dict[str, Any], name: str) -> set[str]:
        return {one["sourcedId"] for one in data["records"][name]}

    def answer(self, status: int, content: Any, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@contextmanager
def running(file: Path) -> Iterator[str]:
    """Start the server with the data of a file; yield its address."""
    command = [sys.executable, "-m", "tests.support.one_roster_server", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()


def main() -> None:
    Handler.file = Path(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever(0.05)


if __name__ == "__main__":
    main()
