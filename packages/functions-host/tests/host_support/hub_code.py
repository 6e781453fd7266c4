"""The orchestrators with which the task hub is tested, in this process and in one that is killed."""

from datetime import timedelta

from host_support.sdk_app import Code, Context, Steps


def call_three(context: Context) -> Steps:
    """Call an activity three times."""
    first = yield context.call_activity("note", 0)
    second = yield context.call_activity("note", 1)
    return [first, second, (yield context.call_activity("note", 2))]


def sleep_five_days(context: Context) -> Steps:
    """Sleep on a timer."""
    yield context.create_timer(context.current_utc_datetime + timedelta(days=5))
    return "awake"


def take_two(context: Context) -> Steps:
    """Wait for two events of one name."""
    first = yield context.wait_for_external_event("item")
    return [first, (yield context.wait_for_external_event("item"))]


def call_child(context: Context) -> Steps:
    """Call an orchestration under a fixed id."""
    return (yield context.call_sub_orchestrator("call_three", None, "the child"))


def change_mind(context: Context) -> Steps:
    """Cancel a timer when another has fired, then wait for what never comes."""
    late = context.create_timer(context.current_utc_datetime + timedelta(days=4))
    soon = context.create_timer(context.current_utc_datetime + timedelta(days=1))
    yield context.task_any([late, soon])
    late.cancel()
    yield context.create_timer(context.current_utc_datetime + timedelta(days=1))
    yield context.wait_for_external_event("never")


CODE: dict[str, Code] = {
    code.__name__: code for code in (call_three, sleep_five_days, take_two, call_child, change_mind)
}
