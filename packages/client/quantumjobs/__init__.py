"""A Python client of the Durable Quantum Jobs HTTP API: the same calls, blocking and asynchronous."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quantumjobs.aio import AsyncQuantumJobs
    from quantumjobs.batch_requests import Grid
    from quantumjobs.batches import Batch, BatchPage, BatchRow, BatchTable, Member, MemberPage, UnitCost, Verdict
    from quantumjobs.budgets import Approval, Budget, BudgetChange, BudgetList
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
    from quantumjobs.estimates import Estimate, EstimateList, Gates
    from quantumjobs.failures import JobError, JobFailedError
    from quantumjobs.formats import Format, FormatList
    from quantumjobs.handles import AsyncJob, Job
    from quantumjobs.joblist import AsyncJobList, JobList
    from quantumjobs.jobs import FINAL_PHASES, Cancellation, JobPage, JobView, PhaseChange, Times
    from quantumjobs.orders import OrderFields, Program
    from quantumjobs.outcomes import Part, Register, Solution
    from quantumjobs.parts import Contribution, JobPart
    from quantumjobs.prices import CostShare, CostSum, Price
    from quantumjobs.reuse import ReusedFrom
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
    "Approval",
    "AsyncJob",
    "AsyncJobList",
    "AsyncQuantumJobs",
    "Batch",
    "BatchPage",
    "BatchRow",
    "BatchTable",
    "Budget",
    "BudgetChange",
    "BudgetList",
    "Cancellation",
    "Check",
    "Contribution",
    "Cost",
    "CostItem",
    "CostShare",
    "CostSum",
    "CountsSum",
    "Deployment",
    "Estimate",
    "EstimateList",
    "Fault",
    "Format",
    "FormatList",
    "Gates",
    "Grid",
    "Health",
    "Job",
    "JobError",
    "JobFailedError",
    "JobList",
    "JobPage",
    "JobPart",
    "JobView",
    "LeftOut",
    "Marginal",
    "Member",
    "MemberPage",
    "MissingPackageError",
    "NoDeploymentError",
    "NoResultError",
    "NotFoundError",
    "OrderFields",
    "Part",
    "PhaseChange",
    "PoisonList",
    "Poisoned",
    "Price",
    "Program",
    "QuantumJobs",
    "QuantumJobsError",
    "Quota",
    "QuotaList",
    "RefusedError",
    "Register",
    "Result",
    "ReusedFrom",
    "Session",
    "SessionPage",
    "Solution",
    "Target",
    "TargetList",
    "Times",
    "UnauthorizedError",
    "UnavailableError",
    "UnexpectedAnswerError",
    "UnitCost",
    "UnreachableError",
    "UsageError",
    "Verdict",
    "VersionError",
    "WatchTimeoutError",
    "Workspace",
    "WorkspaceList",
    "find_deployment",
]

# A name's module is imported when the name is asked for: the command starts before any of them is needed.
MODULES = {
    "aio": ("AsyncQuantumJobs",),
    "batch_requests": ("Grid",),
    "batches": ("Batch", "BatchPage", "BatchRow", "BatchTable", "Member", "MemberPage", "UnitCost", "Verdict"),
    "budgets": ("Approval", "Budget", "BudgetChange", "BudgetList"),
    "costs": (
        "Cost",
        "CostItem",
    ),
    "prices": ("CostShare", "CostSum", "Price"),
    "deployment": (
        "Deployment",
        "find_deployment",
    ),
    "errors": (
        "ApiError",
        "Fault",
        "MissingPackageError",
        "NoDeploymentError",
        "NoResultError",
        "NotFoundError",
        "QuantumJobsError",
        "RefusedError",
        "UnauthorizedError",
        "UnavailableError",
        "UnexpectedAnswerError",
        "UnreachableError",
        "UsageError",
        "VersionError",
        "WatchTimeoutError",
    ),
    "estimates": ("Estimate", "EstimateList", "Gates"),
    "failures": (
        "JobError",
        "JobFailedError",
    ),
    "formats": (
        "Format",
        "FormatList",
    ),
    "handles": (
        "AsyncJob",
        "Job",
    ),
    "joblist": (
        "AsyncJobList",
        "JobList",
    ),
    "jobs": (
        "FINAL_PHASES",
        "Cancellation",
        "JobPage",
        "JobView",
        "PhaseChange",
        "Times",
    ),
    "orders": (
        "OrderFields",
        "Program",
    ),
    "outcomes": (
        "Part",
        "Register",
        "Solution",
    ),
    "parts": ("Contribution", "JobPart"),
    "reuse": ("ReusedFrom",),
    "statistics": ("Marginal",),
    "sums": (
        "CountsSum",
        "LeftOut",
    ),
    "sync": ("QuantumJobs",),
    "views": (
        "Check",
        "Health",
        "Poisoned",
        "PoisonList",
        "Result",
        "Target",
        "TargetList",
    ),
    "workspace_views": (
        "Quota",
        "QuotaList",
        "Session",
        "SessionPage",
    ),
    "workspaces": (
        "Workspace",
        "WorkspaceList",
    ),
}


def __getattr__(name: str) -> object:
    module = next((module for module, names in MODULES.items() if name in names), None)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{module}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
