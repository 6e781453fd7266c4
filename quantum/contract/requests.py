"""The requests beside orders: to open a session, to adopt a job."""

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Annotated

from quantum.contract.answer_to import WHERE_ANSWERED, AnswerQueue, AnswerTo
from quantum.contract.fields import OR_NULL, REQUIRED, Table, table_of
from quantum.contract.kinds import Tags
from quantum.contract.orders import A_NAME, A_PRIORITY, A_TARGET, A_WORKSPACE
from quantum.contract.texts import Form, Words
from quantum.wire.records import record

REMOTE_ID = re.compile(r"[A-Za-z0-9-]{1,36}")

A_REMOTE_ID = Form(REMOTE_ID, "must be the id of a job in the workspace: up to 36 letters, digits and hyphens")
A_POLICY = Words(("Abort", "Continue"))
WHERE = "the workspace that it is in; `GET /api/workspaces`"


@record
class SessionRequest:
    """A session to be opened: jobs for one target that belong together."""

    target: Annotated[str, A_TARGET, "the target that its jobs run on", REQUIRED]
    name: Annotated[str | None, A_NAME, "how you find it again"] = None
    workspace: Annotated[str, A_WORKSPACE, WHERE] = "default"
    priority: Annotated[str | None, A_PRIORITY, "as the workspace takes it", OR_NULL] = None
    tags: Annotated[Mapping[str, str], Tags(), "texts by name"] = field(default_factory=dict)
    job_failure_policy: Annotated[
        str | None, A_POLICY, "whether a job that fails ends the session (`Abort`) or not (`Continue`)", OR_NULL
    ] = None


@record
class Adoption:
    """A job to be adopted: its id in which workspace, tags that are laid over those that it has there, and the place
    of its answer.
    """

    id: Annotated[str, A_REMOTE_ID, "the job's id in the workspace", REQUIRED]
    workspace: Annotated[str, A_WORKSPACE, WHERE] = "default"
    tags: Annotated[Mapping[str, str], Tags(), "texts by name, added to those that the job has"] = field(
        default_factory=dict
    )
    answer_to: Annotated[str | AnswerQueue | None, AnswerTo(), WHERE_ANSWERED, OR_NULL] = None


@record
class Rerun:
    """Which members of a batch run again, in a new batch; the others keep their jobs."""

    members: Annotated[str, Words(("failed",)), "those that did not succeed, whatever the reason"] = "failed"


RERUN: Table = table_of(Rerun)
SESSION_REQUEST: Table = table_of(SessionRequest)
ADOPTION: Table = table_of(Adoption)
