"""How large are the sheets of a workbook? Asked in a process of its own, whose memory and time are bounded.

The reader lays a sheet out in full: two cells at opposite corners are seventeen thousand million cells, for which it asks
memory that nobody has, and the process ends there. The worker must outlive such a file: another process opens it first.
"""

import json
import subprocess
import sys

from gongxiang.platform.catalogue import errors_import as errors

#: Cells of one sheet, and of all; 10,000 entries with some sixty elements each have some 15 million.
CELLS, ALL_CELLS = 20_000_000, 40_000_000
_SECONDS, _MEMORY = 120, 4 * 1024**3
_PROGRAM = """
import io, json, resource, sys
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_AS, ({memory}, {memory}))
resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds}))
from python_calamine import CalamineWorkbook
try:
    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    sizes = []
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        # Rows and columns before the first used cell are filled up as well.
        sizes.append((sheet.end[0] + 1) * (sheet.end[1] + 1) if sheet.end is not None else 0)
        del sheet
    print(json.dumps(sizes))
except MemoryError:
    sys.exit(3)
except BaseException:
    # Damaged in another way: the reader itself says how.
    print("[]")
"""


def check_sizes(content: bytes) -> None:
    """Raise FileBomb for a workbook whose sheets, laid out, would not fit."""
    program = _PROGRAM.format(memory=_MEMORY, seconds=_SECONDS)
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", program], input=content, capture_output=True, timeout=_SECONDS * 2, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise errors.FileBomb() from error
    if done.returncode != 0:
        raise errors.FileBomb()
    sizes = json.loads(done.stdout or b"[]")
    if any(size > CELLS for size in sizes) or sum(sizes) > ALL_CELLS:
        raise errors.FileBomb()
