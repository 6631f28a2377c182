"""Certificates of our own for servers of the tests, made now with openssl.

Not for: the servers.
"""

import shutil
import subprocess
from pathlib import Path

import pytest


def certificate(folder: Path, name: str) -> tuple[str, str]:
    """The files of a certificate for a name, as `DNS:pages.example.com` or `IP:127.0.0.1`, and of its key."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with: apt-get install openssl")
    cert, key = str(folder / "certificate.pem"), str(folder / "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=tests",
         "-addext", f"subjectAltName={name}", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key
