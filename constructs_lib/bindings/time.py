"""The ``hashicorp/time`` provider, bound by hand: waiting.

Source: documentation and source of hashicorp/time 0.13; each class starts with the name of its page.
"""

from collections.abc import Mapping
from typing import ClassVar, Unpack

from constructs import Construct

from constructs_lib.bindings.terraform import BoundProvider, BoundResource, MetaArguments


class TimeProvider(BoundProvider):
    """Configuration of ``hashicorp/time``, the documentation's index: there is nothing to configure."""

    TF_RESOURCE_TYPE: ClassVar[str] = "time"
    SOURCE: ClassVar[str] = "hashicorp/time"
    VERSION_CONSTRAINT: ClassVar[str] = "~> 0.13"

    def __init__(self, scope: Construct, id_: str, /) -> None:
        super().__init__(scope, id_, {})


class Sleep(BoundResource):
    """``time_sleep``: a wait between two steps of an apply or a destroy.

    What has to come before is in ``depends_on`` or ``triggers``; what has to wait depends on the sleep.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "time_sleep"

    class Arguments(MetaArguments, total=False):
        create_duration: str
        """How long to wait when created: a number with ``ms``, ``s``, ``m`` or ``h``, such as ``90s``. Changing it
        waits for nothing."""
        triggers: Mapping[str, str]
        """Changing them replaces the sleep, so that it waits again."""

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)
