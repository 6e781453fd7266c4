"""What the SDKs raise, in our words: no more is said of a service than is known."""

import pytest
from azure.core.exceptions import AzureError, ServiceRequestError, ServiceResponseError

from quantum.adapters.azure_errors import translated
from quantum.jobs.errors import ServiceUnavailableError


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ServiceRequestError("refused"), "The index cannot be reached."),
        (ServiceResponseError("cut off"), "The index gave no answer."),
        (AzureError("?"), "The index did not answer as it should."),
    ],
)
def test_a_service_that_was_reached_is_not_said_to_be_out_of_reach(error: AzureError, words: str) -> None:
    """Where only the answer is missing, what was asked for may have been done."""
    with pytest.raises(ServiceUnavailableError) as raised, translated("The index"):
        raise error

    assert str(raised.value) == words
