"""The orchestrations for measuring the host: five greetings, a long timer, and an external event."""

from collections.abc import Generator
from datetime import timedelta
from typing import Any

import azure.durable_functions as df

CITIES = ("Tokyo", "Seattle", "London", "Cairo", "Lima")


def hello_cities(context: Any) -> Generator[Any, Any, list[str]]:
    """Greet five cities, one after the other."""
    greetings = []
    for city in CITIES:
        greeting = yield context.call_activity("say_hello", city)
        greetings.append(greeting)
    return greetings


def say_hello(city: str) -> str:
    """Greet a city."""
    return f"Hello {city}!"


def wait_for_a_day(context: Any) -> Generator[Any]:
    """Wait on a timer that does not fire during the benchmark."""
    context.set_custom_status("hangs")
    yield context.create_timer(context.current_utc_datetime + timedelta(days=1))


def wait_for_word(context: Any) -> Generator[Any, Any, Any]:
    """Wait for the event, and return its value."""
    context.set_custom_status("hangs")
    return (yield context.wait_for_external_event("word"))


app = df.DFApp()
app.activity_trigger(input_name="city")(say_hello)
for orchestrator in (hello_cities, wait_for_a_day, wait_for_word):
    app.orchestration_trigger(context_name="context")(orchestrator)
