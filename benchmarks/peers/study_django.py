"""The original, for the study `django`: calls functions under @cache_memoize as often as it is told, and answers what
that took.

The study gives, as one line of JSON, where the servers listen, the value, and the keys. It is answered by a line of
JSON that says which candidates there are, which are left out and why, and the versions. Then each line in is the name
of a candidate, a tab, and a number of passes over the keys; each line out is the nanoseconds they took, or what went
wrong, behind an exclamation mark.
"""

import importlib
import json
import platform
import random
import sys
import time
from importlib.metadata import version

try:
    import django
    from django.conf import settings
except ImportError as missing:
    sys.exit(print(f"! {missing}"))

TTL = 3600


def main():
    told = json.loads(sys.stdin.readline())
    backends, left_out = available(backends_of(told))
    settings.configure(CACHES=backends)
    django.setup()
    candidates = {name: Candidate(name, told["value"], told["keys"]) for name in backends if name != "default"}
    for name, why in prepared(candidates):
        left_out[name] = why
        del candidates[name]
    answer(json.dumps({"candidates": list(candidates), "left_out": left_out, "versions": versions()}))
    for line in sys.stdin:
        name, passes = line.rstrip("\n").split("\t")
        try:
            answer(candidates[name].time(int(passes)))
        except Exception as error:
            answer(f"! {name}: {type(error).__name__}: {error}".replace("\n", " "))


def backends_of(told):
    """The caches by the names of the candidates, and the packages that they need."""
    redis, memcached = told["redis"], told["memcached"]
    django_redis = "django_redis.cache.RedisCache"
    pymemcache, pylibmc = (
        f"django.core.cache.backends.memcached.{name}" for name in ("PyMemcacheCache", "PyLibMCCache")
    )
    return {
        "locmem": (None, "django.core.cache.backends.locmem.LocMemCache", "study"),
        "django-redis, TCP": ("django_redis", django_redis, f"redis://{redis['tcp']}/0"),
        "django-redis, Unix": ("django_redis", django_redis, f"unix://{redis['unix']}?db=0"),
        "pymemcache, TCP": ("pymemcache", pymemcache, memcached["tcp"]),
        "pymemcache, Unix": ("pymemcache", pymemcache, f"unix:{memcached['unix']}"),
        "pylibmc, TCP": ("pylibmc", pylibmc, memcached["tcp"]),
        "pylibmc, Unix": ("pylibmc", pylibmc, memcached["unix"]),
    }


def available(backends):
    """Django's settings of those whose package is there, and why the others are left out."""
    caches = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    left_out = {}
    for name, (package, backend, location) in backends.items():
        try:
            if package:
                importlib.import_module(package)
            options = {"OPTIONS": {"MAX_ENTRIES": 1_000_000}} if name == "locmem" else {}
            caches[name] = {"BACKEND": backend, "LOCATION": location, "KEY_PREFIX": name.replace(", ", "-"), **options}
        except Exception as error:
            left_out[name] = f"{type(error).__name__}: {error}"
    return caches, left_out


class Candidate:
    """A function that gives the value, remembered in the cache of this name."""

    def __init__(self, name, value, keys):
        from cache_memoize import cache_memoize

        self.value, self.keys, self.runs = value, keys, 0

        @cache_memoize(TTL, cache_alias=name)
        def function(_key):
            self.runs += 1
            return self.value

        self.function = function

    def prepare(self):
        """Stores every key, and sees that it is there: right, and without computing."""
        for key in self.keys:
            self.function(key)
        if any(self.function(key) != self.value for key in self.keys):
            raise ValueError("wrong answers")
        if self.runs != len(self.keys):
            raise ValueError(f"computed {self.runs} times for {len(self.keys)} keys")

    def time(self, passes):
        function, keys, runs = self.function, list(self.keys), self.runs
        random.shuffle(keys)
        began = time.perf_counter_ns()
        for _ in range(passes):
            for key in keys:
                function(key)
        elapsed = time.perf_counter_ns() - began
        if self.runs != runs:
            raise ValueError(f"computed {self.runs - runs} times while its hits were measured")
        return elapsed


def prepared(candidates):
    """Those that are unfit, and why."""
    for name, candidate in list(candidates.items()):
        try:
            candidate.prepare()
        except Exception as error:
            yield name, f"{type(error).__name__}: {error}"


def versions():
    packages = ["django", "django-cache-memoize", "django-redis", "redis", "pymemcache", "pylibmc"]
    found = {"Python": platform.python_version()}
    for package in packages:
        try:
            found[package] = version(package)
        except Exception:
            continue
    return found


def answer(what):
    print(what, flush=True)


if __name__ == "__main__":
    main()
