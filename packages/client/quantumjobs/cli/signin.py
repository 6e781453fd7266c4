"""Signs in with Microsoft Entra ID, where a deployment has it: a token in place of the key.

Run with a stand-in of a token endpoint, not with Entra ID or in Azure; it is written by the documentation of
azure-identity (`DefaultAzureCredential.get_token`) and of App Service authentication, read in November 2026.
"""

from __future__ import annotations

from quantumjobs.cli.faults import CommandLineError


def authorization(scope: str) -> str:
    """Give the header's value for a scope such as api://CLIENT-ID/.default."""
    try:
        from azure.identity import DefaultAzureCredential  # noqa: PLC0415 an extra of this package
    except ImportError as error:
        raise CommandLineError(
            "signing in needs the package azure-identity", "it is not installed", 'pip install "quantumjobs[entra]"'
        ) from error
    from azure.core.exceptions import ClientAuthenticationError  # noqa: PLC0415 it comes with azure-identity

    try:
        token = DefaultAzureCredential().get_token(scope)
    except ClientAuthenticationError as error:
        raise CommandLineError(
            f"signing in failed for {scope}",
            error.message,
            "sign in with `az login`, or look at the profile: qjobs config show",
        ) from error
    return f"Bearer {token.token}"
