"""The base images, where no registry can be reached: local stand-ins under the official names, made of Debian packages.

A stand-in proves that Dockerfile and compose file work together; it does not prove that the official image does. It has
Debian's Python and PostgreSQL, whatever version the name says, and is never pushed. Needs root and `debootstrap`.
Not for: production.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
POSTGRES = """\
FROM {python}
RUN apt-get update && apt-get install -y --no-install-recommends postgresql && rm -rf /var/lib/apt/lists/* \\
    && ln -s /usr/lib/postgresql/*/bin /opt/postgres && install -d -o postgres -m 700 /var/lib/postgresql/data
ENV LANG=C.UTF-8 PATH=/opt/postgres:$PATH PGDATA=/var/lib/postgresql/data
COPY start /usr/local/bin/
ENTRYPOINT ["start"]
STOPSIGNAL SIGINT
VOLUME /var/lib/postgresql/data
"""
START = """\
#!/bin/bash
# What the official image's does with the four variables that the compose file sets.
set -eu
export POSTGRES_PASSWORD="${POSTGRES_PASSWORD:-$(cat "$POSTGRES_PASSWORD_FILE")}"
chown -R postgres "$PGDATA"
exec setpriv --reuid=postgres --regid=postgres --clear-groups bash -euc '
    if [ ! -s "$PGDATA/PG_VERSION" ]; then
        initdb --username="$POSTGRES_USER" --pwfile=<(echo "$POSTGRES_PASSWORD") --auth-host=scram-sha-256
        echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
        pg_ctl -w -o "-c listen_addresses=" start
        createdb --username="$POSTGRES_USER" "$POSTGRES_DB"
        pg_ctl -w stop
    fi
    exec postgres -c "listen_addresses=*"
'
"""


def bases() -> tuple[str, str]:
    """The names of the images that Dockerfile and compose file are built on: Python and PostgreSQL."""
    python = re.search(r"^FROM (python:\S+)", (ROOT / "deploy" / "Dockerfile").read_text(), re.MULTILINE)
    postgres = re.search(r"image: (postgres:\S+)", (ROOT / "docker-compose.yml").read_text())
    assert python
    assert postgres
    return python[1], postgres[1]


def provide(environment: dict[str, str], scratch: Path) -> list[str]:
    """Pull the bases, or make stand-ins of those that cannot be; the names of the stand-ins.

    Raises RuntimeError when one can neither be pulled nor made.
    """
    python, postgres = bases()
    missing = [name for name in (python, postgres) if not _there(environment, name)]
    if missing and (os.geteuid() != 0 or shutil.which("debootstrap") is None):
        raise RuntimeError(f"{', '.join(missing)} cannot be pulled; for stand-ins be root and install debootstrap")
    if python in missing:
        _make_python(environment, python, scratch / "base")
    if postgres in missing:
        folder = scratch / "postgres"
        folder.mkdir()
        (folder / "Dockerfile").write_text(POSTGRES.format(python=python))
        (folder / "start").write_text(START)
        (folder / "start").chmod(0o755)
        subprocess.run(["docker", "build", "--tag", postgres, str(folder)], env=environment, check=True)
    return missing


def _there(environment: dict[str, str], name: str) -> bool:
    """Whether the engine has it, or can get it."""
    return any(
        subprocess.run(["docker", *words, name], env=environment, capture_output=True, check=False).returncode == 0
        for words in (["image", "inspect"], ["pull", "--quiet"])
    )


def _make_python(environment: dict[str, str], name: str, base: Path) -> None:
    """Debian 12 with its Python, and with the certificates that this machine trusts."""
    packages = "ca-certificates,python3,python3-pip,python3-venv"
    subprocess.run(["debootstrap", "--variant=minbase", f"--include={packages}", "bookworm", str(base)], check=True)
    (base / "usr/bin/python").symlink_to("python3")
    shutil.copyfile(CERTIFICATES, base / CERTIFICATES.relative_to("/"))
    with subprocess.Popen(["tar", "-C", str(base), "-c", "."], stdout=subprocess.PIPE) as packed:
        trust = f"ENV PIP_CERT={CERTIFICATES}"
        subprocess.run(["docker", "import", "-c", trust, "-", name], stdin=packed.stdout, env=environment, check=True)
