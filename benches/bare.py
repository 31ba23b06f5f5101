"""Serve a JSON answer with nothing but Sanic: python bare.py PORT PATH JSON."""

import sys
from json import loads

from sanic import HTTPResponse, Request, Sanic
from sanic.response import json

port, path, text = sys.argv[1:]
app = Sanic("bare")
body = loads(text)


@app.get(path)
async def answer(request: Request) -> HTTPResponse:
    """Answer the same as the generated service."""
    return json(body)


if __name__ == "__main__":
    app.run("127.0.0.1", int(port), single_process=True, access_log=False, motd=False)
