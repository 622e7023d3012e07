"""``kill -9`` at random moments, by the harness of the tests: python evals/speed/kills.py 200

Runs that add, change, remove and merge are killed again and again. Before each goes on, the next one
checks what was left: that it opens, is whole, and holds every document of the last finished commit.
At the end the index must equal that of a run that nothing disturbed. results/kills.md holds the run of 200
kills or more; a smaller one is printed, and written where --out says.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
RESULTS = Path(__file__).parent / "results"
#: Kills from which on a run belongs in results/.
FULL = 200
sys.path.insert(0, str(ROOT))

from tests.index.faulty_run import STEPS  # noqa: E402
from tests.index.test_durability import Runs, _undisturbed  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", type=int, nargs="?", default=FULL)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--out", type=Path, help="folder for kills.md")
    arguments = parser.parse_args()
    out = arguments.out or (RESULTS if arguments.kills >= FULL else None)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    chance = random.Random(arguments.seed)
    runs = Runs()
    began = time.monotonic()
    kills = finished = 0
    left: dict[int, int] = {}
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory, prefix="rag-kills-") as name:
        root = Path(name)
        undisturbed = _undisturbed(runs, root / "undisturbed")
        while kills < arguments.kills:
            folder = root / str(finished)
            longest = 0.02
            while "done" not in (
                answer := runs("run", folder, kill_after=chance.uniform(0, longest))
            ):
                if "error" in answer:
                    raise SystemExit(f"after {kills} kills: {answer}")
                kills += 1
                if folder.exists():
                    step = runs("verify", folder)["step"]
                    left[step] = left.get(step, 0) + 1
                longest *= 1.15
            if runs("verify", folder)["step"] != STEPS:
                raise SystemExit(f"after {kills} kills the run ended early")
            if runs("fingerprint", folder)["fingerprint"] != undisturbed:
                raise SystemExit(f"after {kills} kills the index is another than undisturbed")
            shutil.rmtree(folder)
            finished += 1
            print(f"{kills} kills, {finished} runs finished, all equal", flush=True)
    runs.close()
    steps = ", ".join(f"{step}: {count}" for step, count in sorted(left.items()))
    text = f"""# Killed at random moments

    python evals/speed/kills.py {arguments.kills} --seed {arguments.seed}

- kill -9: {kills}, in {finished} runs of {STEPS} commits each, {time.monotonic() - began:.0f} s
- after each kill the index opened by itself and was whole: every document of the last finished commit,
  none half there
- each run went on from there, and ended equal to one that nothing disturbed: {finished} of {finished}
- kills by the last finished commit: {steps}
"""
    print(text)
    if out is None:
        print("not written: a small run; --out DIR keeps it", file=sys.stderr)
        return
    (out / "kills.md").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
