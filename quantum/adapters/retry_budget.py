"""Timeouts and in-process retries of calls: one retry, and only while retries are rare.

When a service is down, a retry of every call would double its load. So the SDKs' own retries are paid from one budget,
which all clients of the process share and successful calls fill. Further retries are left to durable timers.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.request import getproxies

from azure.core.exceptions import AzureError, HttpResponseError, ServiceRequestError, ServiceResponseError
from azure.core.pipeline import PipelineRequest, PipelineResponse

CONNECT_SECONDS = 5
READ_SECONDS = 10  # between two bytes: a call to a stalled service is given up, and retried
FORMER = "former_attempt"  # in a request's context, which all its attempts share


class RetryBudget:
    """A token bucket of retries: each takes one token, each successful call returns a share of one."""

    def __init__(self, share: float = 0.1, reserve: float = 10.0) -> None:
        self._share = share
        self._reserve = reserve
        self._left = reserve

    def earn(self) -> None:
        """Record a successful call."""
        self._left = min(self._left + self._share, self._reserve)

    def spend(self) -> bool:
        """Take one token; return False where none is left."""
        if self._left < 1:
            return False
        self._left -= 1
        return True


BUDGET = RetryBudget()


def counts_as_success(status: int) -> bool:
    """Say whether a response shows that the service works."""
    return status not in {401, 408, 429} and status < 500


def before_attempt(request: PipelineRequest[Any]) -> None:
    """Let first attempts pass, and stop retries without a budget; a raw_request_hook.

    An AzureError stops them: for the retry policies it is one more failure, after which no retry is left.
    """
    context = request.context
    if FORMER in context and not BUDGET.spend():
        raise _last_word(context[FORMER])
    context[FORMER] = None
    context.options["middlewares"] = (send_once,)  # azure-core passes its options on to aiohttp


async def send_once(request: Any, handler: Callable[[Any], Awaitable[Any]]) -> Any:
    """Keep aiohttp from resending a GET, PUT or DELETE after a lost connection; an aiohttp middleware.

    Its own retry would bypass the budget, and repeat a PUT whose response was lost. It does not handle an AzureError.
    """
    try:
        return await handler(request)
    except Exception as error:
        raise ServiceResponseError("The connection failed.", error=error) from error


def after_attempt(response: PipelineResponse[Any, Any]) -> None:
    """Store the status in case it is the last, and fill the budget after a success; a raw_response_hook."""
    status = response.context[FORMER] = response.http_response.status_code
    if counts_as_success(status):
        BUDGET.earn()


def after_vault_attempt(response: PipelineResponse[Any, Any]) -> None:
    """Do the same for a key vault, whose 401 challenge is not a failed attempt."""
    after_attempt(response)
    if response.http_response.status_code == 401 and "Authorization" not in response.http_request.headers:
        response.context.pop(FORMER)


def _last_word(status: int | None) -> AzureError:
    """Make the error of the previous attempt, without its response, whose body may be an unread stream."""
    if status is None:
        return ServiceRequestError("The connection failed.")
    error = HttpResponseError(f"HTTP {status}")
    error.status_code = status
    return error


HOOKS: dict[str, Any] = {"raw_request_hook": before_attempt, "raw_response_hook": after_attempt}


def connection_options() -> dict[str, Any]:
    """Return the options of every transport; the environment is read for proxies where it names any."""
    # The transport would read the proxies and ~/.netrc anew for each request, on two threads.
    proxies = bool(getproxies())
    return {"connection_timeout": CONNECT_SECONDS, "read_timeout": READ_SECONDS, "use_env_settings": proxies}


CONNECTION = connection_options()

# For key vaults: one retry, beside the challenge.
VAULT_CALLS: dict[str, Any] = {**CONNECTION, **HOOKS, "raw_response_hook": after_vault_attempt, "retry_total": 1}
# For blobs and queues: one retry, after a quarter of a second at most.
STORAGE_CALLS: dict[str, Any] = {
    **CONNECTION,
    **HOOKS,
    "retry_total": 1,
    "initial_backoff": 0,
    "increment_base": 0,
    "random_jitter_range": 0.25,
}
# For tables: one retry after a failed connection. For a Retry-After, that policy would block the activity for as long
# as the service says; a durable timer waits better.
TABLE_CALLS: dict[str, Any] = {**CONNECTION, **HOOKS, "retry_total": 1, "retry_status": 0}
