"""`qjobs batch submit`, `qjobs compare` and `qjobs sweep`: they send many orders as one, and watch it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quantumjobs.batch_requests import ranking, request_of
from quantumjobs.cli.batch_following import follow
from quantumjobs.cli.batches import tell
from quantumjobs.cli.client import connect
from quantumjobs.cli.codes import OK
from quantumjobs.cli.faults import CommandLineError
from quantumjobs.cli.inputs import named_targets
from quantumjobs.cli.left_open import key_of, under_a_key
from quantumjobs.cli.submitting import completed
from quantumjobs.orders import order_of_file

if TYPE_CHECKING:
    from argparse import Namespace

    from quantumjobs.batches import Batch
    from quantumjobs.cli.client import CommandClient
    from quantumjobs.cli.screen import Screen

MOST_BYTES = 4 * 1024 * 1024  # of a request


def submit(options: Namespace, screen: Screen) -> int:
    """Send a batch that is written as JSON, or as JSON Lines with one order a line."""
    request = _document(options.file)
    with connect(options) as client:
        batch = _send(client, request, options, screen)
        if options.watch:
            return follow(client, batch, options.timeout, screen)
    tell(batch, screen)
    return OK


def compare(options: Namespace, screen: Screen) -> int:
    """Run a program on several targets, and show which did best."""
    request = request_of(_order(options), options.targets, rank=ranking(options.by, options.reference))
    with connect(options) as client:
        return follow(client, _send(client, request, options, screen), options.timeout, screen)


def sweep(options: Namespace, screen: Screen) -> int:
    """Run a program at equal steps of one argument, and show what comes of it as a curve."""
    targets, order, grid = named_targets(options), _order(options), options.argument
    if not targets and "target" not in order:
        raise CommandLineError("no target is named", "", "name one: --target ionq.simulator, or several: --targets A,B")
    rank = ranking(options.by, options.reference)
    request = request_of(order, targets, grid, rank, window=options.window)
    with connect(options) as client:
        batch = _send(client, request, options, screen)
        if options.no_watch:
            tell(batch, screen)
            return OK
        return follow(client, batch, options.timeout, screen, grid.argument)


def _order(options: Namespace) -> dict[str, Any]:
    """Read the order of a file, and put what the command line says into it; the targets stand beside it."""
    stated = {name: value for name, value in vars(options).items() if name not in {"target", "argument"}}
    (order,) = completed(order_of_file(Path(options.file), options.format), type(options)(**stated))
    return order


def _document(file: str) -> dict[str, Any]:
    remedy = "name a file of JSON, or - for standard input"
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        document = _lines(file, text) if file.endswith(".jsonl") else json.loads(text)
    except CommandLineError:
        raise
    except OSError as error:
        raise CommandLineError(f"{file} cannot be read", error.strerror or str(error), remedy) from error
    except ValueError as error:
        raise CommandLineError(f"{file} is no batch", str(error), remedy) from error
    if not isinstance(document, dict):
        raise CommandLineError(f"{file} is no batch", "it is not a JSON object", "docs/batches.md has examples")
    return document


def _lines(file: str, text: str) -> dict[str, Any]:
    if len(text.encode()) > MOST_BYTES:
        remedy = 'upload it to the container `inputs`, and send {"orders": {"blob": "inputs/NAME"}}: docs/batches.md'
        raise CommandLineError(f"{file} is too large for a request", "4 MiB are allowed", remedy)
    return {"orders": [json.loads(line) for line in text.split("\n") if line.strip()]}


def _send(client: CommandClient, request: dict[str, Any], options: Namespace, screen: Screen) -> Batch:
    key = key_of(options.idempotency_key)
    with under_a_key(key, screen, "batch", "batch watch"):
        batch = client.submit_batch(request, idempotency_key=key)
    client.remember_batch(batch)
    return batch
