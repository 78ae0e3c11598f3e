"""The ``hashicorp/time`` provider, bound by hand: waiting.

Source: documentation and source of hashicorp/time 0.13, provider index and resource ``time_sleep``.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from cdktf import ITerraformDependable, TerraformProvider, TerraformResourceLifecycle
from constructs import Construct

from constructs_lib.bindings.terraform import BoundProvider, BoundResource


class TimeProvider(BoundProvider):
    """Configuration of ``hashicorp/time``: there is nothing to configure.

    Source: time documentation, provider index.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "time"
    SOURCE: ClassVar[str] = "hashicorp/time"
    VERSION_CONSTRAINT: ClassVar[str] = "~> 0.13"

    def __init__(self, scope: Construct, id_: str, *, alias: str | None = None) -> None:
        """Configure the provider."""
        super().__init__(scope, id_, {}, alias=alias)


class Sleep(BoundResource):
    """``time_sleep``: a wait between two steps of an apply or a destroy.

    What has to come before is in ``depends_on`` or ``triggers``; what has to wait depends on the sleep.

    Source: time documentation, resource ``time_sleep``.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "time_sleep"

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        create_duration: str | None = None,
        destroy_duration: str | None = None,
        triggers: Mapping[str, str] | None = None,
        depends_on: Sequence[ITerraformDependable] | None = None,
        lifecycle: TerraformResourceLifecycle | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        """Wait when created, when destroyed, or both; at least one duration is needed.

        A duration is a number with ``ms``, ``s``, ``m`` or ``h``, such as ``90s``. Changing it waits for
        nothing; ``destroy_duration`` counts as it was last applied. Changing ``triggers`` replaces the
        sleep, so that both waits happen again.
        """
        super().__init__(
            scope,
            id_,
            {
                "create_duration": create_duration,
                "destroy_duration": destroy_duration,
                "triggers": triggers,
            },
            depends_on=depends_on,
            lifecycle=lifecycle,
            provider=provider,
        )
