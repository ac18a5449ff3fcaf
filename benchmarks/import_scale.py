"""Import many records and tell the rate and the peak memory, all processes together.

    python benchmarks/import_scale.py scenarios.jsonl --records 100000 [--executor processes]

The records are those of the sample file over and over, each time with identifiers, titles and texts of their own. The
import runs as the command that people run. Then it runs again over the same source, which must change nothing.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

import click
import psutil


@click.command()
@click.argument("sample", type=click.Path(exists=True, path_type=Path))
@click.option("--records", default=100_000, show_default=True)
@click.option("--executor", default="processes", show_default=True)
def main(sample: Path, records: int, executor: str) -> None:
    """Measure an import of many records made of those in SAMPLE."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "many.jsonl.gz"
        size = _multiply(sample, source, records)
        home = Path(folder) / "home"
        print("| what | figure |\n|---|---|")
        print(f"| records | {records:,} ({size / 1e6:,.0f} MB of JSON), {executor}, {os.cpu_count()} cores |")
        for name in ("first import", "import of the same again"):
            before = _digests(home)
            used = _processor_seconds()
            seconds, peak, main_peak, said = _measured(source, home, executor)
            used = _processor_seconds() - used
            same = "; no file changed" if before and before == _digests(home) else ""
            speed = f"{seconds:,.0f} s, {records / seconds:,.0f} records/s, {used:,.0f} s of processor"
            print(f"| {name} | {speed}; {said}{same} |")
            memory = f"{peak / 2**20:,.0f} MiB, the main process alone {main_peak / 2**20:,.0f} MiB"
            print(f"| its peak memory | {memory} |", flush=True)
        sizes = {path.name: path.stat().st_size for path in sorted((home / "collections" / "many").iterdir())}
        print(f"| files | {', '.join(f'{name} {size / 1e6:,.1f} MB' for name, size in sizes.items())} |")


def _multiply(sample: Path, target: Path, count: int) -> int:
    lines = sample.read_text(encoding="utf-8").splitlines()
    size = 0
    with gzip.open(target, "wt", encoding="utf-8", compresslevel=1) as file:
        for number, line in enumerate(islice(cycle(lines), count)):
            copy = number // len(lines)
            record = json.loads(line)
            record["id"] += f":copy-{copy}"
            record["title"] += f" ({copy})"
            record["body_text"] = f"{copy}. {record.get('body_text') or ''}"
            if record.get("translation_group"):
                record["translation_group"] += f":copy-{copy}"
            text = json.dumps(record, ensure_ascii=False) + "\n"
            size += len(text.encode())
            file.write(text)
    return size


def _measured(source: Path, home: Path, executor: str) -> tuple[float, int, int, str]:
    """Run the import; return seconds, peak resident memory of all its processes and of the main one, and its answer."""
    command = [sys.executable, "-m", "webapp.cli", "import", "corpus", str(source), "--collection", "many"]
    environment = {**os.environ, "IHUB_HOME": str(home)}
    start, peak, main_peak = time.perf_counter(), 0, 0
    with subprocess.Popen(
        [*command, "--executor", executor], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            own, total = _resident(watched)
            peak, main_peak = max(peak, total), max(main_peak, own)
            time.sleep(0.2)
        output = process.stdout.read() if process.stdout else ""
    return time.perf_counter() - start, peak, main_peak, output.splitlines()[0]


def _processor_seconds() -> float:
    """Return what all processes that were started and have ended took, in seconds of one processor."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _resident(process: psutil.Process) -> tuple[int, int]:
    try:
        own = process.memory_info().rss
        return own, own + sum(child.memory_info().rss for child in process.children(recursive=True))
    except psutil.Error:  # a process that ended while it was looked at
        return 0, 0


def _digests(home: Path) -> dict[str, str]:
    folder = home / "collections" / "many"
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


if __name__ == "__main__":
    main()
