"""A program in the place of ``az``: blobs are files. It takes the options that the real one has, and no others."""

from __future__ import annotations

import sys
from pathlib import Path

PROGRAM = f"""#!{sys.executable}
import argparse, json, shutil, sys
from pathlib import Path

BLOBS = Path({{blobs!r}})
parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("words", nargs="+")
for option in ("--account-name", "--container-name", "--name", "--auth-mode", "--output"):
    parser.add_argument(option, required=True)
parser.add_argument("--file", type=Path)
parser.add_argument("--overwrite")
for flag in ("--only-show-errors", "--no-progress"):
    parser.add_argument(flag, action="store_true")
given = parser.parse_args()
with (BLOBS / "calls").open("a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")
assert given.auth_mode == "login"
*_, command = given.words
assert given.words[:2] == ["storage", "blob"]
container = BLOBS / given.account_name / given.container_name
if not container.is_dir():
    sys.exit("The specified container does not exist. ErrorCode:ContainerNotFound")
blob = container / given.name
if command == "exists":
    print(json.dumps({{{{"exists": blob.exists()}}}}))
elif command == "upload":
    shutil.copyfile(given.file, blob)
elif command in ("download", "delete") and not blob.exists():
    sys.exit("The specified blob does not exist. ErrorCode:BlobNotFound")
elif command == "download":
    given.file.write_bytes(blob.read_bytes())
elif command == "delete":
    blob.unlink()
else:
    sys.exit(f"{{{{command}}}} is not in the stand-in")
"""


class AzureCli:
    """The program in a folder for PATH, and what is in its storage."""

    def __init__(self, folder: Path) -> None:
        self.path, self.blobs = folder / "bin", folder / "blobs"
        self.path.mkdir(parents=True)
        self.blobs.mkdir()
        program = self.path / "az"
        program.write_text(PROGRAM.format(blobs=str(self.blobs)))
        program.chmod(0o755)

    def add_container(self, account: str, name: str) -> Path:
        """Make a container, and return the folder of its blobs."""
        container = self.blobs / account / name
        container.mkdir(parents=True)
        return container

    def calls(self) -> list[str]:
        """Return what it was asked for."""
        path = self.blobs / "calls"
        return path.read_text().splitlines() if path.exists() else []
