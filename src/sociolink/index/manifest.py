"""The manifest: which segments an index is made of now; it is replaced at once, and refuses what it does not know."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sociolink.errors import IndexFileError
from sociolink.index.segments import SegmentHead
from sociolink.index.storage import Storage

__all__ = ["FORMAT", "MANIFEST", "Manifest", "encode_manifest", "load_manifest", "save_manifest", "sweep"]

FORMAT = 1
"""Version of the files; older ones are read for ever, newer ones are refused."""

MANIFEST = "manifest.json"
_KIND = "sociolink.index"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index is made of.

    Attributes:
        generation: Counts the changes.
        segments: The segments by role.
        files: Other files that belong to it, with their CRC-32.
        facts: Plain values that say more.
    """

    generation: int
    segments: Mapping[str, SegmentHead]
    files: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        """Names of all files that belong to the index."""
        return {MANIFEST, *self.files, *(name for head in self.segments.values() for name in head.files)}


def encode_manifest(manifest: Manifest) -> bytes:
    """The manifest as JSON with a checksum."""
    said = {
        "kind": _KIND,
        "format": FORMAT,
        "generation": manifest.generation,
        "segments": {role: asdict(head) for role, head in manifest.segments.items()},
        "files": dict(manifest.files),
        "facts": dict(manifest.facts),
    }
    text = json.dumps(said, sort_keys=True)
    return json.dumps({**said, "crc": zlib.crc32(text.encode())}, indent=1).encode()


def save_manifest(storage: Storage, manifest: Manifest) -> None:
    """Make this the state of the index."""
    storage.put(MANIFEST, [encode_manifest(manifest)])


def load_manifest(storage: Storage) -> Manifest:
    """The state of the index.

    Raises:
        IndexFileError: There is no index, it is damaged, or a newer version wrote it.
    """
    if MANIFEST not in storage.names():
        raise IndexFileError("There is no index here. Make one with CustomerIndex.build or `sociolink index build`.")
    try:
        said = json.loads(bytes(storage.map(MANIFEST)))
    except ValueError:
        said = None
    if not isinstance(said, dict) or said.get("kind") != _KIND:
        raise IndexFileError("This is no manifest of an index; it may be damaged. Restore it or build the index again.")
    version = said.get("format")
    if not isinstance(version, int) or version > FORMAT:
        raise IndexFileError(f"The index has format {version}; this version reads up to {FORMAT}. Update sociolink.")
    text = json.dumps({name: value for name, value in said.items() if name != "crc"}, sort_keys=True)
    if zlib.crc32(text.encode()) != said.get("crc"):
        raise IndexFileError("The manifest of the index is damaged. Restore it or build the index again.")
    heads = {role: SegmentHead(**head) for role, head in said["segments"].items()}
    return Manifest(said["generation"], heads, said["files"], said["facts"])


def sweep(storage: Storage, manifest: Manifest) -> None:
    """Remove what earlier states and unfinished work left behind."""
    for name in storage.names():
        if name not in manifest.names:
            storage.remove(name)
