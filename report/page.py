"""Lays the content out as one HTML page that asks for nothing outside itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from deployment.stacks import Stack
from report.content import Content, Library
from settings.loader import Settings

_FOLDER = Path(__file__).parent


def render(
    settings: Settings, stacks: Iterable[Stack], written: datetime, library: Library | None = None
) -> str:
    """Return the page. ``stacks`` are those that these settings became, ``written`` is when.

    Without ``library`` its values are first values, and are marked as such.
    """
    templates = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,  # whatever the configuration says is text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return templates.get_template("page.html.j2").render(
        content=Content(settings, stacks, library),
        project=settings.platform.azure_devops.project.name,
        organization=settings.platform.azure_devops.organization_url,
        placeholders=len(settings.placeholders),
        written=_time(written),
        read=_time(library.read) if library else "",
        style=(_FOLDER / "page.css").read_text(encoding="utf-8"),
    )


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"
