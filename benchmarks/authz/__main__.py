"""The command: ``python -m benchmarks.authz --help``."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from tests import counterparts

SYSTEMS = ("authkit", "guardian", "emmett")


def parse(words: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.authz", description=__doc__)
    parser.add_argument("--size", choices=["S", "L"], default="S")
    parser.add_argument("--quick", action="store_true", help="a tiny size: does it work?")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--without", choices=SYSTEMS, action="append", default=[])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Run on each database in a process of its own; the exit code."""
    options = parse(words)
    signal.signal(signal.SIGTERM, counterparts.stop_at_once)
    both = options.database == "both"
    results = []
    for vendor in ("sqlite", "postgresql") if both else (options.database,):
        with server(vendor) as variables:
            result = run(options, {"AUTHKIT_TEST_DB": vendor, **variables})
        if result is None:
            return 1
        results.append(result)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))
    return 0


def server(vendor: str) -> AbstractContextManager[dict[str, str]]:
    """The database, while the block runs."""
    return nullcontext({}) if vendor == "sqlite" else counterparts.database(vendor)


def run(options: argparse.Namespace, variables: dict[str, str]) -> dict[str, Any] | None:
    """The figures, or None if the run failed."""
    without = [word for name in options.without for word in ("--without", name)]
    with tempfile.TemporaryDirectory(prefix="authkit-bench-") as folder:
        report = Path(folder) / "report.json"
        size = "quick" if options.quick else options.size
        command = [sys.executable, "-m", "benchmarks.authz.run", str(report), "--size", size]
        code = subprocess.call([*command, *without], env={**os.environ, **variables})
        return None if code else json.loads(report.read_text())


if __name__ == "__main__":
    sys.exit(main())
