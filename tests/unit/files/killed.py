"""Kills a process before each of its operations on files: the kernel's SIGKILL, that nothing can answer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.project import REPOSITORY

# Each child dies, or gets an error, before its n-th operation. Those that only read count too: it does no harm.
_PROGRAM = """
import errno, os, shutil, signal, sys
from pathlib import Path
{imports}
work, start, fresh = map(Path, sys.argv[1:4])
number, every = map(int, sys.argv[4:])
OPERATIONS = {{"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "os.truncate", "os.fsync"}}

def watched(folder, deadly):
    count = 0
    def hook(event, arguments):
        nonlocal count
        if event not in OPERATIONS:
            return
        count += 1
        if count == deadly:
            struck.append(event)
            if number:
                raise OSError(number, os.strerror(number), str(folder))
            os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)
    flush = os.fsync
    def fsync(descriptor):
        sys.audit("os.fsync", descriptor)
        flush(descriptor)
    os.fsync = fsync

struck = []
deadly, status = 1 - every, 1
while status:
    deadly += every
    out, own = work / str(deadly), work / f"fresh {{deadly}}"
    shutil.copytree(start, out, symlinks=True)
    shutil.copytree(fresh, own)
    child = os.fork()
    if not child:
        try:
            watched(out, deadly)
            fresh = own
            {call}
        except Exception as error:
            # What is written here, the hook sees too: it has struck already.
            (work / f"{{deadly}}.error").write_text(f"{{type(error).__name__}}: {{error}}")
            os._exit(1)
        os._exit(len(struck))  # an error that did no harm
    status = os.waitpid(child, 0)[1]
print(deadly)
"""


def kill_everywhere(
    work: Path, start: Path, fresh: Path, imports: str, call: str, *, error: int = 0, every: int = 1
) -> list[Path]:
    """Run ``call`` on copies of ``start``, and kill it before its first operation, its second, ... until it is done.

    ``call`` has the copy as ``out``, and one of ``fresh``. Returns the copies; the last one is that of the run that
    was not killed. With ``error``, a number such as ``errno.ENOSPC``, that operation fails with it instead; what the
    run raised then is in the file ``<copy>.error``, if it raised anything. With ``every``, others are passed over.
    """
    program = _PROGRAM.format(imports=imports, call=call)
    done = subprocess.run(
        [sys.executable, "-c", program, str(work), str(start), str(fresh), str(error), str(every)],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for copy in work.glob("fresh *"):
        shutil.rmtree(copy)
    return [work / str(number) for number in range(1, int(done.stdout) + 1, every)]
