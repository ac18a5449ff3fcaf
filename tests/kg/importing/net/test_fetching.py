"""An import asks only public servers, takes only so much and only so long, and does as servers ask."""

from __future__ import annotations

import gzip
import re
import shutil
import socket
import ssl
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from kg.errors import FetchError, ImportSourceError
from kg.importing.adapter import Run
from kg.importing.net.addresses import checked_addresses, is_public
from kg.importing.net.fetching import Fetcher, user_agent
from kg.importing.net.robots import Robots
from kg.importing.net.transport import FetchLimits, PoliteTransport

if TYPE_CHECKING:
    from pathlib import Path

    from kg.vocabulary import ConceptIndex
    from tests.kg.importing.web import Handler, Web

QUICK = FetchLimits(body=100_000, seconds=2.0, idle_seconds=1.0, redirects=3, tries=3, pause=0.01, longest_pause=5)


def fetcher(concepts: ConceptIndex, limits: FetchLimits = QUICK, *, private: bool = True, **options: str) -> Fetcher:
    return Fetcher(Run("", concepts, {"delay": "0", **options}, allow_private=private), limits)


PRIVATE = """127.0.0.1 127.9.9.9 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1
255.255.255.255 198.18.0.1 192.0.2.1 240.0.0.1 ::1 :: fe80::1 fc00::1 fec0::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1
2002:7f00:1:: 2002:a00:1:: 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 2001:db8::1 2001:0:4136:e378:8000:63bf:3fff:fdd2"""


@pytest.mark.parametrize("address", PRIVATE.split())
def test_addresses_inside_networks_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "193.40.5.7", "2001:bb8::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::1]", "0"])
def test_no_spelling_of_this_machine_is_asked(web: Web, concepts: ConceptIndex, host: str) -> None:
    web.page("/", "secret")
    with fetcher(concepts, private=False) as fetch, pytest.raises(FetchError):
        fetch.get(f"http://{host}:{web.server_address[1]}/")
    assert web.asked == {}


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: answers)
    with pytest.raises(FetchError, match="inside a network"):
        checked_addresses("rebinding.example", 80, allow_private=False)


def test_the_connection_goes_to_the_address_that_was_checked(
    web: Web, concepts: ConceptIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that resolves to another address the second time gains nothing: it is resolved once."""
    web.page("/", "hello")
    real, calls = socket.getaddrinfo, []

    def resolve(host: str, port: int, *arguments: Any, **options: Any) -> Any:
        if host == "rebinding.example":
            calls.append(host)
            host = "127.0.0.1" if len(calls) == 1 else "192.0.2.1"
        return real(host, port, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with fetcher(concepts) as fetch:
        assert fetch.get(f"http://rebinding.example:{web.server_address[1]}/").content == b"hello"
    assert calls == ["rebinding.example"]


def test_each_hop_of_a_redirect_is_checked(web: Web, concepts: ConceptIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first hop passes as public; the second leads inside and is refused."""
    web.page("/inside", "secret")
    web.answers["/"] = lambda h: h.send(b"", status=302, location=f"http://localhost:{web.server_address[1]}/inside")
    from kg.importing.net import addresses

    monkeypatch.setattr(addresses, "is_public", lambda text: text == "127.0.0.1")
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *a, **o: real("127.0.0.2" if host == "localhost" else host, *a, **o)
    )
    with fetcher(concepts, private=False) as fetch, pytest.raises(FetchError, match=r"localhost is 127\.0\.0\.2"):
        fetch.get(web.url + "/")
    assert web.asked == {"/": 1}


def test_redirects_that_lead_somewhere_are_followed(web: Web, concepts: ConceptIndex) -> None:
    web.answers["/old"] = lambda h: h.send(b"", status=301, location="/new")
    web.page("/new", "here")
    with fetcher(concepts) as fetch:
        fetched = fetch.get(web.url + "/old")
    assert (fetched.url, fetched.content) == (web.url + "/new", b"here")


@pytest.mark.parametrize("target", ["/loop", "file:///etc/passwd", "ftp://127.0.0.1/x", "http://", "//[::1"])
def test_redirects_that_lead_nowhere_end(web: Web, concepts: ConceptIndex, target: str) -> None:
    web.answers["/loop"] = lambda h: h.send(b"", status=302, location=target)
    with fetcher(concepts) as fetch, pytest.raises(FetchError):
        fetch.get(web.url + "/loop")
    assert web.asked["/loop"] <= QUICK.redirects + 1


def test_a_name_and_password_in_the_address_are_not_sent(web: Web, concepts: ConceptIndex) -> None:
    with fetcher(concepts) as fetch, pytest.raises(FetchError, match="name or password"):
        fetch.get(web.url.replace("http://", "http://me:secret@"))
    assert web.asked == {}


def test_a_giant_answer_is_not_read_to_its_end(web: Web, concepts: ConceptIndex) -> None:
    sent = []

    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(10_000):
            handler.wfile.write(b"x" * 10_000)
            sent.append(1)

    web.answers["/"] = endless
    with fetcher(concepts) as fetch, pytest.raises(FetchError, match=r"larger than 0\.0954 MiB"):
        fetch.get(web.url + "/")
    assert len(sent) < 9_000


@pytest.mark.parametrize("packed", [gzip.compress(b"\0" * 50_000_000), gzip.compress(b"\0" * 60_000) * 20])
def test_a_gzip_bomb_is_not_unpacked(web: Web, concepts: ConceptIndex, packed: bytes) -> None:
    assert len(packed) < QUICK.body
    web.answers["/"] = lambda h: h.send(packed, content_encoding="gzip")
    with fetcher(concepts) as fetch, pytest.raises(FetchError, match="unpacks to more"):
        fetch.get(web.url + "/")


def test_a_packed_answer_is_unpacked(web: Web, concepts: ConceptIndex) -> None:
    web.answers["/"] = lambda h: h.send(gzip.compress(b"one ") + gzip.compress(b"two"), content_encoding="gzip")
    with fetcher(concepts) as fetch:
        assert fetch.get(web.url + "/").content == b"one two"


@pytest.mark.parametrize(("encoding", "cause"), [("gzip", "no readable gzip"), ("br", "not asked for")])
def test_an_answer_that_cannot_be_unpacked_is_refused(
    web: Web, concepts: ConceptIndex, encoding: str, cause: str
) -> None:
    web.answers["/"] = lambda h: h.send(b"plain", content_encoding=encoding)
    with fetcher(concepts) as fetch, pytest.raises(FetchError, match=cause):
        fetch.get(web.url + "/")


def test_gzip_that_ends_too_early_is_refused(web: Web, concepts: ConceptIndex) -> None:
    web.answers["/"] = lambda h: h.send(gzip.compress(bytes(range(256)) * 99)[:-20], content_encoding="gzip")
    with fetcher(concepts) as fetch, pytest.raises(FetchError, match="ends too early"):
        fetch.get(web.url + "/")


def drip(handler: Handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b".")
        handler.wfile.flush()
        time.sleep(0.05)


def drip_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nx: ")
    drip(handler)


@pytest.mark.parametrize("slow", [drip, drip_headers])
def test_a_server_that_drips_is_left_at_the_deadline(web: Web, concepts: ConceptIndex, slow: Any) -> None:
    web.answers["/"] = slow
    limits = FetchLimits(seconds=0.4, idle_seconds=0.3, tries=1)
    start = time.monotonic()
    with fetcher(concepts, limits) as fetch, pytest.raises(FetchError, match="takes too long"):
        fetch.get(web.url + "/")
    assert time.monotonic() - start < 3


def test_a_connection_that_is_cut_is_tried_again(web: Web, concepts: ConceptIndex) -> None:
    def cut_once(handler: Handler) -> None:
        if web.asked["/"] == 1:
            handler.send_response(200)
            handler.send_header("content-length", "100")
            handler.end_headers()
            handler.wfile.write(b"half")
            handler.cut()
        else:
            handler.send(b"whole")

    web.answers["/"] = cut_once
    with fetcher(concepts) as fetch:
        assert fetch.get(web.url + "/").content == b"whole"


def test_a_server_that_always_hangs_up_is_given_up(web: Web, concepts: ConceptIndex) -> None:
    web.answers["/"] = lambda h: h.cut()
    with fetcher(concepts) as fetch, pytest.raises(FetchError, match=re.escape(web.url)):
        fetch.get(web.url + "/")
    assert web.asked["/"] == QUICK.tries


def test_retry_after_is_heeded(web: Web, concepts: ConceptIndex) -> None:
    web.answers["/"] = lambda h: h.send(b"", status=503, retry_after="1") if web.asked["/"] == 1 else h.send(b"now")
    start = time.monotonic()
    with fetcher(concepts) as fetch:
        assert fetch.get(web.url + "/").content == b"now"
    assert time.monotonic() - start >= 1


@pytest.mark.parametrize("when", ["86400", "99999999999999999999", "Fri, 31 Dec 2100 23:59:59 GMT"])
def test_a_server_that_asks_for_a_day_is_left_alone(web: Web, concepts: ConceptIndex, when: str) -> None:
    web.answers["/"] = lambda h: h.send(b"", status=429, retry_after=when)
    with fetcher(concepts) as fetch, pytest.raises(FetchError, match="asks to come back"):
        fetch.get(web.url + "/")
    assert web.asked["/"] == 1


@pytest.mark.parametrize("nonsense", ["soon", "-1", "1e9", "\u00b2"])
def test_nonsense_in_retry_after_is_a_pause_of_our_own(web: Web, concepts: ConceptIndex, nonsense: str) -> None:
    web.answers["/"] = lambda h: h.send(b"", 503, retry_after=nonsense) if web.asked["/"] == 1 else h.send(b"now")
    with fetcher(concepts) as fetch:
        assert fetch.get(web.url + "/").content == b"now"


def test_requests_to_one_server_keep_their_distance(web: Web, concepts: ConceptIndex) -> None:
    web.page("/", "x")
    start = time.monotonic()
    with fetcher(concepts, delay="0.3") as fetch:
        fetch.get(web.url + "/")
        fetch.get(web.url + "/")
    assert time.monotonic() - start >= 0.3


def test_a_delay_that_is_no_number_is_refused(concepts: ConceptIndex) -> None:
    with pytest.raises(ImportSourceError, match="no number of seconds"):
        fetcher(concepts, delay="often")


def test_what_has_another_media_type_is_not_read(web: Web, concepts: ConceptIndex) -> None:
    web.page("/", b"\x89PNG", "image/png")
    with fetcher(concepts) as fetch, pytest.raises(FetchError, match="is image/png"):
        fetch.get(web.url + "/", frozenset({"text/html"}))


def test_an_error_says_address_and_status(web: Web, concepts: ConceptIndex) -> None:
    with fetcher(concepts) as fetch, pytest.raises(FetchError) as caught:
        fetch.get(web.url + "/gone")
    assert str(caught.value) == f"{web.url}/gone: answers 404 Not Found"
    assert caught.value.status == 404


def test_servers_are_told_who_asks(web: Web, concepts: ConceptIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    web.page("/", "x")
    monkeypatch.setenv("IHUB_CONTACT_EMAIL", "ops@example.net")
    with fetcher(concepts) as fetch:
        fetch.get(web.url + "/")
    assert re.fullmatch(r"ihub/[\d.]+ \(\+mailto:ops@example\.net\)", web.agents[0])
    monkeypatch.delenv("IHUB_CONTACT_EMAIL")
    assert "@" not in user_agent({})
    assert user_agent({"contact": "me\r\nx: y"}).endswith("(+mex: y)")


def test_a_site_says_what_robots_may_fetch_and_how_often(web: Web, concepts: ConceptIndex) -> None:
    web.page("/robots.txt", "User-agent: *\nCrawl-delay: 2\nDisallow: /private", "text/plain")
    with fetcher(concepts) as fetch:
        robots = Robots(fetch)
        assert robots.refusal(web.url + "/lesson") is None
        assert "robots.txt" in (robots.refusal(web.url + "/private/lesson") or "")
        assert fetch.transport._delay == 2.0
    assert web.asked["/robots.txt"] == 1


def test_a_site_without_rules_allows_everything(web: Web, concepts: ConceptIndex) -> None:
    with fetcher(concepts) as fetch:
        assert Robots(fetch).refusal(web.url + "/lesson") is None


def test_a_site_that_cannot_say_its_rules_is_not_asked(web: Web, concepts: ConceptIndex) -> None:
    web.answers["/robots.txt"] = lambda h: h.send(b"", status=500)
    with fetcher(concepts) as fetch:
        assert "robots.txt of its site cannot be read: answers 500" in (Robots(fetch).refusal(web.url + "/x") or "")


def test_proxies_of_the_environment_are_not_used(
    web: Web, concepts: ConceptIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.page("/", "direct")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with fetcher(concepts) as fetch:
        assert fetch.get(web.url + "/").content == b"direct"


def test_the_transport_waits_longer_between_second_tries(concepts: ConceptIndex, web: Web) -> None:
    import httpx2

    waits: list[float] = []
    web.answers["/"] = lambda h: h.send(b"", status=503)
    transport = PoliteTransport(QUICK, allow_private=True, sleep=waits.append)
    with httpx2.Client(transport=transport) as client:
        assert client.get(web.url + "/").status_code == 503
    assert waits == [0.01, 0.02]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost, with its key, signed by nobody else."""
    if not shutil.which("openssl"):
        pytest.skip("needs openssl to make a certificate")
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(path.with_suffix(".key")), "-out", str(path), "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run([*command, "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    path.write_text(path.read_text() + path.with_suffix(".key").read_text())
    return path


@pytest.fixture
def secure_web(web: Web, certificate: Path) -> Web:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    web.socket = context.wrap_socket(web.socket, server_side=True)
    web.page("/", "safe")
    return web


def test_https_is_verified_by_the_name_though_the_address_is_pinned(
    secure_web: Web, concepts: ConceptIndex, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    port = secure_web.server_address[1]
    with fetcher(concepts) as fetch:
        assert fetch.get(f"https://localhost:{port}/").content == b"safe"
        with pytest.raises(FetchError, match="certificate that cannot be trusted"):
            fetch.get(f"https://127.0.0.1:{port}/")


def test_a_certificate_that_nobody_vouches_for_is_refused(secure_web: Web, concepts: ConceptIndex) -> None:
    with fetcher(concepts) as fetch, pytest.raises(FetchError, match="certificate that cannot be trusted"):
        fetch.get(f"https://localhost:{secure_web.server_address[1]}/")
