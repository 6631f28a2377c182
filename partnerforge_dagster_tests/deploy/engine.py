"""A container engine for tests: the one that is running, or a Docker daemon of our own in a scratch folder.

Our own needs root and `apt-get install docker.io`. It changes the machine's packet filter and forwarding, so both are
put back at the end. Nothing of it is left: images, volumes and containers lie in the scratch folder.
Not for: the images (stand_ins.py) or what runs on it (test_containers.py).
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from partnerforge_dagster_tests.cli.running import wait_until

FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")
STOP_S = 60


@contextmanager
def engine(scratch: Path) -> Iterator[dict[str, str]]:
    """The environment in which `docker` reaches an engine. Raises RuntimeError when there is none to be had."""
    if shutil.which("docker") and _answers(dict(os.environ)):
        yield dict(os.environ)
        return
    if os.geteuid() != 0 or shutil.which("dockerd") is None:
        raise RuntimeError(
            "no container engine answers `docker info`, and none can be started: be root, install docker.io"
        )
    rules = subprocess.run(["iptables-save"], capture_output=True, check=True).stdout
    forwarding = FORWARDING.read_text()
    socket = scratch / "docker.sock"
    where = ["--data-root", str(scratch / "data"), "--exec-root", str(scratch / "exec"), "-p", str(scratch / "pid")]
    with (scratch / "dockerd.log").open("wb") as log:
        daemon = subprocess.Popen(["dockerd", *where, "-H", f"unix://{socket}"], stdout=log, stderr=log)
    # The client that came with the daemon: one that is newer may speak no language that it knows.
    environment = {**os.environ, "DOCKER_HOST": f"unix://{socket}", "PATH": f"/usr/bin{os.pathsep}{os.environ['PATH']}"}
    try:
        wait_until(lambda: _answers(environment), 30)
        # Docker drops what is forwarded for others; other programs of this machine may need it meanwhile.
        subprocess.run(["iptables", "-P", "FORWARD", "ACCEPT"], check=True)
        yield environment
    finally:
        daemon.terminate()
        daemon.wait(STOP_S)
        subprocess.run(["iptables-restore"], input=rules, check=True)
        subprocess.run(["ip", "link", "delete", "docker0"], check=False, capture_output=True)
        FORWARDING.write_text(forwarding)


def compose(environment: dict[str, str]) -> list[str]:
    """The command: Docker's plugin, or the program of old. Raises RuntimeError when there is neither."""
    if (
        subprocess.run(["docker", "compose", "version"], env=environment, capture_output=True, check=False).returncode
        == 0
    ):
        return ["docker", "compose"]
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    raise RuntimeError("neither `docker compose` nor `docker-compose` is there: apt-get install docker-compose")


def _answers(environment: dict[str, str]) -> bool:
    return subprocess.run(["docker", "info"], env=environment, capture_output=True, check=False).returncode == 0
