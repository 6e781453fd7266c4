"""A Python client of the Durable Quantum Jobs HTTP API: the same calls, blocking and asynchronous."""

from quantumjobs.aio import AsyncQuantumJobs
from quantumjobs.costs import Cost, CostItem
from quantumjobs.deployment import Deployment, find_deployment
from quantumjobs.errors import (
    ApiError,
    Fault,
    MissingPackageError,
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
    VersionError,
    WatchTimeoutError,
)
from quantumjobs.failures import JobError, JobFailedError
from quantumjobs.formats import Format, FormatList
from quantumjobs.handles import AsyncJob, Job
from quantumjobs.joblist import JobList
from quantumjobs.jobs import FINAL_PHASES, Cancellation, JobPage, JobView, PhaseChange, Times
from quantumjobs.orders import OrderFields, Program
from quantumjobs.outcomes import Part, Register, Solution
from quantumjobs.statistics import Marginal
from quantumjobs.sums import CountsSum, LeftOut
from quantumjobs.sync import QuantumJobs
from quantumjobs.views import Check, Health, Poisoned, PoisonList, Result, Target, TargetList
from quantumjobs.workspace_views import Quota, QuotaList, Session, SessionPage
from quantumjobs.workspaces import Workspace, WorkspaceList

__version__ = "0.1.0"

__all__ = [
    "FINAL_PHASES",
    "ApiError",
    "AsyncJob",
    "AsyncQuantumJobs",
    "Cancellation",
    "Check",
    "Cost",
    "CostItem",
    "CountsSum",
    "Deployment",
    "Fault",
    "Format",
    "FormatList",
    "Health",
    "Job",
    "JobError",
    "JobFailedError",
    "JobList",
    "JobPage",
    "JobView",
    "LeftOut",
    "Marginal",
    "MissingPackageError",
    "NoDeploymentError",
    "NoResultError",
    "NotFoundError",
    "OrderFields",
    "Part",
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
    "Times",
    "UnauthorizedError",
    "UnavailableError",
    "UnexpectedAnswerError",
    "UnreachableError",
    "UsageError",
    "VersionError",
    "WatchTimeoutError",
    "Workspace",
    "WorkspaceList",
    "find_deployment",
]
