"""A Python client of the Durable Quantum Jobs HTTP API: the same calls, blocking and asynchronous."""

from quantumjobs.aio import AsyncQuantumJobs
from quantumjobs.deployment import Deployment, find_deployment
from quantumjobs.errors import (
    ApiError,
    Fault,
    NoDeploymentError,
    NoResultError,
    NotFoundError,
    QuantumJobsError,
    RefusedError,
    UnauthorizedError,
    UnavailableError,
    UnexpectedAnswerError,
    UnreachableError,
    UsageError,
    WatchTimeoutError,
)
from quantumjobs.orders import OrderFields, Program
from quantumjobs.sums import CountsSum, LeftOut
from quantumjobs.sync import QuantumJobs
from quantumjobs.views import (
    FINAL_PHASES,
    Check,
    Health,
    JobError,
    JobPage,
    JobView,
    PhaseChange,
    Poisoned,
    PoisonList,
    Result,
    Target,
    TargetList,
)
from quantumjobs.workspace_views import Quota, QuotaList, Session, SessionPage

__version__ = "0.1.0"

__all__ = [
    "FINAL_PHASES",
    "ApiError",
    "AsyncQuantumJobs",
    "Check",
    "CountsSum",
    "Deployment",
    "Fault",
    "Health",
    "JobError",
    "JobPage",
    "JobView",
    "LeftOut",
    "NoDeploymentError",
    "NoResultError",
    "NotFoundError",
    "OrderFields",
    "PhaseChange",
    "PoisonList",
    "Poisoned",
    "Program",
    "QuantumJobs",
    "QuantumJobsError",
    "Quota",
    "QuotaList",
    "RefusedError",
    "Result",
    "Session",
    "SessionPage",
    "Target",
    "TargetList",
    "UnauthorizedError",
    "UnavailableError",
    "UnexpectedAnswerError",
    "UnreachableError",
    "UsageError",
    "WatchTimeoutError",
    "find_deployment",
]
