"""Which orders are equal, so that one result can answer them all: pure, and the same in every process."""

import hashlib
import json

from quantum.jobs.model import Job
from quantum.jobs.program import Program
from quantum.programs.formats import input_params, row_of
from quantum.programs.providers import is_hardware
from quantum.wire import codec


def may_reuse(job: Job) -> bool:
    """Say whether the job may have the result of an equal one on its present target."""
    rule = job.order.reuse
    return rule is not None and (rule.hardware or not is_hardware(job.target))


def run_key(job: Job, program: Program, compiler: str) -> str:
    """Hash what decides about a result: the tenant, workspace and target, the program, and all that is sent with it.

    `input_params` has the shots, the entry point, its arguments and the parameters, so also seeds and noise. The name,
    tags, deadline, priority and session of an order make no difference, nor does where it is answered.
    """
    order = job.order
    facts = {
        "tenant": job.source.get("tenant"),
        "workspace": order.workspace,
        "target": job.target,
        "program": program.digest,
        "format": program.format,
        "form": [program.media_type, program.encoding, program.layout],
        "compiler": compiler if program.is_compiled else None,
        "output": program.output or row_of(program.format).output,
        "entryPoint": order.entry_point,
        "arguments": codec.to_wire(order.arguments),
        "shots": order.shots,
        "params": input_params(order, program, job.target),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
