"""Real servers for the tests, each a private process on a free port of the loopback address.

From the command line: ``python -m tests.counterparts postgresql -- python -m pytest``.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from glob import glob
from pathlib import Path
from types import FrameType

LOCALHOST = "127.0.0.1"
START_TIMEOUT = 30  # seconds
STOP_TIMEOUT = 20  # seconds
DATABASES = ("postgresql", "mariadb")


class CounterpartError(RuntimeError):
    """A server is not installed or does not start; the text says what to do."""


def free_port() -> int:
    """A port of the loopback address that nothing listens on at this moment."""
    with closing(socket.socket()) as probe:
        probe.bind((LOCALHOST, 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    try:
        with closing(socket.create_connection((LOCALHOST, port), timeout=1)):
            return True
    except OSError:
        return False


def program(name: str, package: str) -> str:
    """The path of a server program; Debian keeps most of them off the PATH."""
    places = [*sorted(glob("/usr/lib/postgresql/*/bin"), reverse=True), "/usr/local/sbin"]
    path = os.pathsep.join([os.environ.get("PATH", ""), *places, "/usr/sbin", "/sbin"])
    found = shutil.which(name, path=path)
    if found is None:
        raise CounterpartError(f"{name} is not installed. On Debian: apt install {package}")
    return found


def as_servant(folder: Path, user: str) -> list[str]:
    """What to put before a command that refuses to run as root; *folder* becomes its own."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, user, user)
    setpriv = program("setpriv", "util-linux")
    # The server dies with the test run, however that ends.
    return [setpriv, f"--reuid={user}", f"--regid={user}", "--init-groups", "--pdeathsig=SIGQUIT"]


def finish(command: Sequence[str], folder: Path) -> None:
    """Run *command* to its end, and show what it said when it fails."""
    result = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    if result.returncode:
        raise CounterpartError(f"{command} failed:\n{result.stdout}{result.stderr}")


@contextmanager
def running(
    command: Sequence[str], *, port: int, folder: Path, stop: signal.Signals
) -> Iterator[None]:
    """A server process that answers on *port* while the block runs."""
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        deadline = time.monotonic() + START_TIMEOUT
        while not listens(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise CounterpartError(f"{command[0]} did not start:\n{log.read_text()}")
            time.sleep(0.05)
        yield
    finally:
        process.send_signal(stop)
        try:
            process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder in the system's temporary one, which every user may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="authkit-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgresql() -> Iterator[dict[str, str]]:
    """A PostgreSQL server that keeps nothing; yields the environment that leads to it."""
    initdb, server = program("initdb", "postgresql"), program("postgres", "postgresql")
    with private_folder() as folder:
        servant = as_servant(folder, "postgres")
        data, port = folder / "data", free_port()
        locale = ["--locale=C.UTF-8", "--encoding=UTF8"]
        finish(
            [*servant, initdb, "-D", str(data), "-U", "authkit", "-A", "trust", "-N", *locale],
            folder,
        )
        options = {
            "listen_addresses": LOCALHOST,
            "unix_socket_directories": str(folder),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": "200",
        }
        settings = [word for item in options.items() for word in ("-c", "=".join(item))]
        command = [*servant, server, "-D", str(data), "-p", str(port), *settings]
        with running(command, port=port, folder=folder, stop=signal.SIGINT):
            yield environment("postgresql", user="authkit", port=port)


@contextmanager
def mariadb() -> Iterator[dict[str, str]]:
    """A MariaDB server that keeps nothing; yields the environment that leads to it."""
    install, server = (
        program("mariadb-install-db", "mariadb-server"),
        program("mariadbd", "mariadb-server"),
    )
    with private_folder() as folder:
        servant = as_servant(folder, "mysql")
        data, port = f"--datadir={folder / 'data'}", free_port()
        method = "--auth-root-authentication-method=normal"
        finish([*servant, install, "--no-defaults", data, method, "--skip-test-db"], folder)
        options = [
            f"--port={port}",
            f"--bind-address={LOCALHOST}",
            f"--socket={folder / 'socket'}",
            f"--pid-file={folder / 'pid'}",
            "--innodb-flush-log-at-trx-commit=0",
            "--skip-log-bin",
            "--max-connections=200",
            "--character-set-server=utf8mb4",
        ]
        command = [*servant, server, "--no-defaults", data, *options]
        with running(command, port=port, folder=folder, stop=signal.SIGTERM):
            yield environment("mariadb", user="root", port=port)


def environment(vendor: str, *, user: str, port: int) -> dict[str, str]:
    """The variables that tests/settings.py reads."""
    return {
        "AUTHKIT_TEST_DB": vendor,
        "AUTHKIT_TEST_DB_HOST": LOCALHOST,
        "AUTHKIT_TEST_DB_PORT": str(port),
        "AUTHKIT_TEST_DB_USER": user,
    }


def database(vendor: str) -> AbstractContextManager[dict[str, str]]:
    return {"postgresql": postgresql, "mariadb": mariadb}[vendor]()


def main(words: Sequence[str]) -> int:
    """Run a command beside a database server and return the command's exit code."""
    if len(words) < 3 or words[0] not in DATABASES or words[1] != "--":
        names = "|".join(DATABASES)
        print(f"usage: python -m tests.counterparts {names} -- command …", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, stop_at_once)
    try:
        with database(words[0]) as variables:
            return subprocess.call(list(words[2:]), env={**os.environ, **variables})
    except CounterpartError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def stop_at_once(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
