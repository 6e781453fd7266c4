"""Reading a request's body without trusting what its headers say about it."""

from starlette.requests import Request

LIMIT = 100 * 1024 * 1024  # what Azure Functions takes


class BodyTooLargeError(Exception):
    """The body is larger than the host takes."""


async def read_body(request: Request, limit: int = LIMIT) -> bytes:
    """Read the body, counting as it comes; raises BodyTooLargeError as soon as it passes the limit."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise BodyTooLargeError
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise BodyTooLargeError
    return bytes(body)
