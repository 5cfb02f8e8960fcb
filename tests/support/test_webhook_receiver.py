"""The receiver of webhooks in tests takes whole messages alone."""

import socket

import pytest

from tests.support.webhook_receiver import running_receiver

HEAD = b"POST /events HTTP/1.1\r\nHost: portal.example\r\nContent-Length: 4\r\n\r\n"


@pytest.mark.parametrize(("body", "taken"), [(b"", 0), (b"{}", 0), (b"null", 1)])
def test_a_message_whose_sender_dies_before_its_end_did_not_come(body: bytes, taken: int) -> None:
    with running_receiver() as receiver:
        port = int(receiver.url.split(":")[2].split("/")[0])
        with socket.create_connection(("127.0.0.1", port), timeout=5) as sender:
            sender.sendall(HEAD + body)
            sender.shutdown(socket.SHUT_WR)
            while sender.recv(1024):
                pass
        assert [one.body for one in receiver.messages] == [body] * taken
