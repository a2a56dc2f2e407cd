"""The floor: aiohttp and asyncpg, one row by its key, and nothing else."""

import sys

import asyncpg
import uvloop
from aiohttp import web

POOL = web.AppKey("pool", asyncpg.Pool)


async def row(request: web.Request) -> web.Response:
    found = await request.app[POOL].fetchrow(
        "SELECT registration_id, state, app FROM registration LIMIT 1"
    )
    return web.json_response({"state": found and found["state"]})


async def serve(url: str, port: int) -> None:
    app = web.Application()
    app.router.add_get("/row", row)
    async with asyncpg.create_pool(url, min_size=1, max_size=10) as pool:
        app[POOL] = pool
        await web._run_app(  # noqa: SLF001 -- run_app would start a loop of its own
            app, host="127.0.0.1", port=port, access_log=None, print=None
        )


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1], int(sys.argv[2])))
