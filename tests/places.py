"""Where the servers of tests keep their data.

In memory where there is plenty of it: to sync a disk is most of what they would wait for, and
no process that dies takes with it what lies there.
"""

import shutil
import tempfile
from pathlib import Path

_MEMORY, _DISK = Path("/dev/shm"), Path("/var/tmp")
_PLENTY = 4 << 30  # bytes; a server takes a few hundred MB


def new_folder(prefix: str) -> Path:
    """Outside of homes, which a server's own user could not reach; whoever asks removes it."""
    in_memory = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _PLENTY
    return Path(tempfile.mkdtemp(prefix=prefix, dir=_MEMORY if in_memory else _DISK))
