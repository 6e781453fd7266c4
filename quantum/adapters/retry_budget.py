"""How long a call may take, and when it is tried again from within the process: once, and only while that is rare.

When a service fails for everybody, a second try of every call would double what it has to bear. So the SDKs' own
retries are paid from one budget, which all clients of the process share and calls that go well fill. What is not
tried again here is left to the orchestrations' durable timers.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from azure.core.exceptions import AzureError, HttpResponseError, ServiceRequestError, ServiceResponseError
from azure.core.pipeline import PipelineRequest, PipelineResponse

CONNECT_SECONDS = 5
READ_SECONDS = 10  # from one byte to the next: a service that stalls is given up, and asked again
FORMER = "former_attempt"  # in a request's context, which all its attempts share


class RetryBudget:
    """A bucket of retries: each takes one, each call that goes well puts back a share of one."""

    def __init__(self, share: float = 0.1, reserve: float = 10.0) -> None:
        self._share = share
        self._reserve = reserve
        self._left = reserve

    def earn(self) -> None:
        """Note a call that went well."""
        self._left = min(self._left + self._share, self._reserve)

    def spend(self) -> bool:
        """Take one retry; False where none is left."""
        if self._left < 1:
            return False
        self._left -= 1
        return True


BUDGET = RetryBudget()


def before_attempt(request: PipelineRequest[Any]) -> None:
    """Let first attempts pass, and end those retries for which the budget has nothing left; a raw_request_hook.

    What ends them is an AzureError: to the retry policies it is one more failure, for which they have no more tries.
    """
    context = request.context
    if FORMER in context and not BUDGET.spend():
        raise _last_word(context[FORMER])
    context[FORMER] = None
    context.options["middlewares"] = (send_once,)  # azure-core passes its options on to aiohttp


async def send_once(request: Any, handler: Callable[[Any], Awaitable[Any]]) -> Any:
    """Keep aiohttp from sending a GET, PUT or DELETE again by itself when its connection is cut; a middleware of its.

    It would do so unasked and unpaid, and for a PUT whose answer was lost. It knows an AzureError as little as we
    know its errors, and lets it pass.
    """
    try:
        return await handler(request)
    except Exception as error:
        raise ServiceResponseError("The connection failed.", error=error) from error


def after_attempt(response: PipelineResponse[Any, Any]) -> None:
    """Keep an answer's status in case it is the last, and fill the budget if it is good; a raw_response_hook."""
    status = response.context[FORMER] = response.http_response.status_code
    if status not in {401, 408, 429} and status < 500:
        BUDGET.earn()


def after_vault_attempt(response: PipelineResponse[Any, Any]) -> None:
    """The same for a key vault, which asks for a token before it takes one: what answers that is a first attempt."""
    after_attempt(response)
    if response.http_response.status_code == 401 and "Authorization" not in response.http_request.headers:
        response.context.pop(FORMER)


def _last_word(status: int | None) -> AzureError:
    """Say what the attempt before came to; without its response, whose body may be a stream that nobody has read."""
    if status is None:
        return ServiceRequestError("The connection failed.")
    error = HttpResponseError(f"HTTP {status}")
    error.status_code = status
    return error


HOOKS: dict[str, Any] = {"raw_request_hook": before_attempt, "raw_response_hook": after_attempt}
TIMEOUTS: dict[str, Any] = {"connection_timeout": CONNECT_SECONDS, "read_timeout": READ_SECONDS}

# For key vaults: once more, beside what their challenge takes.
VAULT_CALLS: dict[str, Any] = {**TIMEOUTS, **HOOKS, "raw_response_hook": after_vault_attempt, "retry_total": 1}
# For blobs and queues: once more, after a quarter of a second at most.
STORAGE_CALLS: dict[str, Any] = {
    **TIMEOUTS,
    **HOOKS,
    "retry_total": 1,
    "initial_backoff": 0,
    "increment_base": 0,
    "random_jitter_range": 0.25,
}
# For tables: once more after a connection that failed. For an answer that asks us to wait, that policy would hold the
# activity for as long as the service says; a durable timer waits better.
TABLE_CALLS: dict[str, Any] = {**TIMEOUTS, **HOOKS, "retry_total": 1, "retry_status": 0}
