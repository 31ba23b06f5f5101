"""Create a service in build/try, start it, and show an answer.

On a terminal it then serves until Ctrl-C; otherwise it stops the service and ends.
"""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

PLACE = Path("build/try")
USUAL_PORT = 8888
NOTE = {"title": "Hello", "text": "from msanic"}
START_WITHIN = 30.0


def create() -> Path:
    """Create the service, and the environment it runs in."""
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    options = ["--defaults", "--no-config", "--no-git", "--install", "--output-dir", str(PLACE)]
    done = subprocess.run(["msanic", "new", "shop", *options])
    if done.returncode:
        raise SystemExit(done.returncode)  # it has said why
    return PLACE / "shop"


def free_port() -> int:
    """Take the usual port where it is free, else any."""
    for port in (USUAL_PORT, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise SystemExit("no port is free")


def start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Start the service as its README says."""
    python = Path(".venv", "Scripts" if sys.platform == "win32" else "bin", "python")
    print(f"\n$ cd {folder} && {python} web_shop.py --port {port}", flush=True)
    command = [str(folder.resolve() / python), "web_shop.py", "--host", "127.0.0.1"]
    return subprocess.Popen([*command, "--port", str(port)], cwd=folder)


def wait_until_ready(service: subprocess.Popen[bytes], url: str) -> None:
    """Wait for the first good answer."""
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline and service.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/health/ready").close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The service did not start: see above.")


def show(url: str, body: dict[str, str] | None = None) -> None:
    """Send a request; print it, as it would be typed, and its answer."""
    data = json.dumps(body) if body else ""
    print(f"\n$ curl {url}" + (f" --json '{data}'" if data else ""), flush=True)
    request = urllib.request.Request(url, data.encode() or None)
    request.add_header("Content-Type", "application/json")
    try:
        print(urllib.request.urlopen(request).read().decode())
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{error}: {error.read().decode()}") from None


def main() -> int:
    """Create, start, ask, and stop."""
    folder = create()
    port = free_port()
    url = f"http://localhost:{port}"
    service = start(folder, port)
    try:
        wait_until_ready(service, url)
        show(f"{url}/notes", NOTE)
        show(f"{url}/notes")
        if sys.stdout.isatty():
            print(
                f"\nThe service is in {folder}. Its API: {url}/docs. Ctrl-C stops it.", flush=True
            )
            service.wait()
    except KeyboardInterrupt:
        print("\nStopping.", flush=True)  # the terminal has sent it to the service as well
    finally:
        if service.poll() is None:
            service.send_signal(signal.SIGTERM)
        code = service.wait()
    return code


if __name__ == "__main__":
    sys.exit(main())
