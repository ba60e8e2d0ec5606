#!/usr/bin/env python3
"""Show or test authkit from a fresh clone: `python3 run.py demo`, `python3 run.py test`.

Needs Python and nothing else: what is missing goes into .venv beside this file. The syntax is that
of Python 3.6, so that a Python which is too old says so instead of failing to read the file.
"""

import argparse
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys

OLDEST_PYTHON = (3, 11)
ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
WINDOWS = os.name == "nt"
VENV_PYTHON = os.path.join(VENV, *(["Scripts", "python.exe"] if WINDOWS else ["bin", "python"]))
LOCALHOST = "127.0.0.1"
# The first pip that installs a dependency group of pyproject.toml.
PIP = "pip>=25.1"


class CannotRunError(Exception):
    """Something outside this checkout is in the way; the text says what to do."""


def complaint_about_python(version):
    """What to tell the owner of a Python that is too old, or None."""
    if tuple(version[:2]) >= OLDEST_PYTHON:
        return None
    wanted = ".".join(map(str, OLDEST_PYTHON))
    found = ".".join(map(str, version[:3]))
    lines = [f"authkit needs Python {wanted} or newer; this is Python {found}."]
    newer = newer_python()
    if newer:
        lines.append(f"Run this instead: {newer} run.py {' '.join(sys.argv[1:])}")
    else:
        lines.append("Install a newer Python and run this file with it.")
    return "\n".join(lines)


def newer_python():
    """The name of a Python on PATH that is new enough and starts, or None."""
    for minor in range(14, OLDEST_PYTHON[1] - 1, -1):
        name = f"python3.{minor}"
        try:
            subprocess.check_output([name, "-c", ""], stderr=subprocess.STDOUT)
        except (OSError, subprocess.CalledProcessError):
            continue
        return name
    return None


def make_environment():
    """Make .venv where there is none, or where its Python no longer starts."""
    if os.path.exists(VENV_PYTHON) and subprocess.call([VENV_PYTHON, "-c", ""]) == 0:
        return
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        major, minor = sys.version_info[:2]
        raise CannotRunError(
            "This Python cannot make virtual environments. On Debian and Ubuntu:\n"
            "    sudo apt install python3-venv\n"
            f"(for a Python beside the system's own: python{major}.{minor}-venv)"
        ) from None
    say("Making the virtual environment .venv ...")
    if os.path.lexists(VENV):
        shutil.rmtree(VENV)
    try:
        venv.create(VENV, with_pip=True, symlinks=not WINDOWS)
    except subprocess.CalledProcessError as error:
        shutil.rmtree(VENV, ignore_errors=True)
        raise CannotRunError(f"pip could not be put into .venv: {error}") from error


def install(what, *requirements):
    """Install into .venv, unless that was done before with this very pyproject.toml."""
    make_environment()
    stamp = os.path.join(VENV, f"authkit-{what}.stamp")
    wanted = fingerprint()
    if os.path.exists(stamp):
        with open(stamp) as file:
            if file.read() == wanted:
                return
    say(f"Installing the requirements of the {what} into .venv (this happens once) ...")
    pip("--upgrade", PIP)
    pip(*requirements)
    with open(stamp, "w") as file:
        file.write(wanted)


def fingerprint():
    """What an environment was made from: pyproject.toml and the place of the checkout."""
    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        content = file.read()
    return hashlib.sha256(content + ROOT.encode("utf-8")).hexdigest()


def pip(*arguments):
    """Run `pip install` without a word; its output is shown when it fails."""
    command = [VENV_PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
    process = subprocess.Popen(
        command + list(arguments), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    output = process.communicate()[0]
    if process.returncode:
        text = output.decode("utf-8", "replace")
        raise CannotRunError(f"{text}\npip could not install this. Is there a network?")


def run(*arguments, **environment):
    """Run .venv's Python in the checkout and return its exit code."""
    values = dict(os.environ, PYTHONUNBUFFERED="1", **environment)
    process = subprocess.Popen([VENV_PYTHON] + list(arguments), cwd=ROOT, env=values)
    signal.signal(signal.SIGTERM, lambda number, frame: process.terminate())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # The child got the same Ctrl-C and ends in its own way.
            continue


def refuse_port(port):
    """Raise CannotRunError unless *port* is one, and can be listened on."""
    if not 1 <= port <= 65535:
        raise CannotRunError(
            f"There is no port {port}: choose one from 1 to 65535, as in\n"
            "python3 run.py demo --port 8000"
        )
    probe = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if not WINDOWS:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((LOCALHOST, port))
    except OSError as error:
        raise CannotRunError(
            f"Port {port} on {LOCALHOST} cannot be used: {error.strerror}.\n"
            "Stop what listens there, or choose another port: "
            f"python3 run.py demo --port {other_port(port)}"
        ) from None
    finally:
        probe.close()


def other_port(port):
    return port + 1 if 1024 <= port < 65535 else 8080


def demo(arguments):
    """Serve the example project with its demo data."""
    refuse_port(arguments.port)
    install("demo", "--editable", ".")
    if arguments.fresh:
        shutil.rmtree(os.path.join(ROOT, ".demo"), ignore_errors=True)
    settings = {
        "DJANGO_SETTINGS_MODULE": "example_project.settings",
        "DJANGO_RUNSERVER_HIDE_WARNING": "true",
        "AUTHKIT_DEMO_PORT": str(arguments.port),
    }
    address = f"{LOCALHOST}:{arguments.port}"
    return (
        run("manage.py", "migrate", "--verbosity=0", **settings)
        or run("manage.py", "demo", **settings)
        or run("manage.py", "runserver", "--noreload", address, **settings)
    )


def test(arguments):
    """Run the test suite on SQLite: on every core, unless pytest is told what to do."""
    install("tests", "--editable", ".", "--group", "test")
    settings = {"DJANGO_SETTINGS_MODULE": "tests.settings", "AUTHKIT_TEST_DB": "sqlite"}
    words = arguments.pytest or ["--numprocesses", "auto"]
    return run("-m", "pytest", *words, **settings)


def parser():
    result = argparse.ArgumentParser(prog="run.py", description="Show or test authkit.")
    commands = result.add_subparsers(dest="command", metavar="demo | test")
    shows = commands.add_parser("demo", help="serve the example project on " + LOCALHOST)
    shows.add_argument("--port", type=int, default=8000, help="default: 8000")
    shows.add_argument("--fresh", action="store_true", help="forget what an earlier demo kept")
    commands.add_parser("test", help="run the tests on SQLite; arguments go to pytest")
    return result


def parse(words):
    """The arguments; all that follows `test` belongs to pytest, options too."""
    if words[:1] == ["test"]:
        return argparse.Namespace(command="test", pytest=words[1:])
    arguments = parser().parse_args(words)
    if not arguments.command:
        parser().error("say what to run: demo or test")
    return arguments


def main(words):
    """Run one command and return the exit code."""
    complaint = complaint_about_python(sys.version_info)
    if complaint:
        say(complaint, stream=sys.stderr)
        return 1
    arguments = parse(words)
    try:
        return {"demo": demo, "test": test}[arguments.command](arguments)
    except CannotRunError as error:
        say(str(error), stream=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def say(text, stream=None):
    print(text, file=stream or sys.stdout)
    (stream or sys.stdout).flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
