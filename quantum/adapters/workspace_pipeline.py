"""The pipeline of a workspace's requests, on azure-core: retries without long pauses, paid from the shared budget."""

from typing import Any

from azure.core import AsyncPipelineClient
from azure.core.pipeline import PipelineResponse
from azure.core.pipeline.policies import (
    AsyncHTTPPolicy,
    AsyncRetryPolicy,
    CustomHookPolicy,
    DistributedTracingPolicy,
    HttpLoggingPolicy,
    RequestIdPolicy,
    UserAgentPolicy,
)
from azure.core.pipeline.transport import AioHttpTransport

from quantum.adapters.azure_errors import retry_after
from quantum.adapters.retry_budget import CONNECTION, HOOKS

PATIENCE_SECONDS = 2.0  # a longer Retry-After is left to the orchestration's durable timer


class ShortRetryPolicy(AsyncRetryPolicy[Any, Any]):
    """azure-core's retries without long pauses, and one retry after a 401, with a new token."""

    def is_retry(self, settings: dict[str, Any], response: PipelineResponse[Any, Any]) -> bool:
        """Say whether to retry the request within the process."""
        answer = response.http_response
        if answer.status_code == 401:  # it had no effect, so any request may be repeated
            return not settings["history"]
        if not settings["methods"]:
            return False
        if (pause := retry_after(answer.headers)) is not None and pause > PATIENCE_SECONDS:
            return False
        return bool(super().is_retry(settings, response))


def pipeline(endpoint: str, access: AsyncHTTPPolicy[Any, Any]) -> AsyncPipelineClient[Any, Any]:
    """Make the client of a workspace's endpoint, with this authentication."""
    return AsyncPipelineClient(
        endpoint,
        policies=[
            RequestIdPolicy(),
            UserAgentPolicy("durable-quantum-jobs"),
            ShortRetryPolicy(retry_total=1),
            CustomHookPolicy(**HOOKS),
            access,
            DistributedTracingPolicy(),
            HttpLoggingPolicy(),
        ],
        transport=AioHttpTransport(**CONNECTION),
    )
