"""Asks django-cache-memoize what `tests/peers` asks the libraries in Rust; the README's table has the answers."""

import threading
import unittest

import django
from django.conf import settings

settings.configure(CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}})
django.setup()

from cache_memoize import cache_memoize  # noqa: E402  (needs the settings)

CALLERS = 8


class Peer(unittest.TestCase):
    def test_one_run_for_each_caller_of_a_cold_key(self):
        together, runs = threading.Barrier(CALLERS), []

        @cache_memoize(60)
        def theirs(_id):
            runs.append(1)
            together.wait()
            return 7

        callers = [threading.Thread(target=theirs, args=(1,)) for _ in range(CALLERS)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        self.assertEqual(len(runs), CALLERS)

    def test_an_overtaken_computation_stores_the_old_value(self):
        world, read, changed = {"value": 1}, threading.Event(), threading.Event()

        @cache_memoize(60)
        def theirs():
            value = world["value"]
            read.set()
            changed.wait()
            return value

        overtaken = threading.Thread(target=theirs)
        overtaken.start()
        read.wait()
        world["value"] = 2
        theirs.invalidate()
        changed.set()
        overtaken.join()
        self.assertEqual(theirs(), 1)

    def test_two_functions_share_a_key(self):
        @cache_memoize(60, prefix="user")
        def user(_id):
            return "a user"

        @cache_memoize(60, prefix="user1")
        def user1(_id):
            return "another"

        self.assertEqual(user(12), "a user")
        self.assertEqual(user1(2), "a user")

    def test_the_number_and_its_text_share_a_key(self):
        @cache_memoize(60)
        def theirs(value):
            return type(value).__name__

        self.assertEqual(theirs(1), "int")
        self.assertEqual(theirs("1"), "int")

    def test_an_exception_is_not_stored(self):
        answers = iter([ValueError("try again"), 42])

        @cache_memoize(60)
        def theirs():
            answer = next(answers)
            if isinstance(answer, Exception):
                raise answer
            return answer

        self.assertRaises(ValueError, theirs)
        self.assertEqual(theirs(), 42)


if __name__ == "__main__":
    unittest.main()
