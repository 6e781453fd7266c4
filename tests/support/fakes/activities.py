"""Calls an activity as the durable engine does: what it is asked and what it has come to pass through JSON."""

import json

from activities.activity import Registered
from orchestrators.messages import AnyFailure, Outcome, Overtaken, Request


async def call[T: Outcome](activity: Registered, request: Request[T]) -> T | AnyFailure | Overtaken:
    """Make a request, and give its outcome."""
    assert activity.__name__ == request.activity
    return request.read_outcome(json.loads(json.dumps(await activity(json.loads(json.dumps(request.to_wire()))))))
