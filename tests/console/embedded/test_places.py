"""Addresses that every reader of them understands."""

import os
from pathlib import Path

from environ import Env
from kombu import Connection
from psycopg.conninfo import conninfo_to_dict

from console.embedded import data_paths


def test_nothing_is_touched(tmp_path: Path) -> None:
    server_paths = data_paths(tmp_path / "var")

    assert not server_paths.data_dir.exists()
    assert not server_paths.socket_dir.exists()


def test_two_spellings_of_one_folder_have_the_same_places(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")

    assert data_paths(tmp_path / "link") == data_paths(tmp_path / "other" / ".." / "real")
    assert data_paths(tmp_path / "real") != data_paths(tmp_path / "other")


def test_sockets_have_short_paths_however_deep_the_data_lies(tmp_path: Path) -> None:
    deep = data_paths(tmp_path.joinpath(*["a-long-name"] * 20))

    for socket in (deep.control_socket, deep.broker_socket, deep.socket_dir / ".s.PGSQL.5432"):
        assert len(os.fsencode(socket)) < 100


def test_the_database_address_means_the_same_to_libpq_and_to_django(tmp_path: Path) -> None:
    server_paths = data_paths(tmp_path)

    libpq = conninfo_to_dict(server_paths.database_url)
    django = Env.db_url_config(server_paths.database_url)

    assert libpq == {
        "user": "console",
        "dbname": "console",
        "host": str(server_paths.socket_dir),
        "port": "5432",
    }
    assert (django["USER"], django["NAME"]) == ("console", "console")
    assert django["OPTIONS"] == {"host": str(server_paths.socket_dir), "port": 5432}


def test_the_broker_address_is_one_of_kombu(tmp_path: Path) -> None:
    server_paths = data_paths(tmp_path)

    connection = Connection(server_paths.broker_url)

    assert connection.transport_cls == "redis"
    assert str(server_paths.broker_socket) in connection.as_uri()
