"""A certificate for this machine alone: both SDKs refuse to send a token or a secret over plain http."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from embedded_server.files import write_privately

LIFE = timedelta(days=365)
LEFT = timedelta(days=30)


@dataclass(frozen=True)
class Certificate:
    """The certificate file for clients, and the private key's for the server."""

    trusted: Path
    key: Path


def certificate_in(folder: Path) -> Certificate:
    """Return the folder's certificate for 127.0.0.1; create one where it is missing or expires within a month."""
    pair = Certificate(folder / "ca.pem", folder / "key.pem")
    if not _is_good(pair):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make(pair)
    return pair


def _is_good(pair: Certificate) -> bool:
    if not (pair.trusted.exists() and pair.key.exists()):
        return False
    ends = x509.load_pem_x509_certificate(pair.trusted.read_bytes()).not_valid_after_utc
    return ends - datetime.now(UTC) > LEFT


def _make(pair: Certificate) -> None:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "local vault")])
    hosts = [x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LIFE)
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    write_privately(pair.key, key.private_bytes(serialization.Encoding.PEM, *form))
    write_privately(pair.trusted, certificate.public_bytes(serialization.Encoding.PEM))
