"""What openSquat's matcher costs: `SquattingDetector(confidence_level=1).check` for each brand, without network checks.

It runs in a process of its own (extra `evaluation`). Its cost is a sum over names and brands. Where that would take too
long, it is measured on some of the names, and of the brands where few names would be left, and multiplied.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from cost import Cost, cost_of

FEWEST = 10_000  # names that it is measured on, if there are as many


def opensquat_on(scratch: Path, names: list[str], brands: list[str], longest: int) -> tuple[Cost, str]:
    """Return the cost for all the names and brands, and what was measured where that is not all of them.

    At most `longest` comparisons of a name with a brand are made.
    """
    nth = -(-len(names) * len(brands) // longest)
    nth_name = max(1, min(nth, len(names) // FEWEST))
    nth_brand = -(-nth // nth_name)
    work, answer = scratch / "opensquat.json", scratch / "opensquat-seconds.json"
    work.write_text(json.dumps({"names": names[::nth_name], "brands": brands[::nth_brand]}))
    cost = cost_of([sys.executable, __file__, str(work), str(answer)])
    times = len(names) * len(brands) / (len(names[::nth_name]) * len(brands[::nth_brand]))
    checks = json.loads(answer.read_text())
    note = f"1 comparison of {times:,.0f} was made" if times > 1 else ""
    return cost._replace(cpu=cost.cpu + checks * (times - 1)), note


def check(work: Path, answer: Path) -> None:
    """Check all names against each brand; leave the CPU seconds of it, without the start, for `opensquat_on`."""
    from opensquat.squatting_detector import SquattingDetector

    given = json.loads(work.read_text())
    detector, began = SquattingDetector(confidence_level=1), time.process_time()
    found = sum(len(detector.check(brand, given["names"])) for brand in given["brands"])
    answer.write_text(json.dumps(time.process_time() - began))
    print(f"{found} found", file=sys.stderr)


if __name__ == "__main__":
    check(Path(sys.argv[1]), Path(sys.argv[2]))
