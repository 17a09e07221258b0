"""The limit that the burst is held against: the least that FastAPI can do with a POST."""

import sys

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
    serve.main(app, "127.0.0.1", int(sys.argv[1]))
