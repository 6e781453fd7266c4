"""The emulator's admin endpoint needs no key, and so takes nothing from web pages; bodies that stall are ended."""

import socket
from collections.abc import Callable
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from emulator_support.harness import BASE, Emulator

FROM_PAGES = [
    {"Origin": "https://a.page.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Host": "a.page.example"},
    {"Host": "127.0.0.1.page.example:7100"},
]


@pytest.mark.parametrize("headers", FROM_PAGES)
@pytest.mark.parametrize(("method", "path"), [("POST", "/reset"), ("GET", "/ledger"), ("GET", "/%61dmin")])
def test_a_web_page_cannot_use_the_admin_endpoint(
    emulator: Emulator, headers: dict[str, str], method: str, path: str
) -> None:
    """Whatever gives a page away is enough; nothing is read or changed."""
    job = emulator.submit()
    address = f"{emulator.url}/%61dmin/ledger" if path.startswith("/%") else f"{emulator.url}/admin{path}"

    reply = emulator.http.request(method, address, headers=headers)

    assert (reply.status_code, reply.json()["error"]["code"]) == (403, "Forbidden")
    assert emulator.job(job)["id"] == job


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "none"}, {"Host": "LOCALHOST:9"}, {"Host": "[::1]:9"}, {}])
def test_programs_and_persons_can(emulator: Emulator, headers: dict[str, str]) -> None:
    """A script, and somebody who types the address into a browser."""
    assert emulator.http.get(f"{emulator.url}/admin/targets", headers=headers).is_success


@pytest.mark.parametrize("path", ["/admin/targets", "/nothing", f"{BASE}/w/jobs"])
def test_no_answer_is_kept_or_taken_for_a_page(emulator: Emulator, path: str) -> None:
    """Good answers and errors alike."""
    headers = emulator.http.get(f"{emulator.url}{path}").headers

    assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")


@pytest.mark.parametrize("path", ["/admin/faults", f"{BASE}/w/storage/sasUri"])
def test_a_body_that_stalls_is_ended(serve: Callable[..., Emulator], path: str) -> None:
    """It is answered after a while, and its connection closed."""
    where = urlsplit(serve(body_seconds=0.1).url)
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nx-ms-quantum-api-key: k\r\nContent-Length: 9\r\n\r\n"

    with closing(socket.create_connection((where.hostname, where.port or 0), timeout=30)) as connection:
        connection.sendall(head.encode() + b'{"a"')
        answer = b"".join(iter(lambda: connection.recv(4096), b""))

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer.lower()
