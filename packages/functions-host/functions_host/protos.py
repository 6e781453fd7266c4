"""The messages of the worker's protocol, as plain Python objects.

`azure-functions-runtime` reads attributes and calls the constructors below; it needs no protobuf classes.
Source of the names: FunctionRpc.proto of Azure/azure-functions-language-worker-protobuf.
"""

from types import SimpleNamespace
from typing import Any


class WorkerInitResponse(SimpleNamespace):
    """The worker's response to indexing the app: `capabilities`, `result`."""


class WorkerMetadata(SimpleNamespace):
    """Which worker this is."""


class FunctionMetadataResponse(SimpleNamespace):
    """The app's functions: `function_metadata_results`."""


class RpcFunctionMetadata(SimpleNamespace):
    """One function: `name`, `function_id`, `raw_bindings` (JSON texts)."""


class RpcRetryOptions(SimpleNamespace):
    """A function's retry policy."""


class FunctionLoadResponse(SimpleNamespace):
    """The worker's response to loading one function."""


class InvocationResponse(SimpleNamespace):
    """How an invocation ended: `result`, `return_value`, `output_data`; the latter two only on success."""


class RpcException(SimpleNamespace):
    """A failure: `message` and `stack_trace`."""


class ParameterBinding(SimpleNamespace):
    """One named input or output: `name` and `data`."""

    def WhichOneof(self, _group: str) -> str:  # noqa: N802 - protobuf's name, which the worker calls
        """Name the field: the value is in the message, not in shared memory."""
        return "data"


class BindingInfo(SimpleNamespace):
    """A binding's kind and direction."""

    undefined = 0
    out = 1
    inout = 2


class StatusResult(SimpleNamespace):
    """Whether a request succeeded; `exception` is there when it did not."""

    Failure = 0
    Success = 1

    def __init__(self, status: int, exception: RpcException | None = None) -> None:
        super().__init__(status=status, exception=exception)


class TypedData:
    """A value that knows which of the protocol's fields it is: string, json, bytes, http, int or double."""

    def __init__(self, **one: Any) -> None:
        self._field = next(iter(one), None)
        self.__dict__.update(one)

    def WhichOneof(self, _group: str) -> str | None:  # noqa: N802 - protobuf's name, which the worker calls
        """Name the field that is set."""
        return self._field


class RpcHttp(SimpleNamespace):
    """An HTTP request or answer."""


class RpcHttpCookie(SimpleNamespace):
    """One cookie of an HTTP answer."""

    class SameSite:
        """What a cookie's SameSite attribute can say."""

        Lax = "Lax"
        Strict = "Strict"
        ExplicitNone = "None"


# "None" is the protocol's word for "unspecified"; it is a keyword of Python, so the class body cannot have it.
setattr(RpcHttpCookie.SameSite, "None", None)


class NullableString(SimpleNamespace):
    """A text that may be absent."""


class NullableBool(SimpleNamespace):
    """A truth value that may be absent."""


class NullableDouble(SimpleNamespace):
    """A number that may be absent."""


class Timestamp(SimpleNamespace):
    """A moment: `seconds` since 1970."""


class NullableTimestamp(SimpleNamespace):
    """A moment that may be absent."""
