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
    """The file that clients trust, and the key's that the server alone reads."""

    trusted: Path
    key: Path


def certificate_in(folder: Path) -> Certificate:
    """Give the folder's certificate for 127.0.0.1, made anew where there is none or it ends within a month."""
    found = Certificate(folder / "ca.pem", folder / "key.pem")
    if not _is_good(found):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make(found)
    return found


def _is_good(found: Certificate) -> bool:
    if not (found.trusted.exists() and found.key.exists()):
        return False
    ends = x509.load_pem_x509_certificate(found.trusted.read_bytes()).not_valid_after_utc
    return ends - datetime.now(UTC) > LEFT


def _make(wanted: Certificate) -> None:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "local vault")])
    hosts = [x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")]
    made = (
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
    write_privately(wanted.key, key.private_bytes(serialization.Encoding.PEM, *form))
    write_privately(wanted.trusted, made.public_bytes(serialization.Encoding.PEM))
