"""Every error of the workspace: HTTP responses, and errors of jobs."""

from collections.abc import Mapping
from typing import Any


class ServiceError(Exception):
    """An error response in the service's form: `{"error": {"code", "message"}}`."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


class ProgramError(Exception):
    """The reason why a job ends as Failed; becomes its `errorData`, with the fields of `more`."""

    def __init__(self, code: str, message: str, more: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.more = dict(more or {})

    def __reduce__(self) -> tuple[type["ProgramError"], tuple[str, str, dict[str, Any]]]:
        return ProgramError, (self.code, self.message, self.more)

    @property
    def data(self) -> dict[str, Any]:
        """The `errorData` that callers see."""
        return {"code": self.code, "message": self.message, **self.more}


# HTTP responses.


def unauthorized() -> ServiceError:
    """As recorded from the service: an empty body, and the reason in a header."""
    return ServiceError(401, "", "", {"www-authenticate": 'Bearer error="invalid_token"'})


def workspace_not_found(name: str) -> ServiceError:
    """The request names another workspace than the configured one."""
    return ServiceError(404, "ResourceNotFound", f"The workspace '{name}' is not served here.")


def no_such_operation(method: str, path: str) -> ServiceError:
    """The path is not part of the data plane."""
    return ServiceError(404, "ResourceNotFound", f"There is no operation {method} {path}.")


def wrong_method(method: str, path: str) -> ServiceError:
    """The path does not support this method."""
    return ServiceError(405, "MethodNotAllowed", f"{method} is not an operation on {path}.")


def job_not_found(job_id: str) -> ServiceError:
    """No job has this id, or it was deleted."""
    return ServiceError(404, "JobNotFound", f"The job '{job_id}' was not found.")


def session_not_found(session_id: str) -> ServiceError:
    """No session has this id."""
    return ServiceError(404, "SessionNotFound", f"The session '{session_id}' was not found.")


def provider_not_found(provider: str) -> ServiceError:
    """No target belongs to this provider."""
    return ServiceError(404, "ProviderNotFound", f"The provider '{provider}' was not found.")


def target_not_found(target: str) -> ServiceError:
    """No target has this id."""
    return ServiceError(404, "TargetNotFound", f"There is no target '{target}'.")


def malformed_body(reason: str) -> ServiceError:
    """The body is not JSON, or not what the operation expects."""
    return ServiceError(400, "InvalidRequestBody", f"The request body is not usable: {reason}.")


def body_too_large(limit: int) -> ServiceError:
    """The body is larger than any operation needs."""
    return ServiceError(413, "RequestBodyTooLarge", f"The request body is larger than {limit} bytes.")


def body_too_slow(seconds: float) -> ServiceError:
    """The body did not arrive in time; the connection is closed."""
    message = f"The request body did not come within {seconds:.0f} seconds."
    return ServiceError(408, "RequestTimeout", message, headers={"connection": "close"})


def invalid_property(name: str, reason: str) -> ServiceError:
    """A property has an invalid value."""
    return ServiceError(400, "InvalidProperty", f"The property '{name}' is invalid: {reason}.")


def property_not_specified(name: str) -> ServiceError:
    """A required property is missing."""
    return ServiceError(400, "PropertyNotSpecified", f"The property '{name}' is required.")


def invalid_job(reason: str) -> ServiceError:
    """Each property is valid, but the job cannot run."""
    return ServiceError(400, "InvalidJobDefinition", f"The job definition is invalid: {reason}.")


def target_unavailable(target: str) -> ServiceError:
    """The target accepts no jobs now."""
    return ServiceError(400, "TargetUnavailable", f"The target '{target}' is unavailable.")


def quota_exceeded(target: str, limit: int) -> ServiceError:
    """The workspace has used up its quota of executions."""
    return ServiceError(403, "QuotaExceeded", f"The quota of {limit} executions on '{target}' is used up.")


def invalid_query(name: str, reason: str) -> ServiceError:
    """A list's filter, order or page cannot be understood."""
    return ServiceError(400, "InvalidQueryParameter", f"The query parameter '{name}' is invalid: {reason}.")


def foreign_uri(name: str) -> ServiceError:
    """A URI points outside the storage account of the workspace; the emulator fetches nothing from elsewhere."""
    return invalid_property(name, "it does not point into the storage account linked to this workspace")


def job_exists(job_id: str) -> ServiceError:
    """The id was used for another definition."""
    return ServiceError(409, "JobAlreadyExists", f"The job '{job_id}' exists with another definition.")


def session_exists(session_id: str) -> ServiceError:
    """The id was used for another session."""
    return ServiceError(409, "SessionAlreadyExists", f"The session '{session_id}' exists with another definition.")


def cancel_refused(job_id: str) -> ServiceError:
    """The target does not cancel executing jobs."""
    return ServiceError(409, "JobNotCancellable", f"The job '{job_id}' is executing and can no longer be cancelled.")


def delete_refused(job_id: str) -> ServiceError:
    """Only jobs that have ended can be deleted."""
    return ServiceError(409, "JobNotFinished", f"The job '{job_id}' has not finished; cancel it first.")


def throttled(target: str, retry_after: str | None) -> ServiceError:
    """The target throttles calls; `retry_after` is the header's value."""
    headers = {"retry-after": retry_after} if retry_after else {}
    return ServiceError(429, "TooManyRequests", f"Too many requests for '{target}'.", headers)


def storage_failed(reason: str) -> ServiceError:
    """The storage account failed."""
    return ServiceError(503, "StorageUnavailable", f"The linked storage account did not answer: {reason}.")


# Ends of jobs.


def input_missing(blob: str) -> ProgramError:
    """The program was never uploaded."""
    return ProgramError("InvalidInputData", f"The input blob '{blob}' does not exist.")


def input_unreadable(reason: str) -> ProgramError:
    """The program, or its parameters, are faulty."""
    return ProgramError("InvalidInputData", reason)


def not_simulated(reason: str) -> ProgramError:
    """The format is known, but nothing here can run it."""
    return ProgramError("NotSupportedByEmulator", reason)


def qir_unreadable(reason: str) -> ProgramError:
    """The QIR is invalid, or cannot be executed."""
    return ProgramError("QIRPreProcessingFailed", reason)


def output_unwritable(reason: str) -> ProgramError:
    """The result does not fit the output format, or could not be stored."""
    return ProgramError("CannotTranslateOutputData", reason)


def too_many_qubits(needed: int, offered: int) -> ProgramError:
    """The program does not fit on the target."""
    return ProgramError("InvalidInputData", f"The program uses {needed} qubits; the target has {offered}.")


def took_too_long(seconds: float) -> ProgramError:
    """The wall-clock limit ended the program."""
    return ProgramError("ProviderTimeout", f"The execution was ended after {seconds:g} s.")


def took_too_long_for(shots: int, seconds: float, needed: float) -> ProgramError:
    """The simulator estimated that the time is too short."""
    reason = f"The execution has {seconds:g} s; at this speed {shots} shots need about {needed:.0f} s: ask for fewer."
    return ProgramError("ProviderTimeout", reason)


def out_of_memory(mebibytes: int) -> ProgramError:
    """The memory limit ended the program."""
    return ProgramError("RuntimeError", f"The execution needed more than {mebibytes} MiB of memory.")


def crashed(signal_name: str) -> ProgramError:
    """The program's process was ended by a signal."""
    return ProgramError("RuntimeError", f"The execution ended by {signal_name}.")


def simulation_failed(reason: str) -> ProgramError:
    """The simulator failed, for this reason."""
    return ProgramError("RuntimeError", reason)
