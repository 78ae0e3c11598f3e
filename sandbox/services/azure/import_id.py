"""Azure's resource ids as azurerm reads them when something is imported: letter by letter, case included.

From azurerm 4.81.0: ``go-azure-helpers/resourcemanager/resourceids/parse.go`` and its errors, the importers of the
types.
"""

from __future__ import annotations

import re

from sandbox.cloud.request import ServiceError

_GROUP = "/subscriptions/{subscription}/resourceGroups/{resource group}"
_SCOPE = "{scope}"


def form_of(arm_id: str, lies_in: str) -> str:
    """Return the form of an import id, as a person fills it in. Both arguments are as types declare them.

    ``lies_in`` takes the place of the argument that the id begins with, if that is another resource's id.
    """
    whole = re.sub(r"^\{(?!group\b)\w+\}", lambda found: lies_in or found[0], arm_id)
    return whole.replace("{group}", _GROUP)


def check_form(text: str, form: str) -> None:
    """Refuse an import id that does not have the form; raises ServiceError."""
    scoped = form.startswith(_SCOPE)
    wanted, given = form.removeprefix(_SCOPE).strip("/").split("/"), text.strip("/").split("/")
    if scoped:
        given = given[-len(wanted) :] if len(given) > len(wanted) else []
    expected = f"\n\nExpected an ID that matched:\n\n> {form}\n\nHowever this value was provided:\n\n> {text}"
    if len(given) < len(wanted) or not text.startswith("/"):
        raise ServiceError(
            f'parsing "{text}": parsing the ID: the number of segments didn\'t match{expected}'
        )
    for position, (segment, found) in enumerate(zip(wanted, given, strict=False)):
        if not found or (not segment.startswith("{") and segment != found):
            raise ServiceError(
                f'parsing "{text}": parsing the ID: the segment at position {position} didn\'t match{expected}'
            )
    if rest := "/".join(given[len(wanted) :]):
        raise ServiceError(
            f'parsing "{text}": unexpected segment "{rest}" present at the end of the URI (input "{text}")'
        )
