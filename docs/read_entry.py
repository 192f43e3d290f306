#!/usr/bin/env python3
"""Reads, writes and removes entries of cache-memoize, as entry-format.md describes them.

    read_entry.py STORE get KEY [FORM]           prints the value as JSON
    read_entry.py STORE set KEY FORM [SECONDS]   stores the value that is on stdin as JSON
    read_entry.py STORE remove KEY               invalidates the entry

STORE is redis://HOST:PORT/DATABASE, redis+unix:PATH?db=DATABASE, memcached://HOST:PORT or
memcached+unix:PATH; or "-" for the bytes of one entry on stdin or stdout. KEY is what cache_key_f(..) prints. FORM is that of a cache in plain
mode: a serializer, or a serializer and a compressor, "json" or "msgpack+zlib". Without it the entry is in
an envelope.

It needs the package msgpack; zstandard and lz4 for what is compressed so; redis and pymemcache for what lies
in these.
"""

import gzip
import json
import lzma
import re
import struct
import sys
import time
import zlib
from urllib.parse import urlsplit

import msgpack

MAGIC = b"\xc5cm"
HEADER = struct.Struct("<3s5B4Q2IH")
GROUP = struct.Struct("<Q2B")
CHECKSUM = struct.Struct("<I")
ABSENT = 0x80
UNKNOWN = object()

SERIALIZERS = {1: "msgpack", 2: "json"}
COMPRESSORS = {0: "none", 1: "zlib", 2: "gzip", 3: "zstd", 4: "lz4", 5: "lzma"}


class Unreadable(Exception):
    """What is wrong with an entry; it counts as a miss."""


def decode(key: bytes, entry: bytes, generation_of):
    """The value in the envelope that was found under `key`. `generation_of` reads another key, as a decimal number."""
    expect(entry.startswith(MAGIC) and len(entry) >= HEADER.size + CHECKSUM.size, "no envelope")
    (_, version, serializer, compressor, flags, layers, _fingerprint, _computed_at, fresh_until, _cost,
     length, stored, count) = HEADER.unpack_from(entry)  # fmt: skip
    expect((version, flags) == (1, 0), "of a later version of the format")
    groups, end = groups_in(key, entry, count)
    header, checksum, payload = entry[:end], entry[end : end + CHECKSUM.size], entry[end + CHECKSUM.size :]
    expect(stored == len(payload), "too short or too long")
    expect(CHECKSUM.pack(zlib.crc32(key + header + payload)) == checksum, "damaged, or of another key")
    expect(time.time() * 1000 < fresh_until, "over")
    for group, generation in groups:
        expect(generation_of(group) in (str(generation).encode(), UNKNOWN), "in a group that was invalidated")
    if layers & ABSENT:
        return None
    serialized = decompress(COMPRESSORS.get(compressor), payload, length)
    expect(len(serialized) == length, "of another length than it says")
    return deserialize(SERIALIZERS.get(serializer), serialized)


def groups_in(key: bytes, entry: bytes, count: int):
    """The key of each group and its generation when the entry was computed, and where the header ends."""
    groups, at = [], HEADER.size
    for _ in range(count):
        expect(len(entry) > at + GROUP.size, "too short or too long")
        generation, shared, length = GROUP.unpack_from(entry, at)
        at += GROUP.size + length
        groups.append(((key[:shared] + entry[at - length : at]).decode(), generation))
    return groups, at


def decode_plain(form: str, entry: bytes):
    """The value in an entry of a cache in plain mode."""
    expect(not entry.startswith(MAGIC), "in an envelope")
    serializer, _, compressor = form.partition("+")
    return deserialize(serializer, decompress(compressor or "none", entry))


def encode_plain(form: str, value) -> bytes:
    """The entry for a value in a cache in plain mode."""
    serializer, _, compressor = form.partition("+")
    entry = compress(compressor or "none", serialize(serializer, value))
    if entry.startswith(MAGIC):
        raise ValueError("this entry begins as an envelope does; use another compressor")
    return entry


def expect(is_right: bool, otherwise: str):
    if not is_right:
        raise Unreadable(f"the entry is {otherwise}")


def serialize(name: str, value) -> bytes:
    match name:
        case "msgpack":
            return msgpack.packb(value)
        case "json":
            return json.dumps(value, allow_nan=False).encode()
    raise ValueError(f"there is no serializer {name} in Python")


def deserialize(name: str, data: bytes):
    match name:
        case "msgpack":
            return msgpack.unpackb(data, strict_map_key=False)
        case "json":
            return json.loads(data)
    raise Unreadable(f"there is no serializer {name} in Python")


def compress(name: str, data: bytes) -> bytes:
    match name:
        case "none":
            return data
        case "zlib":
            return zlib.compress(data)
        case "gzip":
            return gzip.compress(data)
        case "zstd":
            import zstandard
            return zstandard.compress(data)
        case "lz4":
            import lz4.block
            return lz4.block.compress(data)
        case "lzma":
            return lzma.compress(data)
    raise ValueError(f"there is no compressor {name} in Python")


def decompress(name: str, data: bytes, length: int = -1) -> bytes:
    """Only LZ4 needs the length: in an envelope it is in the header, in a plain entry in front of the block."""
    match name:
        case "none":
            return data
        case "zlib":
            return zlib.decompress(data)
        case "gzip":
            return gzip.decompress(data)
        case "zstd":
            import zstandard
            return zstandard.decompress(data)
        case "lz4":
            import lz4.block
            return lz4.block.decompress(data, uncompressed_size=length)
        case "lzma":
            return lzma.decompress(data)
    raise Unreadable(f"there is no compressor {name} in Python")


class Redis:
    """The entry of a key lies under its name, and the lease of those who compute it beside it."""

    def __init__(self, url: str):
        import redis
        self.client = redis.Redis.from_url(url.replace("redis+unix:", "unix:"))

    def get(self, key: str):
        return self.client.get(key)

    generation_of = get

    def set(self, key: str, entry: bytes, seconds: float):
        with self.client.pipeline(transaction=True) as both:
            both.set(key, entry, px=int(seconds * 1000)).delete(self.lease(key)).execute()

    def remove(self, key: str):
        self.client.delete(key, self.lease(key))

    def lease(self, key: str) -> str:
        """Without it, who computes the entry at this moment cannot store it any more."""
        return f"{{{key}}} lease"


class Memcached:
    """The entry of a key and the lease of those who compute it lie in one item, which `set` and `delete` end."""

    LEASED = 0xC5636D01
    """The flags of an item with a lease: what it is, and when each of the two is over, stands before the entry."""
    HEAD = struct.Struct("<x3Q")
    LONGEST_IN_SECONDS = 30 * 24 * 3600

    def __init__(self, url: str):
        import pymemcache
        address = urlsplit(url)
        server = address.path if address.scheme.endswith("+unix") else (address.hostname, address.port or 11211)
        self.client = pymemcache.Client(server, serde=self, default_noreply=False)

    def get(self, key: str):
        return self.client.get(key)

    generation_of = get

    def deserialize(self, _key, item: bytes, flags: int):
        if flags != self.LEASED:
            return item
        _token, _lease_until, entry_until = self.HEAD.unpack_from(item)
        return item[self.HEAD.size :] if time.time() * 1000 < entry_until else None

    def set(self, key: str, entry: bytes, seconds: float):
        until = time.time() + seconds if seconds > self.LONGEST_IN_SECONDS else max(seconds, 1)
        self.client.set(key, entry, expire=int(until))

    def serialize(self, _key, entry: bytes):
        return entry, 0

    def remove(self, key: str):
        self.client.delete(key)


class Pipe:
    """One entry on stdin or stdout. Whether its groups were invalidated is not known."""

    def get(self, _key: str):
        return sys.stdin.buffer.read()

    def generation_of(self, _group: str):
        return UNKNOWN

    def set(self, _key: str, entry: bytes, _seconds: float):
        sys.stdout.buffer.write(entry)


def connect(store: str):
    if store == "-":
        return Pipe()
    return {"redis": Redis, "memcached": Memcached}[urlsplit(store).scheme.removesuffix("+unix")](store)


def main(store: str, action: str, key: str, form: str = "", seconds: str = "300"):
    if not re.fullmatch("[!-z|~]{1,250}", key):
        sys.exit("a key has 1 to 250 visible characters of ASCII, and neither blanks nor braces")
    if (form or action == "set") and not is_form(form):
        sys.exit(f"there is no form {form!r}: it is {' or '.join(SERIALIZERS.values())}, alone or with a + and "
                 f"one of {', '.join(COMPRESSORS.values())}")  # fmt: skip
    store = connect(store)
    match action:
        case "set":
            store.set(key, encode_plain(form, value_on_stdin()), float(seconds))
        case "remove":
            store.remove(key)
        case "get":
            print(json.dumps(read(store, key, form), default=list))


def is_form(form: str) -> bool:
    serializer, plus, compressor = form.partition("+")
    return serializer in SERIALIZERS.values() and (not plus or compressor in COMPRESSORS.values())


def value_on_stdin():
    try:
        return json.load(sys.stdin)
    except ValueError as error:
        sys.exit(f"what is on stdin is no JSON: {error}")


def read(store, key: str, form: str):
    entry = store.get(key)
    if entry is None:
        sys.exit("there is no such entry")
    try:
        return decode_plain(form, entry) if form else decode(key.encode(), entry, store.generation_of)
    except Unreadable as unreadable:
        sys.exit(str(unreadable))
    except ImportError:
        raise
    except Exception as error:  # each library has errors of its own
        sys.exit(f"the entry does not read as {form or 'it says'}: {error!r}")


if __name__ == "__main__":
    if not 4 <= len(sys.argv) <= 6 or sys.argv[2] not in ("get", "set", "remove"):
        sys.exit(__doc__)
    main(*sys.argv[1:])
