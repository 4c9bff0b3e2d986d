#!/usr/bin/env bash
# Run Setu out of .venv, with the sample papers taken in when there is no paper yet and nobody has removed them.
#
#   tools/run.sh app             serve the chat on 127.0.0.1, port $PORT (8501)
#   tools/run.sh ask QUESTION    ask on the terminal
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
python=.venv/bin/python
setu=.venv/bin/setu

export ANONYMIZED_TELEMETRY=False STREAMLIT_BROWSER_GATHER_USAGE_STATS=false WEBSOCKETS_MAX_LINE_LENGTH=65536

samples_if_empty() {
    "$setu" samples add --once >&2 || printf 'Not all sample papers could be read (reasons above); going on with those that could.\n' >&2
}

case "${1:-}" in
    app)
        port="${PORT:-8501}"
        # Binding is the one honest test; Streamlit itself would end with a traceback or move to another port.
        if ! "$python" - "$port" <<'PY'; then
import socket, sys
with socket.socket() as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", int(sys.argv[1])))
    except (OSError, OverflowError, ValueError):
        sys.exit(1)
PY
            printf 'Port %s on 127.0.0.1 is taken (or not a port). Stop the program that listens there, or choose another:  make app PORT=8502\n' "$port" >&2
            exit 1
        fi
        samples_if_empty
        printf 'Setu is served at http://127.0.0.1:%s (Ctrl-C stops it).\n' "$port"
        exec "$python" -m streamlit run app.py --server.address 127.0.0.1 --server.port "$port" --server.headless true --browser.gatherUsageStats false
        ;;
    ask)
        if [ -z "${2:-}" ]; then
            printf 'Say the question:  make ask Q="Who signed the memorandum?"\n' >&2
            exit 2
        fi
        samples_if_empty
        exec "$setu" ask -- "$2"
        ;;
    *)
        printf 'usage: tools/run.sh app | ask QUESTION\n' >&2
        exit 2
        ;;
esac
