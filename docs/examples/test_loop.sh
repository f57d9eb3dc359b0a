#!/usr/bin/env bash
# Tests of an application in nothing but curl: each one begins with a new sandbox.
set -euo pipefail

ask() { curl --silent --show-error --fail-with-body --output /dev/null "$@"; }
control() { ask "$MOCKSERVER_URL/_sandbox/worker-1/_mock/$1" --data "$2"; }

open_sandbox() {
  ask --request PUT "$MOCKSERVER_URL/_mock/sandboxes/worker-1" \
    --data '{"clock": "manual", "seed": "tests", "credentials": {"mobtexting": ["key-1"]}}'
}

# Stands for the application: it has a base URL and a credential, and knows nothing of sandboxes.
call_back() {
  ask "$MOBTEXTING_URL/api/v2/voice/c2c" --header 'Authorization: Bearer key-1' \
    --header 'Accept: application/json' --header 'Content-Type: application/json' \
    --data '{"bridge": "918068281234", "from": "918867135000", "to": "918867136000"}'
}

test_customer_who_answers() {
  call_back
  control clock/advance '{"until": "idle"}'
  control verify '{"for": "call", "times": {"exactly": 1}}'
  control verify '{"for": "webhook", "match": {"body.status": "COMPLETED"}, "times": {"exactly": 1}}'
}

test_busy_customer() {
  control activations '{"scenario": "callee-busy"}'
  call_back
  control clock/advance '{"until": "idle"}'
  control verify '{"for": "webhook", "match": {"body.status": "MISSED"}, "times": {"exactly": 1}}'
}

for test in test_customer_who_answers test_busy_customer; do
  open_sandbox
  "$test"
  echo "passed: $test"
done
