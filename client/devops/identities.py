"""Who did something, as Azure DevOps refers to them everywhere."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class IdentityRef:
    """A person, group or service. ``display_name`` is what Azure DevOps shows, ``unique_name`` the sign-in name."""

    id: str
    """The storage key, which checks and role assignments name too."""
    display_name: str = ""
    unique_name: str = ""
    descriptor: str = ""
    """The subject descriptor, which Graph goes by."""


@dataclass(frozen=True)
class ProjectReference:
    """A project that something belongs to."""

    id: str
    name: str = ""
