# Calls a vendor, and a host that nobody emulates, by curl.
set -e
curl --silent --show-error --output /dev/null --write-out '%{http_code} %header{x-mock-request}\n' \
  --header 'Authorization: Bearer my-token' --header 'Accept: application/json' \
  --json '{"bridge": "918068281234", "from": "918867135000", "to": "918867136000"}' \
  https://portal.mobtexting.com/api/v2/voice/c2c
curl --silent https://other.example/ || echo refused
