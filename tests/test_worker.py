"""The worker ends when it is told to, whatever it is doing."""

import asyncio

from service.worker import Loop, run


async def test_what_is_under_way_is_finished() -> None:
    stopping, begun, finished = asyncio.Event(), asyncio.Event(), list[bool]()

    async def step() -> int:
        begun.set()
        await stopping.wait()
        finished.append(True)
        return 1

    running = asyncio.create_task(run([Loop("slow", step, 0.01)], stopping))
    await begun.wait()
    stopping.set()
    await asyncio.wait_for(running, 5)
    assert finished == [True]


async def test_what_never_ends_is_cut_short() -> None:
    stopping = asyncio.Event()

    async def step() -> int:
        stopping.set()
        await asyncio.Event().wait()
        return 0

    loops = [Loop("stuck", step, 0.01)]
    await asyncio.wait_for(run(loops, stopping, finish_seconds=0.01), 5)
