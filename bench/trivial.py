"""The limit that the burst is held against: the least that FastAPI can do with a POST.

On uvicorn as everybody runs it, or ("ours") on the server that `treering serve` is made of.
"""

import sys

import uvicorn
from fastapi import FastAPI, Request

from treering.cli import serve

app = FastAPI()


@app.post("/trivial")
async def trivial(request: Request) -> dict[str, int]:
    return {"bytes": len(await request.body())}


@app.get("/healthz")
async def read_health() -> None:
    """It listens."""


if __name__ == "__main__":
    port = int(sys.argv[1])
    if "ours" in sys.argv:
        serve.main(app, "127.0.0.1", port)
    else:
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)
