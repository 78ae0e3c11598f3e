"""``python -m tests.report_picture`` makes the docs' picture of the page, and others to look at, in Debian's Chromium.

The picture of the docs is the first screen, in light colours. The others go to ``build/``: both themes, as wide as a
desk and as a phone, of the guide and of the company.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from deployment.stacks import read_stacks
from report.page import render
from settings.loader import load_settings
from tests.project import COMPANY, REPOSITORY, copy_configuration, fill_in_ids
from tests.synthesized import synthesize_to

WIDE, PHONE, LONG = (1000, 640), (390, 9000), (1100, 5600)
_DARK = "--blink-settings=preferredColorScheme=0"


def main() -> None:
    chromium = shutil.which("chromium")
    if not chromium:
        sys.exit("The pictures are made in Chromium, and there is none on PATH: apt-get install chromium.")
    build = REPOSITORY / "build"
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        guide, company = _page(Path(name) / "guide"), _page(Path(name) / "company", COMPANY)
        _picture(chromium, guide, REPOSITORY / "docs" / "report.png", WIDE)
        for page in (guide, company):
            for theme, options in (("light", ()), ("dark", (_DARK,))):
                _picture(chromium, page, build / f"report-{page.stem}-{theme}.png", LONG, *options)
                _picture(chromium, page, build / f"report-{page.stem}-{theme}-phone.png", PHONE, *options)


def _page(folder: Path, configuration: Path | None = None) -> Path:
    folder.mkdir()
    config = copy_configuration(folder, configuration) if configuration else copy_configuration(folder)
    if not configuration:
        fill_in_ids(config)
    settings = load_settings(config)
    synthesize_to(settings, folder / "out")
    page = folder / f"{folder.name}.html"
    page.write_text(render(settings, read_stacks(folder / "out"), datetime(2026, 1, 2, 3, 4, tzinfo=UTC)))
    return page


def _picture(chromium: str, page: Path, picture: Path, size: tuple[int, int], *options: str) -> None:
    with tempfile.TemporaryDirectory() as profile:
        command = [
            *(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
            *("--disable-background-networking", "--hide-scrollbars", f"--user-data-dir={profile}"),
            *(f"--window-size={size[0]},{size[1]}", f"--screenshot={picture}", *options, page.as_uri()),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    sys.stdout.write(f"{picture.relative_to(REPOSITORY)}\n")


if __name__ == "__main__":
    main()
