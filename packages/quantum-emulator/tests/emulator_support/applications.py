"""The applications that the vault's tests sign in as: one may use the vault, one may not, one is unknown."""

import ssl

from quantum_emulator.vault.server import Running

TENANT = "11111111-1111-4111-8111-111111111111"
APP, GUEST, STRANGER = (f"{number}" * 8 + "-2222-4222-8222-222222222222" for number in (2, 3, 4))
APP_SECRET, GUEST_SECRET = "the app's secret", "the guest's secret"
TOKEN_KEY = "a key for tests"


def trusting(served: Running) -> ssl.SSLContext:
    """Return what a plain HTTP client needs to speak to them."""
    return ssl.create_default_context(cafile=str(served.ca_file))
