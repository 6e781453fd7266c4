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
from quantumjobs.failures import JobError
from quantumjobs.formats import Format, FormatList
from quantumjobs.orders import OrderFields, Program
from quantumjobs.outcomes import Register, Solution
from quantumjobs.sums import CountsSum, LeftOut
from quantumjobs.sync import QuantumJobs
from quantumjobs.views import (
    FINAL_PHASES,
    Check,
    Health,
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
from quantumjobs.workspaces import Workspace, WorkspaceList

__version__ = "0.1.0"

__all__ = [
    "FINAL_PHASES",
    "ApiError",
    "AsyncQuantumJobs",
    "Check",
    "CountsSum",
    "Deployment",
    "Fault",
    "Format",
    "FormatList",
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
    "Register",
    "Result",
    "Session",
    "SessionPage",
    "Solution",
    "Target",
    "TargetList",
    "UnauthorizedError",
    "UnavailableError",
    "UnexpectedAnswerError",
    "UnreachableError",
    "UsageError",
    "WatchTimeoutError",
    "Workspace",
    "WorkspaceList",
    "find_deployment",
]
