"""The `durableClient` binding: the JSON from which the SDK's client learns where the durable HTTP API is."""

from urllib.parse import quote, urlencode

from .history import to_text

WEBHOOK_PATH = "/runtime/webhooks/durabletask"
RPC_USER = "worker"
INSTANCE_ID_PLACEHOLDER = "INSTANCEID"


def client_binding(base_url: str, hub_name: str, system_key: str) -> str:
    """Write the binding's JSON; `base_url` is the host's own, such as `http://127.0.0.1:7071`."""
    # The SDK adds no key to the address that it calls itself, but aiohttp sends what stands before an "@".
    scheme, _, address = base_url.rstrip("/").partition("://")
    rpc = f"{scheme}://{RPC_USER}:{quote(system_key, safe='')}@{address}{WEBHOOK_PATH}/"
    base = base_url.rstrip("/")
    webhook = base + WEBHOOK_PATH
    query = urlencode({"code": system_key})
    start = f"{webhook}/orchestrators/{{functionName}}[/{{instanceId}}]"
    return to_text(
        {
            "taskHubName": hub_name,
            "creationUrls": {
                "createNewInstancePostUri": f"{start}?{query}",
                "createAndWaitOnNewInstancePostUri": (
                    f"{start}?timeout={{timeoutInSeconds}}&pollingInterval={{intervalInSeconds}}&{query}"
                ),
            },
            "managementUrls": management_urls(base, hub_name, system_key, INSTANCE_ID_PLACEHOLDER),
            "baseUrl": webhook,
            "requiredQueryStringParameters": query,
            "rpcBaseUrl": rpc,
        }
    )


def management_urls(base_url: str, hub_name: str, system_key: str, instance_id: str) -> dict[str, str]:
    """Return the management URLs of one instance; without `system_key` the caller must send the key itself."""
    code = {"code": system_key} if system_key else {}
    query = urlencode({"taskHub": hub_name, "connection": "Storage", **code})
    instance = f"{base_url}{WEBHOOK_PATH}/instances/{quote(instance_id, safe='')}"
    return {
        "id": instance_id,
        "statusQueryGetUri": f"{instance}?{query}",
        "sendEventPostUri": f"{instance}/raiseEvent/{{eventName}}?{query}",
        "terminatePostUri": f"{instance}/terminate?reason={{text}}&{query}",
        "rewindPostUri": f"{instance}/rewind?reason={{text}}&{query}",
        "purgeHistoryDeleteUri": f"{instance}?{query}",
        "restartPostUri": f"{instance}/restart?{query}",
        "suspendPostUri": f"{instance}/suspend?reason={{text}}&{query}",
        "resumePostUri": f"{instance}/resume?reason={{text}}&{query}",
    }
