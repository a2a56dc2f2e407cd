"""Files that only their owner may read, written whole or not at all."""

import os
import tempfile
from pathlib import Path


def write_new(path: Path, content: str | bytes) -> None:
    """Write a file of mode 0600; raise FileExistsError rather than overwrite one."""
    draft = _draft(path.parent, content)
    try:
        os.link(draft, path)
    finally:
        draft.unlink()


def replace(path: Path, text: str) -> None:
    """Put *text* in the place of a file, which keeps its owner and its mode.

    A link is followed. A file that is not there yet is made, of mode 0600.
    """
    target = path.resolve()
    draft = _draft(target.parent, text)
    try:
        if target.exists():
            kept = target.stat()
            os.chown(draft, kept.st_uid, kept.st_gid)
            draft.chmod(kept.st_mode & 0o777)
        draft.replace(target)
    except OSError:
        draft.unlink()
        raise


def _draft(directory: Path, content: str | bytes) -> Path:
    """Return a new file in *directory* with *content*, on the disk already."""
    raw = content.encode() if isinstance(content, str) else content
    descriptor, name = tempfile.mkstemp(dir=directory)
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(descriptor)
    return Path(name)
