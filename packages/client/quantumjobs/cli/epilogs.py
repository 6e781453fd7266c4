"""What the help of a command says below its options: examples above all."""

from __future__ import annotations

from quantumjobs.cli.codes import MEANINGS

EXIT_CODES = "exit codes:\n" + "\n".join(f"  {code:<4} {meaning}" for code, meaning in MEANINGS.items())
SHORT = "exit codes: 0 is well, 2 a faulty command line or order; `qjobs --help` has them all"

OVERVIEW = """\
first steps:
  qjobs submit bell.qasm --target ionq.simulator --shots 1000 --watch
  qjobs list --phase waiting --from 1h
  qjobs show @last
  qjobs result 7d44 --json | jq .counts

jobs:
  submit  estimate  retry  watch  wait  show  result  list  counts  cost  cancel  adopt
batches:
  compare  sweep  batch submit|list|show|members|table|watch|pause|resume|rerun|cancel
the workspace:
  targets  formats  quotas  sessions list|open|show|close  workspaces list|add|remove
the deployment:
  doctor  poison list|replay  budgets list|set  approve  deny  endpoints
this machine:
  config list|show|set|unset|use|remove  completion bash|zsh|fish|powershell

`qjobs help COMMAND` explains each. Where an ID is asked for, its unique beginning or @last will do.

where the deployment is:
  --url and --key; a profile that is named (--profile, QJOBS_PROFILE); QJOBS_URL and QJOBS_KEY (a key on a command line
  can be seen by others); the profile in use; a local stack that was started in this folder or one above
"""

TOPICS = {
    "BUDGETS": """\
The file has all budgets: a list, or the document of `qjobs budgets list --json`, whose version is then checked. A
budget that is left out ends; what was reserved and spent under a name stays.

example:
  echo '[{"name": "lab", "scope": "workspace", "of": "default", "unit": "USD", "period": "month", "limit": 500,
          "approveAbove": 50}]' | qjobs budgets set -
""",
    "SUBMIT": """\
The format is told by the extension: .qasm (OpenQASM 2 or 3, by its header), .qs (Q#), .ll (QIR as text),
.bc (QIR as bitcode), .quil (Quil), .json (an IonQ circuit; an optimisation problem if it has "cost_function"; a
pulse sequence if it has "sequence_builder"; a whole order if it has "input"). Options win over a whole order.
Any other format is said by --format; `qjobs formats` shows those that are known.
Several files and several targets are a job for each pair. --argument is for the inputs of the program, --param for the
parameters of the provider.

examples:
  qjobs submit bell.qasm --target ionq.simulator --shots 1000 --watch
  qjobs submit bell.qasm ghz.qasm --target ionq.simulator --target rigetti.sim.qvm --shots 500 --tag run=7
  qjobs submit Random.qs --entry-point Test.GenerateRandomBits --argument 3 --target quantinuum.sim.h2-1e --shots 100
  qjobs submit rotate.qasm --argument 1.57 --tag team=chem --deadline 2h --target ionq.simulator --shots 500
  generate | qjobs submit - --format openqasm3 --target ionq.simulator --shots 1000 --json
  qjobs submit bell.order.json
  qjobs submit --like @last --shots 5000
""",
    "ESTIMATE": """\
Nothing is run, and nothing is stored. Without --target or --targets, the order's own targets are looked at, and
without these every target of the workspace that takes the order; one that is named and would not take it is a row
with the reason. Prices are published ones, of the date in the last column; where a target is billed by time, nobody
knows the price before.

examples:
  qjobs estimate bell.qasm --shots 1000
  qjobs estimate bell.qasm --shots 1000 --targets ionq.qpu.aria-1,quantinuum.sim.h2-1e,rigetti.sim.qvm
  qjobs estimate ghz.qasm --shots 500 --max-cost 100 -o csv
""",
    "RETRY": """\
The program comes back from the deployment as it was submitted: one that was compiled is sent as QIR.

examples:
  qjobs retry @last
  qjobs retry 7d44 --target rigetti.sim.qvm --watch
""",
    "WATCH": """\
On a terminal the picture is live; in a pipe each change is a line; with --json each change is a JSON line,
the last of which has the result in it. Ctrl-C stops the watching, not the jobs.
Filters choose jobs that have not ended.

examples:
  qjobs watch @last
  qjobs watch 7d44 0c6f
  qjobs watch --tag run=7
  qjobs watch 7d444840-9dc0-11d1-b245-5ffdce74fad2 --json | jq -r .phase
""",
    "WAIT": """\
Filters choose jobs that have not ended. The exit code is 0 where all of them succeeded.

examples:
  qjobs wait @last && qjobs result @last
  qjobs wait --tag run=7 --timeout 30m
""",
    "SHOW": """\
examples:
  qjobs show @last
  qjobs show 7d44 -o yaml
""",
    "RESULT": """\
The most frequent outcomes come first. --register counts one register alone and sums over the others.

examples:
  qjobs result @last --top 8
  qjobs result 7d44 --register ancilla
  qjobs result 7d44 -o csv --output counts.csv
""",
    "LIST": """\
Any filters go together, in any order. A page may be shorter than --top where jobs are searched for among many.
Times are UTC: 1h and 3d are so long ago.

examples:
  qjobs list --phase waiting --from 1h
  qjobs list --tag team=chem --target ionq.qpu.aria-1 --from 2026-11-01 --to 2026-12-01 --all
  qjobs list --name bell --provider ionq --json | jq -r .jobs[].id
""",
    "COUNTS": """\
The jobs are named, or chosen as by `qjobs list`. Jobs that do not count are named on standard error, with the reason.

examples:
  qjobs counts --tag run=7
  qjobs counts --name bell --phase succeeded --json | jq .counts
  qjobs counts 7d44 0c6f
""",
    "COST": """\
The jobs are chosen as by `qjobs list`; without filters, all count. Amounts of two units are never added. What the
service does not tell, the deployment estimates by published prices: the last column says for how many jobs.

examples:
  qjobs cost --from 2026-11-01
  qjobs cost --by provider --from 30d --tag team=chem
  qjobs cost --by unit --target quantinuum.sim.h2-1e -o csv
""",
    "CANCEL": """\
It says of each job whether it was asked to stop or had ended. Filters choose jobs that have not ended.

examples:
  qjobs cancel @last
  qjobs cancel --tag run=7
""",
    "COMPARE": """\
The batch is watched to its end; then its table is shown, what the members are compared by with its standard error, and
the best of them, or a tie. Fidelities need a --reference: "ideal" is what a target without noise among them gives.
docs/comparison.md says how the best is chosen.

examples:
  qjobs compare ghz.qasm --targets ionq.simulator,rigetti.sim.qvm --shots 1000 --reference ideal
  qjobs compare ghz.qasm --targets ionq.simulator,rigetti.sim.qvm --shots 1000 --by time
  qjobs compare bell.qasm --targets a,b --shots 500 --reference '{"counts": {"00": 0.5, "11": 0.5}}'
""",
    "SWEEP": """\
The program runs once for each value and target. At the end a curve is drawn: over the argument, what the members are
ranked by (--by, --reference), else the expectation of Z on all bits, with its standard error. The exit code is 0 where
every member succeeded.

examples:
  qjobs sweep rotation.qasm --argument theta=0:3.14:50 --target ionq.simulator --shots 500
  qjobs sweep ansatz.qasm --argument theta=0:6.28:25 --targets ionq.simulator,rigetti.sim.qvm --shots 1000
  qjobs sweep rotation.qasm --argument theta=0:3.14:500 --target ionq.simulator --shots 100 --no-watch -q
""",
    "BATCH": """\
docs/batches.md says what a batch may contain: an order with targets and a sweep, or a list of orders.
More than 4 MiB of orders are uploaded to the container `inputs`; that page shows how.

examples:
  qjobs batch submit sweep.json --watch
  qjobs batch submit orders.jsonl
  generate | qjobs batch submit - -q
""",
    "BATCH_LIST": """\
Where an ID is asked for, its unique beginning or @last will do: the batch that was sent last from here.

examples:
  qjobs batch list --top 5
  qjobs batch list --phase running -q
  qjobs batch show @last --json | jq .byPhase
""",
    "MEMBERS": """\
Each member is a job with an id of its own: `qjobs show`, `qjobs result` and `qjobs cancel` take it.

examples:
  qjobs batch members @last --phase failed
  qjobs batch members 7d44 --target ionq.simulator -o csv
""",
    "TABLE": """\
There is a table once the batch has ended. The plot shows what the members are compared by, with its standard error.

examples:
  qjobs batch table @last
  qjobs batch table 7d44 -o csv --output table.csv
""",
    "BATCH_WATCH": """\
On a terminal all members are on one screen, target by target; in a pipe each change is a line; with --json each change
is a JSON line, the last of which has the table in it. Ctrl-C stops the watching, not the batch. The exit code is 0
where every member succeeded, 1 where the batch ended otherwise, 5 at the end of --timeout.

examples:
  qjobs batch watch @last
  qjobs batch watch 7d44 --timeout 30m
""",
    "BATCH_PAUSE": """\
Members on their way go on; the others wait until the batch is resumed.

examples:
  qjobs batch pause @last
  qjobs batch resume @last
""",
    "RERUN": """\
A new batch takes over what succeeded and runs only the rest. The batch that it repeats must have ended. The new one is
@last from then on.

examples:
  qjobs batch rerun @last --watch
  qjobs batch rerun 7d44 --idempotency-key nightly-2
""",
    "BATCH_CANCEL": """\
Members that have not started are left out; those on their way are asked to stop, and end in their own time.

examples:
  qjobs batch cancel @last
""",
    "ADD_WORKSPACE": """\
The client secret is read from QJOBS_CLIENT_SECRET, else from standard input; on a terminal it is asked for. It is never
an option: a command line can be seen by others. A workspace that is added again has its secret replaced.

examples:
  qjobs workspaces add --name chem --resource-id /subscriptions/…/Workspaces/chem --location eastus \\
    --tenant-id 11111111-1111-4111-8111-111111111111 --client-id 22222222-2222-4222-8222-222222222222
  qjobs submit bell.qasm --target ionq.simulator --shots 1000 --workspace chem
""",
    "DOCTOR": """\
Asks for the way there, the key, each thing that the app depends on, and what its role on the workspace lets it read;
then runs a Bell pair on a free simulator, and tells how long the app took to hand it over and whether the event about
its output came. Each answer is shown as it comes; what is wrong comes with what to do, and in Azure with the sign of
docs/first-deployment.md. A missing event is a warning: the app finds outputs by looking, too.

examples:
  qjobs doctor
  qjobs doctor --no-job --json | jq .ok
  qjobs doctor --url https://my-app.azurewebsites.net --target rigetti.sim.qvm

It exits with 1 where only the job did not succeed in time, with 3 where anything before it is wrong.
""",
    "ENDPOINTS": """\
Its keys are printed as well: they open nothing but the stack on this machine.

examples:
  export QJOBS_KEY=$(qjobs endpoints functionKey)
  qjobs endpoints workspace | jq -r .endpoint
""",
    "CONFIG": """\
A profile keeps a deployment (url, key), defaults (target, shots, workspace), and how to sign in: with auth "entra" a
token for its scope is sent in place of a key. The file is $QJOBS_CONFIG, or quantumjobs/config.json among your
settings; only you can read it. A key is read from standard input where VALUE is left out. Signing in was tried with a
stand-in of a token endpoint only, never with Entra ID itself.

examples:
  qjobs config set url https://my-app.azurewebsites.net --profile work
  qjobs config set key --profile work < key.txt
  qjobs config set target ionq.simulator --profile work
  qjobs config use work
  qjobs list --profile work
""",
    "COMPLETION": """\
examples:
  source <(qjobs completion bash)                    # in ~/.bashrc
  source <(qjobs completion zsh)                     # in ~/.zshrc, after compinit
  qjobs completion fish > ~/.config/fish/completions/qjobs.fish
  qjobs completion powershell | Out-String | Invoke-Expression   # in $PROFILE; never run in PowerShell yet
""",
}


def of(topic: str) -> str:
    """Give what the help of a command ends with."""
    return f"{TOPICS[topic]}\n{SHORT}" if topic else SHORT


def overview() -> str:
    """Give what the help of all commands ends with."""
    return f"{OVERVIEW}\n{EXIT_CODES}"
