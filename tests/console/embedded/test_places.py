"""Addresses that every reader of them understands."""

import os
from pathlib import Path

from environ import Env
from kombu import Connection
from psycopg.conninfo import conninfo_to_dict

from console.embedded import places


def test_nothing_is_touched(tmp_path: Path) -> None:
    spots = places(tmp_path / "var")

    assert not spots.data_dir.exists()
    assert not spots.socket_dir.exists()


def test_two_spellings_of_one_folder_have_the_same_places(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")

    assert places(tmp_path / "link") == places(tmp_path / "other" / ".." / "real")
    assert places(tmp_path / "real") != places(tmp_path / "other")


def test_sockets_have_short_paths_however_deep_the_data_lies(tmp_path: Path) -> None:
    deep = places(tmp_path.joinpath(*["a-long-name"] * 20))

    for socket in (deep.control_socket, deep.broker_socket, deep.socket_dir / ".s.PGSQL.5432"):
        assert len(os.fsencode(socket)) < 100


def test_the_database_address_means_the_same_to_libpq_and_to_django(tmp_path: Path) -> None:
    spots = places(tmp_path)

    libpq = conninfo_to_dict(spots.database_url)
    django = Env.db_url_config(spots.database_url)

    assert libpq == {"user": "console", "dbname": "console", "host": str(spots.socket_dir), "port": "5432"}
    assert (django["USER"], django["NAME"]) == ("console", "console")
    assert django["OPTIONS"] == {"host": str(spots.socket_dir), "port": 5432}


def test_the_broker_address_is_one_of_kombu(tmp_path: Path) -> None:
    spots = places(tmp_path)

    connection = Connection(spots.broker_url)

    assert connection.transport_cls == "redis"
    assert str(spots.broker_socket) in connection.as_uri()
