#!/usr/bin/env bash
# Set up the programs of others that the tests point at Setu, each in an environment of its own outside the project, and run those tests.
#
#   tools/clients.sh        Open WebUI (several GB, it brings torch) and LlamaIndex
#
# CLIENTS=/folder says where they are kept (by default ~/.cache/setu-clients); what is there already is taken as it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder="${CLIENTS:-${XDG_CACHE_HOME:-$HOME/.cache}/setu-clients}"

python_for() { # the first of these that runs, so that a name that leads nowhere is passed over
    local name
    for name in python3.12 python3.11 .venv/bin/python; do
        if "$name" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' >/dev/null 2>&1; then
            printf '%s' "$name"
            return
        fi
    done
    printf 'clients: Open WebUI needs Python 3.11 or 3.12, and neither is on the PATH.\n' >&2
    exit 1
}

installed() { # NAME PACKAGE
    if [ ! -f "$folder/$1/.done" ]; then
        printf 'clients: installing %s into %s\n' "$2" "$folder/$1"
        rm -rf "${folder:?}/$1"
        "$(python_for)" -m venv "$folder/$1"
        "$folder/$1/bin/python" -m pip install --quiet --no-input --disable-pip-version-check --prefer-binary "$2" </dev/null
        touch "$folder/$1/.done"
    fi
}

mkdir -p "$folder"
installed open-webui 'open-webui>=0.12,<0.13'
installed llama-index 'llama-index-llms-openai-like>=0.8,<0.9'
export OPEN_WEBUI="$folder/open-webui/bin/open-webui" LLAMAINDEX_PYTHON="$folder/llama-index/bin/python"
exec .venv/bin/python -m pytest -rs tests/server/openai_paths/test_open_webui.py tests/server/openai_paths/test_documented_examples.py \
    tests/server/openai_paths/test_langchain_client.py tests/server/mcp/test_conformance.py "$@"
