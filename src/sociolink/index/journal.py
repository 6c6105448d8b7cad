"""Changes in place that survive a crash: what is to be written is safe in a journal first, to be written again.

The journal holds new bytes and their places, never what was there before: what is erased is in no journal.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence

from sociolink.errors import IndexFileError
from sociolink.index.manifest import MANIFEST
from sociolink.index.storage import Patch, Storage

__all__ = ["JOURNAL", "finish_journal", "write_journal"]

JOURNAL = "erase.journal"
_MAGIC = b"sociolink.journal.1\n"
_HEAD = struct.Struct("<QI")
_PLACE = struct.Struct("<QI")


def write_journal(storage: Storage, patches: Mapping[str, Sequence[Patch]], manifest: bytes) -> None:
    """Make a change certain: it is done, now or after a crash, once this returns.

    Args:
        storage: The files.
        patches: By file what is to be overwritten.
        manifest: The manifest that then holds.
    """
    names = list(patches)
    body = bytearray()
    for name in names:
        for at, data in patches[name]:
            body += _PLACE.pack(at, len(data)) + data
    head = json.dumps({"files": [[name, len(patches[name])] for name in names], "manifest": manifest.decode()}).encode()
    whole = _HEAD.pack(len(head), zlib.crc32(head + body)) + head + bytes(body)
    storage.put(JOURNAL, [_MAGIC, whole])


def finish_journal(storage: Storage) -> bool:
    """Do what the journal says, if there is one; the lock must be held. Doing it twice does no harm.

    Raises:
        IndexFileError: The journal is damaged.
    """
    if JOURNAL not in storage.names():
        return False
    data = bytes(storage.map(JOURNAL))
    begin = len(_MAGIC) + _HEAD.size
    if not data.startswith(_MAGIC) or len(data) < begin:
        raise IndexFileError("The journal of the index is damaged, or of a newer version. Restore the index.")
    size, crc = _HEAD.unpack_from(data, len(_MAGIC))
    if zlib.crc32(data[begin:]) != crc:
        raise IndexFileError("The journal of the index is damaged. Restore the index or build it again.")
    head = json.loads(data[begin : begin + size])
    places = _places(data, begin + size)
    for name, count in head["files"]:
        storage.patch(name, [next(places) for _ in range(count)])
    storage.put(MANIFEST, [head["manifest"].encode()])
    storage.remove(JOURNAL)
    return True


def _places(data: bytes, at: int) -> Iterator[Patch]:
    while at < len(data):
        place, size = _PLACE.unpack_from(data, at)
        at += _PLACE.size
        yield place, data[at : at + size]
        at += size
