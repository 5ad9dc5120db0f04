"""Who this node is: the same after every restart, another one wherever the data directory is another.

Rule 1: the name lies beside the spool. What a node knows of its calls lies in its spool alone, so both are kept or lost together.
"""

import secrets
import socket
from pathlib import Path

_FILE = "node"
LONGEST_HOST = 60


def node_name(data_dir: Path) -> str:
    """This node's name; made up at the first start. The caller holds the directory's lock."""
    file = data_dir / _FILE
    try:
        token = file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        token = ""
    if not token:
        token = secrets.token_hex(4)
        file.write_text(f"{token}\n", encoding="ascii")
    return f"{socket.gethostname()[:LONGEST_HOST]}-{token}"
