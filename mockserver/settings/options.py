"""The table of options of `serve`; each is a flag and a MOCKSERVER_* variable."""

from typing import Final, NamedTuple

VARIABLE_PREFIX: Final = "MOCKSERVER_"


class Option(NamedTuple):
    """One option of `serve`; in a variable, blanks separate the values of a repeatable one."""

    name: str
    description: str
    default: str = ""
    metavar: str = "TEXT"
    kind: str = "text"
    """text, flag or repeatable"""

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        return VARIABLE_PREFIX + self.name.upper()


OPTIONS: Final = (
    Option("host", "address to listen at", "127.0.0.1", "ADDRESS"),
    Option("port", "port to listen at; 0 is a free one", "8080", "NUMBER"),
    Option(
        "webhook",
        "where a vendor's portal would send webhooks, else the provider's inbox",
        metavar="PROVIDER=URL",
        kind="repeatable",
    ),
    Option(
        "scenarios",
        "scenario file or directory, on top of the bundled ones; else ./mockserver.yaml",
        metavar="PATH",
        kind="repeatable",
    ),
    Option("load", "start with the world that this exported log of inputs describes", "", "FILE"),
    Option("watch", "read scenario files again when they change", kind="flag"),
    Option("no_number_plan", "digits of a number do not choose how its leg behaves", kind="flag"),
    Option(
        "quirk",
        "a vendor's observed manner instead of the documented one",
        metavar="PROVIDER=NAME",
        kind="repeatable",
    ),
    Option("clock", "how time runs: real, manual, instant, or a pace such as 60x", "real", "MODE"),
    Option("start_at", "when the virtual clock starts, instead of now", metavar="ISO"),
    Option("seed", "same seed, start and requests: same ids and times, byte for byte"),
    Option("token", "who may use the control API; `none` opens it"),
    Option(
        "allow_host", "another name by which the server may be called", "", "NAME", "repeatable"
    ),
    Option(
        "cors",
        "origins whose web pages may call the vendors' routes",
        metavar="ORIGIN[,ORIGIN]",
        kind="repeatable",
    ),
    Option(
        "webhook_targets",
        "public hosts or networks that webhooks may go to, or `public` for all",
        metavar="NAME",
        kind="repeatable",
    ),
    Option(
        "webhook_rewrite",
        "a host name in webhook URLs that means another one from here",
        metavar="A=B",
        kind="repeatable",
    ),
    Option(
        "webhook_ca",
        "PEM certificates to trust at https receivers, beside the system's",
        metavar="FILE",
    ),
    Option("tls_cert", "serve HTTPS with this certificate", metavar="FILE"),
    Option("tls_key", "and this key", metavar="FILE"),
    Option(
        "public_url", "origin of the links that are handed out, not the request's", metavar="URL"
    ),
    Option("log_format", "text or json", "text", "FORMAT"),
    Option("open", "open the page in a browser, once the server is ready", kind="flag"),
    Option("quiet", "no line per request, event and webhook attempt", kind="flag"),
)
