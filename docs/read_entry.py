#!/usr/bin/env python3
"""Reads and writes entries of cache-memoize, as entry-format.md describes them.

    read_entry.py STORE get KEY [FORM]           prints the value as JSON
    read_entry.py STORE set KEY FORM [SECONDS]   stores the value that is on stdin as JSON

STORE is redis://HOST:PORT, redis+unix:PATH, memcached://HOST:PORT or memcached+unix:PATH; or "-" for the
bytes of one entry on stdin or stdout. KEY is what cache_key_f(..) prints. FORM is that of a cache in plain
mode: a serializer, or a serializer and a compressor, "json" or "msgpack+zlib". Without it the entry is in
an envelope.

It needs the package msgpack; and zstandard and lz4 for what is compressed so.
"""

import gzip
import json
import lzma
import re
import socket
import struct
import sys
import time
import zlib
from urllib.parse import urlsplit

import msgpack

MAGIC = b"\xc5cm"
HEADER = struct.Struct("<3s5B4Q2IH")
CHECKSUM = struct.Struct("<I")
ABSENT = 0x80

SERIALIZERS = {1: "msgpack", 2: "json"}
COMPRESSORS = {0: "none", 1: "zlib", 2: "gzip", 3: "zstd", 4: "lz4", 5: "lzma"}


class Unreadable(Exception):
    """What is wrong with an entry; it counts as a miss."""


def decode(key: bytes, entry: bytes):
    """The value in the envelope that was found under `key`."""
    header, rest = entry[: HEADER.size], entry[HEADER.size :]
    checksum, payload = rest[: CHECKSUM.size], rest[CHECKSUM.size :]
    expect(entry.startswith(MAGIC) and len(checksum) == CHECKSUM.size, "no envelope")
    (_, version, serializer, compressor, flags, layers, _fingerprint, _computed_at, fresh_until, _cost,
     length, stored, generations) = HEADER.unpack(header)  # fmt: skip
    expect((version, flags, generations) == (1, 0, 0), "of a later version of the format")
    expect(stored == len(payload), "too short or too long")
    expect(CHECKSUM.pack(zlib.crc32(key + header + payload)) == checksum, "damaged, or of another key")
    expect(time.time() * 1000 < fresh_until, "over")
    if layers & ABSENT:
        return None
    serialized = decompress(COMPRESSORS.get(compressor), payload, length)
    expect(len(serialized) == length, "of another length than it says")
    return deserialize(SERIALIZERS.get(serializer), serialized)


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
    """As much of RESP as GET and SET take."""

    PORT = 6379

    def __init__(self, connection):
        self.stream = connection.makefile("rwb")

    def get(self, key: bytes):
        return self.ask(b"GET", key)

    def set(self, key: bytes, entry: bytes, seconds: float):
        self.ask(b"SET", key, entry, b"PX", b"%d" % (seconds * 1000))

    def ask(self, *words: bytes):
        self.stream.write(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words))
        self.stream.flush()
        kind, answer = self.stream.read(1), self.stream.readline().rstrip()
        if kind == b"$":
            return None if answer == b"-1" else self.stream.read(int(answer) + 2)[:-2]
        if kind != b"+":
            raise OSError(f"Redis says {answer.decode()}")


class Memcached:
    """As much of its protocol as get and set take."""

    PORT = 11211
    LEASED = 0xC5636D01
    """The flags of an item under a lease: what it is, and when that is over, stands before the value."""
    HEAD = struct.Struct("<x3Q")
    LONGEST_IN_SECONDS = 30 * 24 * 3600

    def __init__(self, connection):
        self.stream = connection.makefile("rwb")

    def get(self, key: bytes):
        answer = self.ask(b"get %b\r\n" % key).split()
        if answer == [b"END"]:
            return None
        flags, length = int(answer[2]), int(answer[3])
        item = self.stream.read(length + len("\r\nEND\r\n"))[:length]
        return self.under_lease(item) if flags == self.LEASED else item

    def under_lease(self, item: bytes):
        _token, _lease_until, value_until = self.HEAD.unpack_from(item)
        return item[self.HEAD.size :] if time.time() * 1000 < value_until else None

    def set(self, key: bytes, entry: bytes, seconds: float):
        until = time.time() + seconds if seconds > self.LONGEST_IN_SECONDS else seconds
        self.ask(b"set %b 0 %d %d\r\n%b\r\n" % (key, max(until, 1), len(entry), entry))

    def ask(self, command: bytes) -> bytes:
        self.stream.write(command)
        self.stream.flush()
        answer = self.stream.readline().rstrip()
        if not answer.startswith((b"VALUE", b"END", b"STORED")):
            raise OSError(f"memcached says {answer.decode()}")
        return answer


class Pipe:
    """One entry on stdin or stdout."""

    def get(self, _key: bytes):
        return sys.stdin.buffer.read()

    def set(self, _key: bytes, entry: bytes, _seconds: float):
        sys.stdout.buffer.write(entry)


def connect(store: str):
    if store == "-":
        return Pipe()
    url = urlsplit(store)
    server = {"redis": Redis, "memcached": Memcached}[url.scheme.removesuffix("+unix")]
    if url.scheme.endswith("+unix"):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(url.path)
        return server(connection)
    return server(socket.create_connection((url.hostname, url.port or server.PORT)))


def main(store: str, action: str, key: str, form: str = "", seconds: str = "300"):
    if not re.fullmatch("[!-~]{1,250}", key):
        sys.exit("a key has 1 to 250 visible characters of ASCII and no blanks")
    key, store = key.encode(), connect(store)
    if action == "set":
        store.set(key, encode_plain(form, json.load(sys.stdin)), float(seconds))
        return
    entry = store.get(key)
    if entry is None:
        sys.exit("there is no such entry")
    try:
        value = decode_plain(form, entry) if form else decode(key, entry)
    except Unreadable as unreadable:
        sys.exit(str(unreadable))
    print(json.dumps(value, default=list))


if __name__ == "__main__":
    if not 4 <= len(sys.argv) <= 6 or sys.argv[2] not in ("get", "set"):
        sys.exit(__doc__)
    main(*sys.argv[1:])
