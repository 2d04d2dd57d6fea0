#!/usr/bin/env bash
# Run the README's open command as a stranger would (its own environment, an empty store) until the page answers.
set -euo pipefail
store=$(mktemp -d)
export TIERBOARD_STORE="$store" STREAMLIT_SERVER_HEADLESS=true STREAMLIT_SERVER_PORT=8599
command=${1//.venv/.venv-open}
setsid bash -c "$command" >"$store/open.log" 2>&1 &
opened=$!
trap 'kill -- -"$opened" 2>/dev/null || true; rm -rf "$store" .venv-open' EXIT
for _ in $(seq 1 300); do
    if python3 - <<'P' 2>/dev/null
import urllib.request
assert urllib.request.urlopen("http://127.0.0.1:8599/_stcore/health", timeout=2).read() == b"ok"
P
    then
        echo "the app answers"
        exit 0
    fi
    kill -0 "$opened" 2>/dev/null || break
    sleep 1
done
cat "$store/open.log"
exit 1
