"""A worker of a project's web server, with the mail thread on, for tests in another process.

Reads a command as JSON from each line of its input and answers with a line of JSON.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from select import select
from types import TracebackType
from typing import Any, Self

PATIENCE = 30  # seconds
ROOT = Path(__file__).resolve().parent.parent.parent


class Worker:
    """The worker as its test sees it."""

    def __init__(self, database: str, mail: dict[str, Any]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.accounts.worker", json.dumps([database, mail])],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, command: str, **arguments: Any) -> Any:
        """The answer to *command*."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([command, arguments]) + "\n")
        self.process.stdin.flush()
        assert select([self.process.stdout], [], [], PATIENCE)[0], "the worker hangs"
        line = self.process.stdout.readline()
        assert line, "the worker has ended; see what it said above"
        return json.loads(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self.process.communicate(timeout=PATIENCE)  # no more commands, so that it ends
        finally:
            self.process.kill()


def prepare(database: str, mail: dict[str, Any]) -> None:
    """Set Django up on the database of the test that asked for this worker."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    settings.AUTHKIT = settings.AUTHKIT | {"MAIL_THREAD": True}
    for name, value in mail.items():
        setattr(settings, name, value)
    django.setup()


def post(name: str, **data: str) -> dict[str, Any]:
    """What a page answers to a form, and how long that took."""
    from django.test import Client
    from django.urls import reverse

    start = time.monotonic()
    response = Client().post(reverse(name), data)
    seconds = time.monotonic() - start
    return {"status": response.status_code, "to": response.get("Location"), "seconds": seconds}


def threads() -> list[str]:
    """The names of the threads that run."""
    return [thread.name for thread in threading.enumerate()]


def commit(address: str) -> dict[str, list[str]]:
    """Ask for a mail in a transaction; the threads before and after it."""
    from django.db import transaction

    from authkit.accounts import flows

    with transaction.atomic():
        flows.request_mail("password_reset", address, event="password_retrieval")
        before = threads()
    return {"before": before, "after": threads()}


def roll_back(address: str) -> dict[str, list[str]]:
    """Ask for a mail in a transaction that comes to nothing."""
    from django.db import transaction

    from authkit.accounts import flows

    with transaction.atomic():
        flows.request_mail("password_reset", address, event="password_retrieval")
        transaction.set_rollback(True)
    return {"after": threads()}


def fork(name: str, **data: str) -> int:
    """Post a form in a forked worker, which lives on; its process id, or 0 if no answer came."""
    from django.db import connections

    from authkit.accounts import outbox

    connections.close_all()
    reader, writer = os.pipe()
    # Another thread is just waking that of the mail: what it holds may not be held in the fork.
    held, forked = threading.Event(), threading.Event()
    other = threading.Thread(target=hold, args=(outbox._lock, held, forked))
    other.start()
    held.wait()
    child = os.fork()
    if child == 0:
        signal.alarm(10)  # whatever hangs, it does not stay
        post(name, **data)
        os.write(writer, b"done")
        time.sleep(20)
        os._exit(0)
    forked.set()
    other.join()
    os.close(writer)
    answered = os.read(reader, 4) == b"done"
    os.close(reader)
    return child if answered else 0


def hold(lock: threading.Lock, held: threading.Event, forked: threading.Event) -> None:
    with lock:
        held.set()
        forked.wait()


def end(child: int) -> None:
    """End a forked worker."""
    os.kill(child, 9)
    os.waitpid(child, 0)


broken: list[str] = []
failed: list[str] = []


def break_database(kind: str) -> None:
    """From now on each query of the mail thread fails, until mend()."""
    from django import db
    from django.db.backends.signals import connection_created

    def fail(execute: Any, *args: Any) -> Any:
        if broken:
            failed.append(broken[0])
            raise getattr(db, broken[0])("the connection is lost")
        return execute(*args)

    def spoil(connection: Any, **kwargs: Any) -> None:
        if threading.current_thread().name == "authkit-mail":
            connection.execute_wrappers.append(fail)

    broken.append(kind)
    connection_created.connect(spoil, weak=False)


def failures() -> int:
    """How many queries have failed."""
    return len(failed)


def mend() -> None:
    """The database works again."""
    broken.clear()


COMMANDS = (post, threads, commit, roll_back, fork, end, break_database, failures, mend)


def main() -> None:
    prepare(*json.loads(sys.argv[1]))
    commands = {command.__name__: command for command in COMMANDS}
    for line in sys.stdin:
        name, arguments = json.loads(line)
        print(json.dumps(commands[name](**arguments)), flush=True)


if __name__ == "__main__":
    main()
