"""Argon2id alone: as many hashes as two threads make, in the library's own memory.

The service hands its threads memory in huge pages (service/kit/argon2_memory.py), in
which a hash costs less: what a sign-up costs beside its hash is told apart, by cost.py.
"""

import threading
import time

from argon2 import PasswordHasher

MEMORY_KIB = 19_456
TIME_COST = 2


def hashes_a_second(*, threads: int, seconds: float) -> float:
    """Return how many hashes *threads* make a second, at the service's default cost."""
    hasher = PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=1)
    counts = [0] * threads
    started = time.perf_counter()

    def work(place: int) -> None:
        while time.perf_counter() - started < seconds:
            hasher.hash("violin harbour 27 umbrellas")
            counts[place] += 1

    workers = [threading.Thread(target=work, args=(one,)) for one in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(counts) / (time.perf_counter() - started)
