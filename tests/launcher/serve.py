"""Start only the services of one checkout, say where they are as JSON, and stop on a signal."""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(sys.argv[1]) / "bin"))

from launch import accounts, local_env, places, programs, services, trouble  # noqa: E402


def serve() -> int:
    programs.stop_on_signals()
    servers = accounts.server()
    folders = places.choose(servers)
    try:
        with programs.Programs(folders.own) as running:
            kept = local_env.read(folders.own)
            addresses = services.Services(running, folders, servers, for_tests="--lasting" not in sys.argv).start(kept)
            local_env.write(folders.own, local_env.with_generated(kept | addresses))
            where = {name: str(path) for name, path in vars(folders).items()}
            print(json.dumps({"addresses": addresses, "folders": where}), flush=True)
            while True:
                running.check()
                time.sleep(0.05)
    except KeyboardInterrupt:
        return 0


trouble.run(serve)
