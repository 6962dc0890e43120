"""`python -m bench [NAME …]`: run all benchmarks, or those whose names begin so, and print one JSON line per figure."""

import importlib
import json
import os
import sys
import warnings

#: name -> module with `run() -> iterator of figures`.
BENCHES = {
    "sync.first_load": "bench.sync_first_load",
    "sync.stream": "bench.sync_stream",
    "sync.latency": "bench.sync_latency",
    "services": "bench.services",
    "search": "bench.search",
    "quality": "bench.quality",
    "memory": "bench.memory",
}


def main(names: list[str]) -> int:
    """Run what is asked for; unknown names are an error."""
    names = names or os.environ.get("BENCH", "").split()
    chosen = {name: module for name, module in BENCHES.items() if not names or any(name.startswith(n) for n in names)}
    if not chosen:
        print(f"unknown: {' '.join(names)}; known are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    warnings.simplefilter("ignore")
    for module in chosen.values():
        for figure in importlib.import_module(module).run():
            print(json.dumps(figure, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
