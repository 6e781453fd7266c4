"""Each kind of credential is azure-identity's own class, made of what the profile says."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import azure.identity.aio as identity
import pytest
from azure.identity import AzureAuthorityHosts
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from quantum.adapters.identity import SIGN_IN, credential_of
from quantum.ports import Secret
from quantum.settings import SignInSettings
from quantum.workspaces.profiles import KINDS, Credential

GUID = "11111111-1111-4111-8111-111111111111"
AZURE = SignInSettings()
LOCAL = SignInSettings("https://127.0.0.1:9", "/ca.pem")


def a_certificate() -> tuple[bytes, bytes]:
    """A certificate with its private key, as PEM and as PKCS #12."""
    key, now = rsa.generate_private_key(65537, 2048), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    signed = builder.sign(key, hashes.SHA256())
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    together = pkcs12.serialize_key_and_certificates(b"test", key, signed, None, plain)
    return pem + signed.public_bytes(serialization.Encoding.PEM), together


@pytest.mark.parametrize("sign_in", [AZURE, LOCAL])
@pytest.mark.parametrize(
    ("who", "secret", "kind"),
    [
        (Credential("managedIdentity", client_id=GUID), None, identity.ManagedIdentityCredential),
        (Credential("environment"), None, identity.EnvironmentCredential),
        (Credential("clientSecret", GUID, GUID), Secret("s"), identity.ClientSecretCredential),
        (Credential("workloadIdentity", GUID, GUID, None, "/token"), None, identity.WorkloadIdentityCredential),
        (Credential("azureCli", GUID), None, identity.AzureCliCredential),
        (Credential("azureCli"), None, identity.AzureCliCredential),
        (Credential("developerDefault", client_id=GUID), None, identity.DefaultAzureCredential),
    ],
)
async def test_each_kind_is_its_class(
    who: Credential, secret: Secret | None, kind: type, sign_in: SignInSettings
) -> None:
    """In Azure's clouds, and with a sign-in of its own."""
    credential = credential_of(who, secret, sign_in)

    assert type(credential) is kind
    await credential.close()


async def test_a_certificate_comes_as_a_vault_keeps_it() -> None:
    """As PEM, or as PKCS #12 in base64; what is neither is an error of value."""
    pem, together = a_certificate()
    who = Credential("clientCertificate", GUID, GUID)
    secrets = [Secret(pem.decode()), Secret(b64encode(together).decode(), "application/x-pkcs12")]

    credentials = [credential_of(who, secret, AZURE) for secret in secrets]
    with pytest.raises(ValueError, match=r"."):
        credential_of(who, Secret("no certificate"), AZURE)

    assert [type(one) for one in credentials] == [identity.CertificateCredential] * 2
    for one in credentials:
        await one.close()


def test_every_kind_either_signs_in_or_has_a_key() -> None:
    """No kind that a profile may name is without its way in."""
    assert KINDS.keys() - SIGN_IN.keys() == {"apiKey", "connectionString"}
    assert SIGN_IN.keys() <= KINDS.keys()


async def test_azure_s_other_clouds_are_signed_in_to_as_they_are() -> None:
    """Their authorities are looked up; one that is none of Azure's is not."""
    government = SignInSettings(f"https://{AzureAuthorityHosts.AZURE_GOVERNMENT}")

    credential = credential_of(Credential("clientSecret", GUID, GUID), Secret("s"), government)

    assert type(credential) is identity.ClientSecretCredential
    await credential.close()
