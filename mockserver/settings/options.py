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
    Option("port", "port to listen at; 0 takes a free one", "8080", "NUMBER"),
    Option(
        "webhook",
        "URL for webhooks that have none of their own; without it, the provider's inbox",
        metavar="PROVIDER=URL",
        kind="repeatable",
    ),
    Option(
        "scenarios",
        "scenario file or directory to load with the bundled ones, instead of ./mockserver.yaml",
        metavar="PATH",
        kind="repeatable",
    ),
    Option("load", "start with the state that this exported log of inputs leads to", "", "FILE"),
    Option(
        "store",
        "where sandboxes are kept: memory, or sqlite:PATH for a file that outlives the server",
        "memory",
        "STORE",
    ),
    Option(
        "durable",
        "with --store: what it survives: engine, the end of the process; disk, of the machine, too",
        "engine",
        "WHAT",
    ),
    Option(
        "sandbox_ttl",
        "real time after which an unused sandbox is removed: 30m, 1h, 30d, or never; without it, "
        "1h in memory, 30d with --store",
        "",
        "DURATION",
    ),
    Option("store_key", "with --store: file with the key that encrypts what is kept", "", "FILE"),
    Option("watch", "reload scenario files when they change", kind="flag"),
    Option(
        "no_number_plan",
        "ignore the number plan: the digits of a number decide nothing",
        kind="flag",
    ),
    Option(
        "quirk",
        "use an observed behavior of a vendor instead of the documented one",
        metavar="PROVIDER=NAME",
        kind="repeatable",
    ),
    Option("clock", "how time runs: real, manual, instant, or a pace such as 60x", "real", "MODE"),
    Option("start_at", "time at which the virtual clock starts, instead of now", metavar="ISO"),
    Option("seed", "the same seed, start and requests give the same ids and times, byte for byte"),
    Option("token", "token that the control API requires; `none` requires no token"),
    Option(
        "allow_host",
        "another host name that requests to the server may use",
        "",
        "NAME",
        "repeatable",
    ),
    Option(
        "cors",
        "origins whose web pages may call the vendors' routes",
        metavar="ORIGIN[,ORIGIN]",
        kind="repeatable",
    ),
    Option(
        "webhook_targets",
        "public host or network that webhooks may go to, or `public` for all",
        metavar="NAME",
        kind="repeatable",
    ),
    Option(
        "webhook_rewrite",
        "send webhooks for the host name A to the host name B",
        metavar="A=B",
        kind="repeatable",
    ),
    Option(
        "webhook_ca",
        "PEM file with more certificates to trust when receivers use https",
        metavar="FILE",
        kind="repeatable",
    ),
    Option(
        "trace_webhooks",
        "give the webhooks of a call the traceparent of the request that placed it",
        kind="flag",
    ),
    Option(
        "https", "accept CONNECT for the vendors' hosts, with an authority of its own", kind="flag"
    ),
    Option("https_port", "with --https: port for TLS itself; 0 is a free one", "", "NUMBER"),
    Option("ca_dir", "with --https: folder that keeps the authority, else memory", "", "DIR"),
    Option(
        "proxy_pass",
        "with --https: another host that CONNECT may reach, untouched",
        metavar="HOST",
        kind="repeatable",
    ),
    Option("tls_cert", "serve HTTPS with this certificate", metavar="FILE"),
    Option("tls_key", "private key of the certificate in --tls-cert", metavar="FILE"),
    Option(
        "public_url", "origin of the links in responses, instead of the request's", metavar="URL"
    ),
    Option("log_format", "format of the log: text or json", "text", "FORMAT"),
    Option("open", "open the page in a browser, once the server is ready", kind="flag"),
    Option("quiet", "do not log requests, events and webhook attempts", kind="flag"),
)
