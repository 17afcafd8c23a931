"""Self-signed certificates, as systems in a house come with them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import hashlib
from ipaddress import IPv4Address
import ssl
import tempfile
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_LIFETIME = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate for 127.0.0.1 with its key; several simulators can show the same."""

    pem: bytes
    key: bytes
    fingerprint: str
    """SHA-256 of the DER certificate, in lower-case hexadecimal digits."""

    @classmethod
    def make(cls, name: str = "simulator") -> Self:
        """A fresh one; it takes less than a millisecond."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + _LIFETIME)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()),
                critical=False,
            )
            .add_extension(
                x509.SubjectAlternativeName(
                    [
                        x509.DNSName("localhost"),
                        x509.IPAddress(IPv4Address("127.0.0.1")),
                    ]
                ),
                critical=False,
            )
            .sign(key, hashes.SHA256())
        )
        der = certificate.public_bytes(serialization.Encoding.DER)
        return cls(
            pem=certificate.public_bytes(serialization.Encoding.PEM),
            key=key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ),
            fingerprint=hashlib.sha256(der).hexdigest(),
        )

    def show_in(self, context: ssl.SSLContext) -> None:
        """Let a server's context show it from the next connection on."""
        with tempfile.NamedTemporaryFile() as file:
            file.write(self.pem + self.key)
            file.flush()
            context.load_cert_chain(file.name)


def server_context() -> ssl.SSLContext:
    """A context without a certificate and without resumed sessions."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.num_tickets = 0
    context.options |= ssl.OP_NO_TICKET
    return context
