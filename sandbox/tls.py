"""The certificate that the doors of the sandbox serve with.

It protects a socket of this machine that lives for one command, from nobody: a key is made by ``install``, lies
beside the executables and is worth nothing elsewhere. The REST door makes one for each time that it opens.
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

# The environment variable with the certificate's file; the executables set it.
CERTIFICATE_VARIABLE = "SANDBOX_CERTIFICATE"

_YEARS = 10


@dataclass(frozen=True)
class Certificate:
    """A certificate with its key; ``certificate_der`` is what Terraform is told."""

    key_pem: bytes
    certificate_pem: bytes
    certificate_der: bytes


def read_certificate() -> Certificate:
    """Read the certificate that ``install`` wrote."""
    return certificate_in(Path(os.environ[CERTIFICATE_VARIABLE]))


def certificate_in(path: Path) -> Certificate:
    """Read a certificate; OSError, KeyError or ValueError if there is none in the file."""
    return parsed(path.read_text(encoding="ascii"))


def parsed(text: str) -> Certificate:
    """Return what :func:`new_certificate` has made; KeyError or ValueError for another text."""
    content = json.loads(text)
    return Certificate(
        content["key"].encode(), content["certificate"].encode(), base64.b64decode(content["certificate_der"])
    )


def new_certificate() -> str:
    """Make a key and a certificate of its own for ``localhost``, as the plugin protocol wants it, and for 127.0.0.1.

    Returns what :func:`read_certificate` reads, for a file that only its owner may read.
    """
    # Not at the top: a provider only reads a certificate, and should start quickly.
    from ipaddress import IPv4Address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))]
    usage = dict.fromkeys(
        ("content_commitment", "data_encipherment", "encipher_only", "decipher_only", "crl_sign"), False
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * _YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, key_encipherment=True, key_agreement=True, key_cert_sign=True, **usage
            ),
            critical=True,
        )
        .add_extension(x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]), critical=True)
        .sign(key, hashes.SHA256())
    )
    content = {
        "key": key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
        "certificate": certificate.public_bytes(serialization.Encoding.PEM).decode(),
        "certificate_der": base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode(),
    }
    return json.dumps(content)
