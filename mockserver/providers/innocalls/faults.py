"""The eleven rows of Innocalls' error table: codes and texts are documented."""

from mockserver.core.rulebook import Evidence, Fault

BAD_REQUEST = Fault("bad-request", 400, "Bad Request -- Your request sucks", Evidence.DOCUMENTED)
UNAUTHORIZED = Fault(
    "unauthorized", 401, "Unauthorized -- Your API key is wrong", Evidence.DOCUMENTED
)
FORBIDDEN = Fault(
    "forbidden",
    403,
    "Forbidden -- The kitten requested is hidden for administrators only",
    Evidence.DOCUMENTED,
)
NOT_FOUND = Fault(
    "not-found", 404, "Not Found -- The specified kitten could not be found", Evidence.DOCUMENTED
)
WRONG_METHOD = Fault(
    "wrong-method",
    405,
    "Method Not Allowed -- You tried to access a kitten with an invalid method",
    Evidence.DOCUMENTED,
)
NOT_ACCEPTABLE = Fault(
    "not-acceptable",
    406,
    "Not Acceptable -- You requested a format that isn't json",
    Evidence.DOCUMENTED,
)
GONE = Fault(
    "gone",
    410,
    "Gone -- The kitten requested has been removed from our servers",
    Evidence.DOCUMENTED,
)
TOO_MANY_REQUESTS = Fault(
    "too-many-requests",
    429,
    "Too Many Requests -- You're requesting too many kittens! Slow down!",
    Evidence.DOCUMENTED,
)
SCENARIO_ONLY_FAULTS = (
    Fault("teapot", 418, "I'm a teapot", Evidence.DOCUMENTED),
    Fault(
        "server-error",
        500,
        "Internal Server Error -- We had a problem with our server. Try again later.",
        Evidence.DOCUMENTED,
    ),
    Fault(
        "service-unavailable",
        503,
        "Service Unavailable -- We're temporarially offline for maintanance. "
        "Please try again later.",
        Evidence.DOCUMENTED,
    ),
)
