"""What the help of a command says below its options: examples above all."""

from quantumjobs.cli.exits import MEANINGS

EXIT_CODES = "exit codes:\n" + "\n".join(f"  {code:<4} {meaning}" for code, meaning in MEANINGS.items())

OVERVIEW = f"""\
examples:
  qjobs submit bell.qasm --target ionq.simulator --shots 1000 --watch
  qjobs list --phase waiting
  qjobs result 7d444840-9dc0-11d1-b245-5ffdce74fad2 --json | jq .counts

where the deployment is:
  --url and --key, or QJOBS_URL and QJOBS_KEY (a key on a command line can be seen by others),
  or else a local stack that was started in this folder or one above (.local/endpoints.json)

{EXIT_CODES}
"""

SUBMIT = f"""\
The format is told by the extension: .qasm (OpenQASM 2 or 3, by its header), .qs (Q#), .ll (QIR as text),
.bc (QIR as bitcode), .quil (Quil), .json (an IonQ circuit; an optimisation problem if it has "cost_function"; a
pulse sequence if it has "sequence_builder"; a whole order if it has "input"). Options win over a whole order.
Any other format is said by --format; `qjobs formats` shows those that are known.

examples:
  qjobs submit bell.qasm --target ionq.simulator --shots 1000 --watch
  qjobs submit Random.qs --entry-point Test.GenerateRandomBits --argument 3 --target quantinuum.sim.h2-1e --shots 100
  qjobs submit rotate.qasm --param theta=1.57 --tag team=chem --deadline PT2H --target ionq.simulator --shots 500
  generate | qjobs submit - --format openqasm3 --target ionq.simulator --shots 1000 --json
  qjobs submit bell.order.json

{EXIT_CODES}
"""

WATCH = f"""\
On a terminal the picture is live; in a pipe each change is a line; with --json each change is a JSON line,
the last of which has the result in it. Ctrl-C stops the watching, not the job.

examples:
  qjobs watch 7d444840-9dc0-11d1-b245-5ffdce74fad2
  qjobs watch 7d444840-9dc0-11d1-b245-5ffdce74fad2 --json | jq -r .phase

{EXIT_CODES}
"""

LIST = f"""\
Any filters go together, in any order. A page may be shorter than --top where jobs are searched for among many.

examples:
  qjobs list --phase waiting
  qjobs list --tag team=chem --target ionq.qpu.aria-1 --from 2026-11-01 --to 2026-12-01 --all
  qjobs list --name bell --provider ionq --json | jq -r .jobs[].id

{EXIT_CODES}
"""

COUNTS = f"""\
The jobs are named, or chosen as by `qjobs list`. Jobs that do not count are named on standard error, with the reason.

examples:
  qjobs counts --tag run=7
  qjobs counts --name bell --phase succeeded --json | jq .counts
  qjobs counts 7d444840-9dc0-11d1-b245-5ffdce74fad2 0c6f3a52-5f5e-5a1c-9d7e-7a2f1b0c4d11

{EXIT_CODES}
"""

ADD_WORKSPACE = f"""\
The client secret is read from QJOBS_CLIENT_SECRET, else from standard input; on a terminal it is asked for. It is never
an option: a command line can be seen by others. A workspace that is added again has its secret replaced.

examples:
  qjobs workspaces add --name chem --resource-id /subscriptions/…/Workspaces/chem --location eastus \\
    --tenant-id 11111111-1111-4111-8111-111111111111 --client-id 22222222-2222-4222-8222-222222222222
  qjobs submit bell.qasm --target ionq.simulator --shots 1000 --workspace chem

{EXIT_CODES}
"""

DOCTOR = f"""\
Asks for the way there, the key, each thing that the app depends on, and what its role on the workspace lets it read;
then runs a Bell pair on a free simulator, and tells how long the app took to hand it over and whether the event about
its output came. Each answer is shown as it comes; what is wrong comes with what to do, and in Azure with the sign of
docs/first-deployment.md. A missing event is a warning: the app finds outputs by looking, too.

examples:
  qjobs doctor
  qjobs doctor --no-job --json | jq .ok
  qjobs doctor --url https://my-app.azurewebsites.net --target rigetti.sim.qvm

exit codes here:
  0    all is well, warnings aside
  1    only the job did not succeed, or not within --timeout
  3    anything before it: then no job is run

{EXIT_CODES}
"""

ENDPOINTS = f"""\
Its keys are printed as well: they open nothing but the stack on this machine.

examples:
  export QJOBS_KEY=$(qjobs endpoints functionKey)
  qjobs endpoints workspace | jq -r .endpoint

{EXIT_CODES}
"""
