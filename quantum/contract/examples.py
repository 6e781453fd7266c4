"""Examples of valid requests for the API's description; a test sends each to the app."""

JOB_ID = "0c6f3a52-5f5e-5a1c-9d7e-7a2f1b0c4d11"
HELD_ID = "55555555-5f5e-5a1c-9d7e-7a2f1b0c4d11"  # of a job that waits for an approval
SESSION_ID = "5b0e9d60-30c2-4d5c-a1b8-0f6f5c4b8f51"
POISON_ID = "8c0cb3a1-6a47-5a55-8f7b-2d6b1e0f9c21"
REMOTE_ID = "c3c1c1ea-2b7e-4e4b-9d56-1a5f0a1f7b10"
WORKSPACE = "chem-lab"

ORDER = {
    "name": "bell",
    "target": "ionq.simulator",
    "shots": 1000,
    "input": {
        "format": "openqasm3",
        "text": 'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; bit[2] c; h q[0]; cx q[0], q[1]; c = measure q;',
    },
    "tags": {"team": "chem"},
}
HELD_BATCH_ID = "77777777-5f5e-5a1c-9d7e-7a2f1b0c4d11"  # of a batch that waits for an approval
BATCH_ID = "d3a6a2d8-6c6a-5f35-b0a1-1f0b5a2f7c22"
BATCH = {
    "name": "bell on two targets",
    "order": {name: ORDER[name] for name in ("shots", "input", "tags")},
    "targets": ["ionq.simulator", "quantinuum.sim.h2-1e"],
}
RERUN = {"members": "failed"}
ESTIMATE = {"targets": ["ionq.simulator", "ionq.qpu.aria-1"], "shots": 1000, "input": ORDER["input"]}
ADOPTION = {"id": REMOTE_ID, "tags": {"team": "chem"}}
SESSION = {"target": "ionq.simulator", "name": "a series of circuits", "jobFailurePolicy": "Continue"}
REGISTRATION = {
    "name": WORKSPACE,
    "resourceId": "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/lab"
    "/providers/Microsoft.Quantum/Workspaces/chem",
    "location": "eastus",
    "tenantId": "00000000-0000-0000-0000-000000000002",
    "clientId": "00000000-0000-0000-0000-000000000003",
    "clientSecret": "the application's secret",
}
BUDGETS = {
    "budgets": [
        {
            "name": "lab",
            "scope": "workspace",
            "of": "default",
            "unit": "USD",
            "period": "month",
            "limit": 500,
            "approveAbove": 50,
        }
    ],
    "version": 0,
}
DECISION = {"why": "agreed with the group"}
