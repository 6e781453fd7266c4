"""The table client writes what azure-data-tables reads, reads what that writes, and tells no lie after a fault."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import time
from typing import Any
from uuid import uuid4

import pytest
from azure.core.credentials import AccessToken, AzureNamedKeyCredential
from azure.data.tables import AccountSasPermissions, ResourceTypes, generate_account_sas
from azure.data.tables.aio import TableServiceClient

from embedded_server.azurite import ACCOUNT_KEY, connection_string
from quantum.adapters.filing import transactions
from quantum.adapters.storage_account import Account, account_of
from quantum.adapters.table_service import TableService
from quantum.adapters.table_wire import Query, Write, etag_of, outcome
from quantum.adapters.tables import Tables
from quantum.jobs.errors import ServiceBusyError, ServiceError, ServiceUnavailableError, UnauthorizedError
from quantum.settings import StorageSettings
from tests.support.budgets import drain, fill
from tests.support.fault_proxy import Call, proxied

ODD = {"PartitionKey": "id:a b'c%+", "RowKey": "jo!b$=~&é", "text": "é\u202e\n'\"--changeset", "flag": True}
PERMISSIONS = AccountSasPermissions(read=True, write=True, add=True, create=True, update=True, delete=True, list=True)


@pytest.fixture(autouse=True)
def _full_budget() -> None:
    """Begin with all retries."""
    fill()


@pytest.fixture
async def tables(azurite: str) -> AsyncIterator[Tables]:
    """Tables in Azurite."""
    connected = Tables(StorageSettings(azurite))
    yield connected
    await connected.close()


def a_name() -> str:
    """A table that does not exist."""
    return f"t{uuid4().hex}"


def row(key: str, **columns: Any) -> dict[str, Any]:
    """A row of one partition."""
    return {"PartitionKey": "p", "RowKey": key, **columns}


async def test_azures_own_client_reads_what_was_written(tables: Tables, azurite: str) -> None:
    """The same row by either, whatever is in its keys, written alone or in a transaction; the same ETag."""
    name = a_name()
    assert await tables.insert(name, ODD)
    assert await tables.submit(name, [Write("replace", ODD | {"RowKey": f"{ODD['RowKey']}{n}"}) for n in range(2)])

    async with TableServiceClient.from_connection_string(azurite) as service:
        client = service.get_table_client(name)
        theirs = [entity async for entity in client.list_entities()]
        await client.upsert_entity(ODD | {"more": "x"})

    assert [dict(entity) | {"RowKey": ODD["RowKey"]} for entity in theirs] == [ODD] * 3
    ours = await tables.get(name, ODD["PartitionKey"], ODD["RowKey"])
    assert ours is not None
    assert ours.items() >= (ODD | {"more": "x"}).items()
    first = await tables.get(name, ODD["PartitionKey"], f"{ODD['RowKey']}0")
    assert first is not None
    assert etag_of(first) in [entity.metadata["etag"] for entity in theirs]


async def test_a_row_is_inserted_once_and_updated_where_it_is(tables: Tables) -> None:
    """A merge keeps other columns, a replacement does not; a table is made by its first write."""
    name = a_name()
    assert not await tables.update(name, row("1", a="x"))
    assert await tables.get(name, "p", "1") is None
    assert await tables.insert(name, row("1", a="x"))
    assert not await tables.insert(name, row("1", a="y"))
    assert not await tables.update(name, row("2", a="y"))
    await tables.upsert(name, row("1", b="y"))
    merged = await tables.get(name, "p", "1") or {}
    await tables.replace(name, row("1", c="z"))
    replaced = await tables.get(name, "p", "1") or {}

    assert {column: merged[column] for column in "ab"} == {"a": "x", "b": "y"}
    assert "a" not in replaced


async def test_a_transaction_is_made_whole_or_not_at_all(tables: Tables) -> None:
    """One condition that fails leaves all rows as they were, and names no row that is not there."""
    name = a_name()
    assert await tables.submit(name, [Write("insert", row(str(key))) for key in range(3)])
    read = [each async for each in tables.rows(name, Query("PartitionKey eq @p", {"p": "p"}))]
    await tables.upsert(name, row("1", changed="yes"))

    assert not await tables.submit(name, [Write("delete", each, etag_of(each)) for each in read])
    assert not await tables.submit(name, [Write("insert", row("9")), Write("insert", row("0"))])
    assert len([each async for each in tables.rows(name, Query("PartitionKey eq @p", {"p": "p"}))]) == 3
    assert await tables.submit(name, [Write("delete", each, etag_of(each)) for each in (read[0], read[2])])
    await tables.remove(name, read[1], etag_of(read[1]))
    assert await tables.get(name, "p", "1")
    await tables.remove(name, read[1])
    assert await tables.get(name, "p", "1") is None


async def test_answers_are_continued(tables: Tables) -> None:
    """In the order of their keys, a number of rows each; a missing table has none."""
    name, query = a_name(), Query("PartitionKey eq @p and flag eq @yes", {"p": "p", "yes": True})
    assert (await tables.answer(name, query, 2)).rows == []
    await tables.submit(name, [Write("insert", row(f"{key:02}", flag=True)) for key in range(5)])

    keys, token = [], None
    for _ in range(3):
        answer = await tables.answer(name, query, 2, token)
        keys.append([each["RowKey"] for each in answer.rows])
        token = answer.token

    assert (keys, token) == ([["00", "01"], ["02", "03"], ["04"]], None)


async def test_a_signature_of_limited_rights_is_enough(tables: Tables, azurite: str) -> None:
    """A connection string may have a SAS in place of a key."""
    account = account_of(StorageSettings(azurite), "table")
    sas = generate_account_sas(
        AzureNamedKeyCredential(account.name, ACCOUNT_KEY),
        ResourceTypes(service=True, object=True),
        PERMISSIONS,
        datetime.now(UTC) + timedelta(hours=1),
    )
    limited = Tables(StorageSettings(f"TableEndpoint={account.url};SharedAccessSignature={sas}"))
    name = a_name()
    await tables.make(name)

    assert await limited.insert(name, ODD)
    assert await limited.get(name, ODD["PartitionKey"], ODD["RowKey"])
    await limited.close()


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("AccountName=a;AccountKey=aw==", "https://a.table.core.windows.net"),
        ("DefaultEndpointsProtocol=http;accountname=a;accountkey=aw==;EndpointSuffix=x.test", "http://a.table.x.test"),
        ("TableEndpoint=https://h/a/;AccountName=a;AccountKey=aw==", "https://h/a"),
    ],
)
def test_a_connection_string_names_the_service(text: str, url: str) -> None:
    """As azure-data-tables reads it."""
    account = account_of(StorageSettings(text), "table")

    assert (account.url, account.name, account.key) == (url, "a", b"k")
    assert "aw==" not in repr(account)


@pytest.mark.parametrize(
    "settings",
    [StorageSettings("AccountName=a"), StorageSettings("AccountKey=aw=="), StorageSettings(None, table="http://a")],
)
def test_an_address_that_would_not_do_is_refused(settings: StorageSettings) -> None:
    """Also one to which a token would go in the clear."""
    with pytest.raises(ValueError, match=r"needs AccountName|https"):
        account_of(settings, "table")


@dataclass
class Trouble:
    """A way to fail for the calls that follow, and what has come."""

    way: str | None = None
    calls: Counter[str] = field(default_factory=Counter)

    def __call__(self, call: Call) -> str | None:
        """Fail."""
        self.calls[call.method] += 1
        return self.way


@asynccontextmanager
async def in_trouble(azurite: str) -> AsyncIterator[tuple[Tables, Trouble, str]]:
    """Tables behind a proxy, with one row in a table."""
    account, trouble, name = account_of(StorageSettings(azurite), "table"), Trouble(), a_name()
    async with proxied(trouble, table=account.url.removesuffix(f"/{account.name}")) as proxies:
        tables = Tables(StorageSettings(connection_string({"Table": proxies["table"].url}, account.name)))
        await tables.insert(name, row("1", a="x"))
        trouble.calls.clear()
        yield tables, trouble, name
        await tables.close()


@pytest.mark.parametrize("way", ["reset", "lostReply", "truncated"])
async def test_a_write_is_repeated_after_a_lost_reply_only_where_that_is_safe(azurite: str, way: str) -> None:
    """An insert would say that the row was there, a conditional deletion that it had changed."""
    async with in_trouble(azurite) as (tables, trouble, name):
        trouble.way = way
        for call in (
            lambda: tables.upsert(name, row("1", b="y")),
            lambda: tables.get(name, "p", "1"),
            lambda: tables.insert(name, row("2")),
            lambda: tables.remove(name, row("1"), 'W/"x"'),
        ):
            with pytest.raises(ServiceUnavailableError):
                await call()

    assert trouble.calls == Counter(PATCH=2, GET=2, POST=1, DELETE=1)


@pytest.mark.parametrize(
    ("way", "error"),
    [
        ("429InSeconds", ServiceBusyError),
        ("503InSeconds", ServiceBusyError),
        ("500", ServiceUnavailableError),
        ("503", ServiceUnavailableError),
        ("401", UnauthorizedError),
        ("truncated", ServiceUnavailableError),
        ("corrupt", ServiceUnavailableError),
        ("lostReply", ServiceUnavailableError),
    ],
)
async def test_every_fault_has_its_error(azurite: str, way: str, error: type[ServiceError]) -> None:
    """Of a read, a query and a transaction; a service that says when is asked again by nobody before."""
    async with in_trouble(azurite) as (tables, trouble, name):
        trouble.way = way
        drain()
        for call in (
            lambda: tables.get(name, "p", "1"),
            lambda: tables.answer(name, Query("PartitionKey eq @p", {"p": "p"}), 5),
            lambda: tables.submit(name, [Write("merge", row(str(key))) for key in range(2)]),
        ):
            with pytest.raises(error):
                await call()

    assert trouble.calls == Counter(GET=2, POST=1)


@dataclass
class Identity:
    """A credential whose tokens are numbered."""

    tokens: int = 0

    async def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        """Make one."""
        assert scopes == ("https://storage.azure.com/.default",)
        self.tokens += 1
        return AccessToken(f"token {self.tokens}", int(time()) + 3600)

    async def close(self) -> None:
        """Do nothing."""


async def test_a_token_is_kept_and_fetched_again_once_when_it_is_refused() -> None:
    """A service that refuses a fresh one has its reasons."""
    sent: list[str] = []

    def refuse(call: Call) -> str:
        sent.append(call.headers["Authorization"])
        return "401"

    identity = Identity()
    async with proxied(refuse, table="http://127.0.0.1:9") as proxies:
        service = TableService(Account(proxies["table"].url, identity=identity), "The index")  # type: ignore[arg-type]  # has what is used of one
        with pytest.raises(UnauthorizedError):
            await service.get("t", "p", "1")
        await asyncio.gather(service.close())

    assert sent == ["Bearer token 1", "Bearer token 2"]


def test_a_transaction_holds_what_the_service_takes() -> None:
    """A hundred rows, and less than four mebibytes."""
    small = [Write("replace", row(str(key))) for key in range(250)]
    large = [Write("replace", row(str(key), job="x" * 60_000)) for key in range(100)]

    assert [len(some) for some in transactions(small)] == [100, 100, 50]
    assert all(sum(len(write.body) for write in some) < 2**22 for some in transactions(large))
    assert sum(len(some) for some in transactions(large)) == 100


def test_a_transactions_response_counts_as_success_only_if_it_is_whole() -> None:
    """As many statuses as writes, or the one that failed."""
    success = b"--x\r\n\r\nHTTP/1.1 204 No Content\r\n"

    assert outcome(success * 2, 2) == (204, "")
    assert outcome(success, 2) is None
    assert outcome(b"}}}}", 2) is None
    assert outcome(b'HTTP/1.1 412 Precondition\r\n\r\n{"odata.error":{"code":"UpdateConditionNotSatisfied"}}', 2) == (
        412,
        "UpdateConditionNotSatisfied",
    )
