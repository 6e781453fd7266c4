"""The unmodified azure-quantum SDK sees the app's jobs as those of any workspace."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from azure.core.credentials import AzureKeyCredential
from azure.quantum import Workspace

from local.stack import WorkspaceEndpoint
from tests.e2e.real_stack import RealStack

THREE_ALIKE = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[3] q;\nh q[0];\ncx q[0], q[1];\ncx q[0], q[2];\n'
THREE_ALIKE += "bit[3] c = measure q;\n"
SECOND_OF_TWO = json.dumps({"qubits": 2, "circuit": [{"gate": "x", "target": 1}]})


async def test_it_lists_the_apps_jobs_and_reads_their_results(stack: RealStack) -> None:
    """Jobs of both kinds of output are there under our ids, which their names carry too, with the same results."""
    compiled = {"format": "openqasm3", "text": THREE_ALIKE}
    passed_on = {"format": "ionq.circuit.v1", "text": SECOND_OF_TWO}
    ids = [
        await stack.submit({"name": "alike", "target": "quantinuum.sim.h2-1e", "shots": 200, "input": compiled}),
        await stack.submit({"name": "second", "target": "ionq.simulator", "shots": 50, "input": passed_on}),
    ]
    answers = [await stack.answer_to(id=id_) for id_ in ids]

    listed, results = await asyncio.to_thread(read, stack.stack.endpoints.workspace, ids)

    assert [(job.details.name, job.details.status) for job in listed] == [
        (f"alike {ids[0]}", "Succeeded"),
        (f"second {ids[1]}", "Succeeded"),
    ]
    assert [job.details.target for job in listed] == ["quantinuum.sim.h2-1e", "ionq.simulator"]
    counts = answers[0]["result"]["counts"]
    assert results[0] == {"[0, 0, 0]": counts["000"] / 200, "[1, 1, 1]": counts["111"] / 200}
    assert results[1] == {"histogram": {"2": 1.0}}  # IonQ's own words, with qubit 0 lowest
    assert answers[1]["result"]["counts"] == {"01": 50}


def read(where: WorkspaceEndpoint, ids: list[str]) -> tuple[list[Any], list[Any]]:
    """Let the SDK list the workspace and read the results of these jobs."""
    with connected(where) as workspace:
        listed = {job.id: job for job in workspace.list_jobs()}
        jobs = [listed[id_] for id_ in ids]
        return jobs, [job.get_results() for job in jobs]


@contextmanager
def connected(where: WorkspaceEndpoint) -> Iterator[Workspace]:
    """Point the SDK at the stack's workspace."""
    with Workspace(
        subscription_id=where.subscription_id,
        resource_group=where.resource_group,
        name=where.name,
        location=where.location,
        credential=AzureKeyCredential(where.key),
        _quantum_endpoint=where.endpoint,
    ) as workspace:
        yield workspace
