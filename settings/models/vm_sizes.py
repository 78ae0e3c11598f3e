"""What a VM size counts for in quotas: its family, and its cores.

Source: Azure Machine Learning, "Managed online endpoints SKU list", as it was in 2025: families, cores and exemptions.
Sizes that are not on it go by "Azure virtual machine sizes naming conventions", the old names by "Dv2 and DSv2-series".
"""

from __future__ import annotations

import re
from typing import NamedTuple


class VmSize(NamedTuple):
    """What is known of a size."""

    family: str
    """The quota it counts against, as Azure spells it: ``standardDSv2Family``."""
    cores: int

    @property
    def is_reserved_for(self) -> bool:
        """Whether Azure Machine Learning keeps a fifth of a deployment's instances free, for upgrades."""
        return self.family not in _EXEMPT


_NAMED_OTHERWISE = {
    "FX[0-9]+MDS": "standardFXMDVSFamily",
    "NC[0-9]+S_V2": "standardNCSv2Family",
    "NC[0-9]+S_V3": "standardNCSv3Family",
    "NC[0-9]+AS_T4_V3": "standard NCASv3_T4 Family",
    "NC[0-9]+ADS_A100_V4": "standardNCADSA100v4Family",
    "NC[0-9]+ADI?S_H100_V5": "standardNCADSH100v5Family",
    "ND[0-9]+AMSR_A100_V4": "standard NDAMSv4_A100Family",
    "ND[0-9]+ASR_V4": "standard NDASv4_A100 Family",
    "ND[0-9]+RS_V2": "standardNDSv2Family",
    "ND[0-9]+ISR?_H100_V5": "standardNDv5H100Family",
    "NV[0-9]+ADM?S_A10_V5": "standardNVADSA10v5Family",
}
"""Families that are not called after their sizes."""
_EXEMPT = (
    "standardNCADSA100v4Family",
    "standardNCADSH100v5Family",
    "standard NDAMSv4_A100Family",
    "standard NDASv4_A100 Family",
    "standardNDSv2Family",
    "standardNDv5H100Family",
)
"""Families of which nothing is kept free for upgrades: all of their sizes have "Skip 20% Reservation" in that list."""
_CORES = {1: 1, 2: 2, 3: 4, 4: 8, 5: 16, 11: 2, 12: 4, 13: 8, 14: 16, 15: 20}
"""The cores of D and DS up to version 2, whose numbers only count the sizes."""
_COUNTED = re.compile("STANDARD_(DS?)([0-9]+)(?:_(V2))?")
_REGULAR = re.compile("STANDARD_([DEFL])([0-9]+)([ABDLPS]*)(?:_(V[0-9]+))?")


def find_vm_size(name: str) -> VmSize | None:
    """Return what is known of a size such as ``Standard_DS3_v2``, in any case; ``None`` when nothing is."""
    name = name.upper()
    if match := _COUNTED.fullmatch(name):
        series, number, version = match.groups()
        cores = _CORES.get(int(number))
        return VmSize(f"standard{series}{(version or '').lower()}Family", cores) if cores else None
    if match := _REGULAR.fullmatch(name):
        series, number, features, version = match.groups()
        return VmSize(f"standard{series}{features}{(version or '').lower()}Family", int(number))
    for pattern, family in _NAMED_OTHERWISE.items():
        if re.fullmatch(f"STANDARD_{pattern}", name):
            return VmSize(family, int(re.findall("[0-9]+", name)[0]))
    return None


def with_reserve(count: int, size: VmSize | None) -> int:
    """Return the instances that a deployment needs quota for: 1.2 times as many, rounded up, but for exempt sizes."""
    return -(-count * 6 // 5) if size is None or size.is_reserved_for else count
