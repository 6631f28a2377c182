"""Machines on one: network namespaces with host names and addresses of their own, joined by a bridge.

The bridge's address is this machine's, where what all share listens. Needs root and `ip` (iproute2).
Not for: what runs on the machines (cluster.py).
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass


def missing() -> str | None:
    """Why there can be no network here; None when there can."""
    if os.geteuid() != 0:
        return "network namespaces need root: sudo env PATH=$PATH uv run pytest partnerforge_dagster_tests/hosts"
    needed = {"ip": "iproute2", "redis-server": "redis-server", "unshare": "util-linux"}
    absent = [package for program, package in needed.items() if shutil.which(program) is None]
    if absent:
        return f"missing: apt-get install {' '.join(absent)}"
    # In a container without the right to: it is asked for, and not guessed.
    probe = f"pf-probe-{os.getpid()}"
    if subprocess.run(["ip", "netns", "add", probe], capture_output=True).returncode != 0:
        return "this machine allows no network namespaces (ip netns add failed)"
    _ip("netns", "del", probe)
    return None


@dataclass(frozen=True)
class Host:
    """A machine: a namespace, its cable to the bridge, its address."""

    name: str
    cable: str
    address: str

    def command(self, words: Sequence[str]) -> list[str]:
        """The words as a command that runs there, under the machine's own host name."""
        named = 'hostname "$0"; exec "$@"'
        return ["ip", "netns", "exec", self.name, "unshare", "--uts", "sh", "-c", named, self.name, *words]

    def pids(self) -> list[int]:
        """Processes that run there."""
        listed = subprocess.run(["ip", "netns", "pids", self.name], capture_output=True, text=True).stdout
        return [int(pid) for pid in listed.split()]

    def kill(self) -> int:
        """`kill -9` of everything there; how many processes died."""
        killed = self.pids()
        for pid in killed:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(killed)

    def cut(self) -> None:
        """Pull the cable: its processes live on and reach nobody."""
        _ip("link", "set", self.cable, "down")

    def join(self) -> None:
        """Put the cable back."""
        _ip("link", "set", self.cable, "up")


@dataclass(frozen=True)
class Network:
    """The bridge and the machines on it."""

    address: str
    """Of this machine."""
    hosts: tuple[Host, ...]


@contextmanager
def network(number: int) -> Iterator[Network]:
    """So many machines; they are gone at the end, with all that runs on them."""
    mark = os.getpid() % 10_000
    net = f"10.{100 + os.getpid() % 100}.{os.getpid() // 100 % 250}"
    bridge = f"pf{mark}"
    hosts = tuple(Host(f"pf{mark}-{n}", f"pf{mark}v{n}", f"{net}.{n}") for n in range(1, number + 1))
    try:
        _ip("link", "add", bridge, "type", "bridge")
        _ip("addr", "add", f"{net}.254/24", "dev", bridge)
        _ip("link", "set", bridge, "up")
        for host in hosts:
            _ip("netns", "add", host.name)
            _ip("link", "add", host.cable, "type", "veth", "peer", "name", "eth0", "netns", host.name)
            _ip("link", "set", host.cable, "master", bridge, "up")
            _ip("-n", host.name, "addr", "add", f"{host.address}/24", "dev", "eth0")
            _ip("-n", host.name, "link", "set", "eth0", "up")
            _ip("-n", host.name, "link", "set", "lo", "up")
        yield Network(f"{net}.254", hosts)
    finally:
        for host in hosts:
            host.kill()
            # The cable by itself: a namespace lives on while a dead process's connections wait for their end.
            subprocess.run(["ip", "link", "del", host.cable], capture_output=True)
            subprocess.run(["ip", "netns", "del", host.name], capture_output=True)
        subprocess.run(["ip", "link", "del", bridge], capture_output=True)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
