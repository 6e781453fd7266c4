"""The names of containers, blobs, queues and tables in the app's own storage account."""

ORDERS_CONTAINER = "orders"
INPUTS_CONTAINER = "inputs"  # the only container that an order may point into
PROGRAMS_CONTAINER = "programs"
RESULTS_CONTAINER = "results"
POISON_CONTAINER = "poison"
TRIES_CONTAINER = "tries"
WAITING_CONTAINER = "waiting"  # orders that wait for a compiler
BATCHES_CONTAINER = "batches"  # the requests of batches, and their tables
WATCHING_CONTAINER = "watching"  # the last round of each workspace's watcher
ORDERS_QUEUE = "job-orders"
ANSWERS_QUEUE = "job-answers"
ANSWERS_PREFIX = "answers-"  # of the queues that orders name; no queue of the system has it
POISON_QUEUE = f"{ORDERS_QUEUE}-poison"  # the queue trigger's dead letters
BLOB_POISON_QUEUE = "webjobs-blobtrigger-poison"  # the blob trigger's dead letters; the platform sets the name
JOBS_TABLE = "jobs"
OPEN_TABLE = "jobsopen"  # a row for each job that is not filed among the ended ones
LISTS_TABLE = "joblists"  # list rows of jobs that have ended
WORKSPACES_TABLE = "workspaces"
UPLOADS_TABLE = "uploads"
BATCHES_TABLE = "batches"
LEDGER_TABLE = "ledger"  # budgets, what is reserved and charged, and decisions about large orders
FIRST_RUNS_TABLE = "firstruns"  # which of equal orders runs, and which ones wait for it
PLACES_TABLE = "places"  # who is staged or submitted at this moment, and who waits for that


def result_path(job_id: str) -> str:
    """Return the blob path of a job's normalised result."""
    return f"{RESULTS_CONTAINER}/{job_id}/result.json"


def raw_result_path(job_id: str) -> str:
    """Return the blob path of a job's raw output, or that of its first part."""
    return f"{RESULTS_CONTAINER}/{job_id}/raw"


def raw_part_path(job_id: str, number: int) -> str:
    """Return the blob path of the raw output of a part of a job, counted from 1."""
    return raw_result_path(job_id) if number == 1 else f"{RESULTS_CONTAINER}/{job_id}/raw-{number}"
