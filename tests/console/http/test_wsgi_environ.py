from console.http.wsgi_environ import build_environ


def scope(**more):
    return {
        "method": "GET",
        "scheme": "http",
        "raw_path": b"/lessons/",
        "query_string": b"",
        "http_version": "1.1",
        "headers": [],
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.9", 4711),
        **more,
    }


def test_an_address_keeps_every_byte_that_was_sent():
    environ = build_environ(scope(raw_path=b"/a%ff%E4%BD%A0%2Fb+c?x=%20", query_string=b"x=%20&y=\xe4"))
    assert environ["PATH_INFO"].encode("latin-1") == b"/a\xff\xe4\xbd\xa0/b+c"
    assert environ["QUERY_STRING"] == "x=%20&y=\xe4"
    assert environ["REMOTE_ADDR"] == "127.0.0.9"


def test_headers_that_come_twice_are_joined():
    sent = [(b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"x-forwarded-for", b"1"), (b"x-forwarded-for", b"2")]
    environ = build_environ(scope(headers=sent))
    assert (environ["HTTP_COOKIE"], environ["HTTP_X_FORWARDED_FOR"]) == ("a=1; b=2", "1,2")


def test_a_header_with_an_underscore_cannot_pass_for_one_that_a_proxy_writes():
    sent = [(b"x_forwarded_for", b"10.0.0.1"), (b"content_length", b"7"), (b"content-type", b"text/plain")]
    environ = build_environ(scope(headers=sent))
    assert "HTTP_X_FORWARDED_FOR" not in environ
    assert "CONTENT_LENGTH" not in environ
    assert environ["CONTENT_TYPE"] == "text/plain"
