"""The gateway's own TLS certificate: self-signed, pinned by nodes by its fingerprint, so that no authority is needed."""

import hashlib
import ipaddress
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gongxiang.protocol.keyring import write_private

VALID_FOR = timedelta(days=3650)


def make(folder: Path) -> None:
    """Make `gateway.crt` and its private key `gateway.tls` unless they are there."""
    certificate_file, key_file = folder / "gateway.crt", folder / "gateway.tls"
    if certificate_file.exists() and key_file.exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Gongxiang gateway")])
    # TLS knows the machine's clock only; a moved product clock must not make the certificate invalid.
    start = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + VALID_FOR)
        .add_extension(
            x509.SubjectAlternativeName(
                [
                    x509.DNSName("localhost"),
                    x509.DNSName(socket.gethostname()),
                    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
                ]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_private(key_file, private)
    write_private(certificate_file, certificate.public_bytes(serialization.Encoding.PEM))


def fingerprint(folder: Path) -> str:
    """SHA-256 of the certificate's DER form, in hex: what a node is told at enrolment."""
    certificate = x509.load_pem_x509_certificate((folder / "gateway.crt").read_bytes())
    return hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()
