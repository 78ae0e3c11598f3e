"""What no reader of a pull request may see, and what no pipeline may take for a command."""

from __future__ import annotations

import pytest

from plans.hiding import SECRET_LOOKING, harmless, shown, without_secrets


@pytest.mark.parametrize(
    "secret",
    [
        "-----BEGIN RSA PRIVATE KEY-----\nMII",
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
        "https://account.blob.core.windows.net/data?sv=2024&sig=abc%3D",
        "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=abc==",
        "Endpoint=sb://a.servicebus.windows.net/;SharedAccessKey=abc",
        "Authorization: Bearer abcdefghijklmnopqrstuvwxyz",
        "ghp_abcdefghijklmnopqrstuvwxyz0123",
        "xoxb-1234567890-abc",
        "https://hooks.slack.com/services/T0/B0/x",
        "https://events.pagerduty.com/integration/0123/enqueue",
        "https://contoso.webhook.office.com/webhookb2/x",
        "https://user:token@example.com/",
        "A" * 86 + "==",
        "abc8Q~" + "x" * 34,
        "abcdefghij234567" * 3 + "abcd",
    ],
)
def test_what_looks_like_a_secret_is_hidden_as_a_whole(secret: str) -> None:
    assert shown(secret) == SECRET_LOOKING
    assert shown({"deep": [f"before {secret} after"]}) == SECRET_LOOKING
    assert without_secrets(f"Error: it failed\nwith {secret.splitlines()[0]}\nat once") == (
        f"Error: it failed\n{SECRET_LOOKING}\nat once"
    )


@pytest.mark.parametrize(
    "plain",
    [
        "mlops-dev-workspace",
        "/subscriptions/aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee/resourceGroups/rg",
        "https://account.blob.core.windows.net/",
        "AmlOnlineEndpointTrafficLog | where ResponseCode startswith '5'",
        "0 2 * * *",
        "sha256:" + "0" * 64,
    ],
)
def test_what_is_no_secret_is_shown(plain: str) -> None:
    assert plain in shown(plain)


@pytest.mark.parametrize("nothing", [[], {}, "", None, True, False])
def test_nothing_and_a_switch_are_no_secret_whatever_they_are_called(nothing: object) -> None:
    assert shown(nothing, "password") != SECRET_LOOKING


def test_the_name_of_an_argument_is_enough() -> None:
    assert shown("x", "client_secret") == SECRET_LOOKING
    assert shown(1234, "access_key") == SECRET_LOOKING


@pytest.mark.parametrize(
    "text",
    [
        "##vso[task.setvariable variable=a]b",
        "x ##VSO[task.complete]",
        "##[error]no",
        "::set-output name=a::b",
    ],
)
def test_no_text_is_a_command_to_a_pipeline(text: str) -> None:
    made = harmless(text)
    assert "##vso[" not in made.lower()
    assert "##[" not in made
    assert not made.startswith("::")


def test_what_cannot_be_seen_is_written_out() -> None:
    assert harmless("a\u202eb\x1b[31m\nc") == "a\\u202eb\\x1b[31m\\nc"
