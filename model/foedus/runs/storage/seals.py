"""Files that know whether they are whole: a line of JSON with a digest, then what they hold."""

from __future__ import annotations

import json
from typing import Any

from foedus.runs.provenance import sha256


def seal(name: str, payload: bytes, **record: Any) -> bytes:
    """A sealed file: a line of JSON, then the payload.

    Args:
        name: Of the file; a file under the name of another is not whole.
        payload: What it holds.
        record: What else its first line shall say; anything that JSON can hold.
    """
    head = {**record, "bytes": len(payload)}
    line = json.dumps(head | {"sha256": _digest(name, head, payload)}, sort_keys=True)
    return line.encode() + b"\n" + payload


def unseal(name: str, content: bytes) -> tuple[dict[str, Any], bytes] | None:
    """Record and payload of a sealed file; None if it is not whole, or not the one of that name.

    Example:
        >>> unseal("one", seal("one", b"all", first=0))[1]
        b'all'
        >>> unseal("one", seal("one", b"all", first=0)[:-1])
        >>> unseal("one", seal("two", b"all", first=0))
    """
    line, _, payload = content.partition(b"\n")
    try:
        head = json.loads(line)
    except ValueError:
        return None
    if not isinstance(head, dict):
        return None
    said = {key: value for key, value in head.items() if key != "sha256"}
    return (head, payload) if head.get("sha256") == _digest(name, said, payload) else None


def _digest(name: str, head: dict[str, Any], payload: bytes) -> str:
    """SHA-256 over name, record and payload."""
    said = json.dumps([name, head], sort_keys=True).encode()
    return sha256(said + b"\n" + payload)
