"""How settings are read from flags, variables and defaults."""

from collections.abc import Mapping

import pytest

from mockserver.settings import OPTIONS, Option, Settings, SettingsError, parse_settings

NO_WEBHOOK_PAIR = "is not PROVIDER=URL, such as mobtexting=http://localhost"
START = 1_767_258_000_000  # 2026-01-01T09:00:00Z


@pytest.mark.parametrize(
    ("flags", "environment", "expected"),
    [
        ({}, {}, Settings()),
        ({"host": None, "webhook": (), "quiet": None}, {}, Settings()),
        ({"quiet": False}, {"MOCKSERVER_QUIET": "1"}, Settings(quiet=True)),
        (
            {
                "host": "::1",
                "port": "0",
                "webhook": ("mobtexting=http://a/?x=1", "phonon=https://b"),
                "cors": ("http://localhost:3000,HTTPS://App.test", "http://[::1]"),
                "webhook_ca": ("dev.pem", "other.pem"),
                "clock": "60x",
                "start_at": "2026-01-01T09:00:00Z",
                "seed": "s",
                "quiet": True,
            },
            {},
            Settings(
                host="::1",
                port=0,
                webhook={"mobtexting": "http://a/?x=1", "phonon": "https://b"},
                cors=("http://localhost:3000", "https://app.test", "http://[::1]"),
                webhook_ca=("dev.pem", "other.pem"),
                clock="60x",
                start=START,
                seed="s",
                quiet=True,
            ),
        ),
        (
            {},
            {
                "MOCKSERVER_HOST": "0.0.0.0",
                "MOCKSERVER_PORT": "65535",
                "MOCKSERVER_WEBHOOK": "mobtexting=http://a  phonon=http://b",
                "MOCKSERVER_CORS": "http://a,http://b:1 http://c",
                "MOCKSERVER_CLOCK": "instant",
                "MOCKSERVER_START_AT": "2026-01-01T14:30:00+05:30",
                "MOCKSERVER_SEED": "a b",
                "MOCKSERVER_QUIET": "YES",
            },
            Settings(
                host="0.0.0.0",
                port=65535,
                webhook={"mobtexting": "http://a", "phonon": "http://b"},
                cors=("http://a", "http://b:1", "http://c"),
                clock="instant",
                start=START,
                seed="a b",
                quiet=True,
            ),
        ),
        (
            {"port": "1", "clock": "real", "webhook": ("phonon=http://c",)},
            {
                "MOCKSERVER_PORT": "2",
                "MOCKSERVER_CLOCK": "manual",
                "MOCKSERVER_WEBHOOK": "mobtexting=http://a",
                "MOCKSERVER_SEED": "s",
            },
            Settings(port=1, clock="real", webhook={"phonon": "http://c"}, seed="s"),
        ),
        ({"seed": ""}, {"MOCKSERVER_SEED": "s"}, Settings()),
        ({}, {"MOCKSERVER_START_AT": "", "MOCKSERVER_WEBHOOK": " "}, Settings()),
        ({}, {"PORT": "1", "mockserver_port": "2"}, Settings()),
        ({}, {"MOCKSERVER_PORT": "tcp://10.0.0.1:8080"}, Settings()),
        ({"port": "1"}, {"MOCKSERVER_PORT": "tcp://10.0.0.1:8080"}, Settings(port=1)),
        ({}, {"MOCKSERVER_QUIET": "0"}, Settings()),
        ({}, {"MOCKSERVER_QUIET": "false"}, Settings()),
        ({"start_at": "1970-01-01T00:00:00.0015Z"}, {}, Settings(start=2)),
        ({"start_at": "1970-01-01T00:00:00Z"}, {}, Settings(start=0)),
        ({"start_at": "8999-12-31T23:59:59Z"}, {}, Settings(start=221_845_391_999_000)),
        (
            {
                "scenarios": ("a.yaml", "b c"),
                "watch": True,
                "no_number_plan": True,
                "trace_webhooks": True,
                "quirk": ("mobtexting=webhook-id", "effebot=wrapped", "mobtexting=x=y"),
            },
            {},
            Settings(
                scenarios=("a.yaml", "b c"),
                watch=True,
                number_plan=False,
                trace_webhooks=True,
                quirk=(("mobtexting", "webhook-id"), ("effebot", "wrapped"), ("mobtexting", "x=y")),
            ),
        ),
        (
            {},
            {
                "MOCKSERVER_SCENARIOS": "a.yaml dir",
                "MOCKSERVER_WATCH": "on",
                "MOCKSERVER_NO_NUMBER_PLAN": "true",
                "MOCKSERVER_QUIRK": "mobtexting=webhook-id  effebot=wrapped",
            },
            Settings(
                scenarios=("a.yaml", "dir"),
                watch=True,
                number_plan=False,
                quirk=(("mobtexting", "webhook-id"), ("effebot", "wrapped")),
            ),
        ),
        (
            {"scenarios": ("c.yaml",), "quirk": ("a=b",), "watch": None, "no_number_plan": None},
            {
                "MOCKSERVER_SCENARIOS": "a.yaml dir",
                "MOCKSERVER_QUIRK": "c=d",
                "MOCKSERVER_WATCH": "0",
                "MOCKSERVER_NO_NUMBER_PLAN": "no",
            },
            Settings(scenarios=("c.yaml",), quirk=(("a", "b"),)),
        ),
    ],
)
def test_flags_win_over_variables_and_variables_over_defaults(
    flags: Mapping[str, object], environment: Mapping[str, str], expected: Settings
) -> None:
    assert parse_settings(flags, environment) == expected


def test_an_address_that_an_orchestrator_sets_as_port_is_refused_as_an_option() -> None:
    with pytest.raises(SettingsError, match=r"port 'tcp://\S+' is not a number from 0"):
        parse_settings({"port": "tcp://10.0.0.1:8080"}, {})


@pytest.mark.parametrize("text", ["1", "true", "True", "yes", "on", "ON"])
def test_a_variable_can_turn_a_switch_on(text: str) -> None:
    assert parse_settings({}, {"MOCKSERVER_QUIET": text}).quiet


def test_settings_are_read_from_the_environment_of_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MOCKSERVER_SEED", "from-outside")
    assert parse_settings({}).seed == "from-outside"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("port", "", "port '' is not a number from 0 to 65535"),
        ("port", "http", "port 'http' is not a number from 0 to 65535"),
        ("port", "-1", "port '-1' is not a number from 0 to 65535"),
        ("port", "65536", "port '65536' is not a number from 0 to 65535"),
        ("port", "80.0", "port '80.0' is not a number from 0 to 65535"),
        ("port", "²", "port '²' is not a number from 0 to 65535"),
        (
            "webhook",
            "mobtexting",
            "webhook 'mobtexting' is not NAME=VALUE",
        ),
        (
            "webhook",
            "mobtexting=localhost",
            f"webhook 'mobtexting=localhost' {NO_WEBHOOK_PAIR}",
        ),
        ("webhook", "mobtexting=", "webhook 'mobtexting=' is not NAME=VALUE"),
        ("webhook", "=http://a", "webhook '=http://a' is not NAME=VALUE"),
        ("quirk", "mobtexting", "quirk 'mobtexting' is not NAME=VALUE"),
        ("quirk", "=webhook-id", "quirk '=webhook-id' is not NAME=VALUE"),
        (
            "start_at",
            "1969-12-31T23:59:59Z",
            "start-at '1969-12-31T23:59:59Z' is not between 1970 and 9000",
        ),
        (
            "start_at",
            "9000-01-01T00:00:00Z",
            "start-at '9000-01-01T00:00:00Z' is not between 1970 and 9000",
        ),
        (
            "start_at",
            "noon",
            "start-at 'noon' is not an ISO 8601 time, such as 2026-01-31T10:00:00Z",
        ),
        (
            "start_at",
            "2026-13-01T00:00:00Z",
            "start-at '2026-13-01T00:00:00Z' is not an ISO 8601 time, such as 2026-01-31T10:00:00Z",
        ),
        (
            "start_at",
            "2026-01-01T09:00:00",
            "start-at '2026-01-01T09:00:00' has no time zone: end it with Z or +05:30",
        ),
        (
            "start_at",
            "2026-01-01",
            "start-at '2026-01-01' has no time zone: end it with Z or +05:30",
        ),
    ],
)
def test_a_wrong_value_is_refused_with_the_same_message_for_flag_and_variable(
    name: str, text: str, message: str
) -> None:
    """The value comes by flag or by variable."""
    flag = (text,) if name in ("webhook", "quirk") else text
    for flags, environment in (({name: flag}, {}), ({}, {f"MOCKSERVER_{name.upper()}": text})):
        with pytest.raises(SettingsError) as error:
            parse_settings(flags, environment)
        assert str(error.value) == message


@pytest.mark.parametrize(
    "text",
    ["*", "null", "localhost:3000", "http://a/", "http://a,http://*.b", "http://u@a", "file://"],
)
def test_a_cors_value_that_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(SettingsError) as error:
        parse_settings({"cors": (text,)}, {})
    assert str(error.value) == (
        f"cors {text.rpartition(',')[2]!r} is not an origin such as "
        "http://localhost:3000: write scheme, host and port, without a path, and not `*`"
    )


def test_a_port_of_thousands_of_digits_is_refused() -> None:
    with pytest.raises(SettingsError):
        parse_settings({"port": "9" * 4_301}, {})


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_a_start_beyond_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        parse_settings({"start_at": text}, {})


@pytest.mark.parametrize(
    ("option", "flag", "variable"),
    [
        (Option(name="start_at", description=""), "--start-at", "MOCKSERVER_START_AT"),
        (Option(name="port", description=""), "--port", "MOCKSERVER_PORT"),
        (
            Option(name="no_number_plan", description=""),
            "--no-number-plan",
            "MOCKSERVER_NO_NUMBER_PLAN",
        ),
    ],
)
def test_an_option_has_a_flag_and_a_variable(option: Option, flag: str, variable: str) -> None:
    assert (option.flag, option.variable) == (flag, variable)


def test_every_option_has_a_description_and_the_default_of_the_settings() -> None:
    assert all(option.description for option in OPTIONS)
    defaults = {option.name: option.default for option in OPTIONS if option.default}
    settings = Settings()
    assert defaults == {
        "host": settings.host,
        "port": str(settings.port),
        "store": settings.store or "memory",
        "durable": settings.durable,
        "clock": settings.clock,
        "log_format": settings.log_format,
    }
