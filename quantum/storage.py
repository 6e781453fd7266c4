"""The names of containers, blobs, queues and tables in the app's own storage account."""

ORDERS_CONTAINER = "orders"
INPUTS_CONTAINER = "inputs"  # the only container that an order may point into
PROGRAMS_CONTAINER = "programs"
RESULTS_CONTAINER = "results"
POISON_CONTAINER = "poison"
TRIES_CONTAINER = "tries"
WAITING_CONTAINER = "waiting"  # orders for which no compiler has had time yet
ORDERS_QUEUE = "job-orders"
ANSWERS_QUEUE = "job-answers"
POISON_QUEUE = f"{ORDERS_QUEUE}-poison"  # where the queue trigger leaves what failed too often
BLOB_POISON_QUEUE = "webjobs-blobtrigger-poison"  # where the blob trigger does; the name is the platform's
JOBS_TABLE = "jobs"
OPEN_TABLE = "jobsopen"  # jobs on their way, as lists show them
LISTS_TABLE = "joblists"  # jobs that have ended, as lists show them
WORKSPACES_TABLE = "workspaces"
UPLOADS_TABLE = "uploads"


def result_path(job_id: str) -> str:
    """The blob of a job's normalised result."""
    return f"{RESULTS_CONTAINER}/{job_id}/result.json"


def raw_result_path(job_id: str) -> str:
    """The blob of a job's output as the workspace gave it."""
    return f"{RESULTS_CONTAINER}/{job_id}/raw"
