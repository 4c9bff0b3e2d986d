#!/usr/bin/env bash
# Build the image of deploy/Containerfile and try it as it is meant to run: its root read-only, no capability, no network, nobody special.
#
#   tools/container.sh          both; some minutes
#   tools/container.sh build    the image `setu`
#   tools/container.sh try      start the API and the chat from it, take the samples in, ask a question, look at what may be written
#   tools/container.sh needs    what is missing on this machine, and the line that installs it
#
# No daemon and no registry is needed: the base image, debian:trixie-slim, is made of Debian's packages where it is not there yet.
# IMAGE=name names the image, MIRROR=url another mirror of Debian, PIP_INDEX_URL=url one of PyPI, PIP_CERT=file the authority that vouches for it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
image="${IMAGE:-setu}"
mirror="${MIRROR:-http://deb.debian.org/debian}"
security="${SECURITY_MIRROR:-${mirror%/debian}/debian-security}"
base="docker.io/library/$(sed -n 's/^FROM \([^ ]*\)$/\1/p' deploy/Containerfile)"
question='When was the memorandum of cooperation signed?'

say() { printf 'container: %s\n' "$*" >&2; }

needs() { # what the steps named take; says what is missing
    local missing=() step
    for step in "$@"; do
        case $step in
            base) command -v mmdebstrap >/dev/null || missing+=(mmdebstrap) ;;
            podman) command -v podman >/dev/null || missing+=(podman) ;;
            runtime) command -v crun >/dev/null || command -v runc >/dev/null || missing+=(runc) ;;
        esac
    done
    [ "${#missing[@]}" -eq 0 ] && return
    say "missing: ${missing[*]}. Install: apt-get install --no-install-recommends ${missing[*]}"
    return 1
}

limits() { # as many files and processes as this machine allows, where the engine would ask for more and be refused
    printf -- '--ulimit=nofile=%s:%s\n--ulimit=nproc=%s:%s\n' "$(ulimit -Hn)" "$(ulimit -Hn)" "$(ulimit -Hu)" "$(ulimit -Hu)"
}

make_base() {
    podman image exists "$base" && return
    needs base
    local folder suite="${base##*:}"
    suite="${suite%-slim}"
    folder="$(mktemp -d)"
    say "making $base of Debian's packages"
    mmdebstrap --quiet --variant=minbase --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' "$suite" "$folder/base.tar" \
        "deb $mirror $suite main" "deb $mirror $suite-updates main" "deb $security $suite-security main" || {
        rm -rf "$folder"
        say "the base could not be made: is $mirror reached? MIRROR names another one."
        return 1
    }
    podman import --quiet "$folder/base.tar" "$base" >/dev/null
    rm -rf "$folder"
}

build() {
    needs podman
    make_base
    local flags=(--isolation chroot --network host --pull=never --format docker -f deploy/Containerfile -t "$image")
    mapfile -t -O "${#flags[@]}" flags < <(limits)
    if [ -n "${PIP_INDEX_URL:-}" ]; then flags+=(--build-arg "PIP_INDEX_URL=$PIP_INDEX_URL"); fi
    if [ -n "${PIP_CERT:-}" ]; then flags+=(--volume "$PIP_CERT:/etc/build-authority.pem:ro" --build-arg PIP_CERT=/etc/build-authority.pem); fi
    say "building $image"
    podman build "${flags[@]}" .
}

started=()
volume=""
clean() {
    local name
    for name in "${started[@]}"; do podman rm --force --time 5 "$name" >/dev/null 2>&1 || true; done
    if [ -n "$volume" ]; then podman volume rm --force "$volume" >/dev/null 2>&1 || true; fi
}

engine() { # the options of podman with which a container starts here
    local runtime
    for runtime in "" crun runc; do
        if [ -z "$runtime" ] || command -v "$runtime" >/dev/null; then
            if podman ${runtime:+--runtime "$runtime"} run --rm "${hard[@]}" "$image" true 2>/dev/null; then
                printf '%s' "$runtime"
                return
            fi
        fi
    done
    say "no container starts here: $(podman run --rm "${hard[@]}" "$image" true 2>&1 | tail -1)"
    say "where crun cannot use the control groups of the machine, runc may: apt-get install --no-install-recommends runc"
    return 1
}

attempt() { # ask again until it is so, for a minute
    local end=$((SECONDS + 60))
    until "$@" >/dev/null 2>&1; do
        if [ "$SECONDS" -gt "$end" ]; then
            say "not within a minute: $*"
            podman logs "${started[-1]}" 2>&1 | tail -20 >&2
            return 1
        fi
        sleep 0.5
    done
}

inside() { podman exec "$@"; }

try_it() {
    needs podman runtime
    podman image exists "$image" || { say "there is no image $image yet: tools/container.sh build"; return 1; }
    hard=(--network none --read-only --tmpfs /tmp --cap-drop all --security-opt no-new-privileges)
    mapfile -t -O "${#hard[@]}" hard < <(limits)
    local runtime api="setu-try-api-$$" chat="setu-try-chat-$$" get='import sys, urllib.request as r; print(r.urlopen(sys.argv[1], timeout=60).read().decode())'
    runtime="$(engine)"
    volume="setu-try-$$"
    trap clean EXIT
    local run=(podman ${runtime:+--runtime "$runtime"} run --detach "${hard[@]}" --volume "$volume:/var/lib/setu")

    "${run[@]}" --name "$api" "$image" setu serve --port 8600 >/dev/null
    started+=("$api")
    attempt inside "$api" python3 -c "$get" http://127.0.0.1:8600/ready
    [ "$(inside "$api" id -u)" = 970 ] || { say "it runs as $(inside "$api" id)"; return 1; }
    local place
    for place in / /etc /srv/setu /usr/bin; do
        if inside "$api" touch "$place/.written" 2>/dev/null; then say "$place can be written"; return 1; fi
    done
    say "the API is ready, as user 970, on a root that cannot be written"
    inside "$api" setu ingest /srv/setu/samples/documents
    inside "$api" python3 -c '
import json, sys, urllib.request as r
asked = r.Request("http://127.0.0.1:8600/v1/ask", json.dumps({"question": sys.argv[1]}).encode(), {"Content-Type": "application/json"})
found = json.load(r.urlopen(asked, timeout=120))["statements"]
for one in found:
    print(one["text"], "[" + one["status"] + "]")
sys.exit(not any(one["status"] == "verified" for one in found))' "$question" || { say "the question was not answered"; return 1; }

    "${run[@]}" --name "$chat" "$image" >/dev/null
    started+=("$chat")
    attempt inside "$chat" python3 -c "$get" http://127.0.0.1:8501/_stcore/health
    attempt inside "$chat" python3 -c "$get" http://127.0.0.1:8501/ready
    inside "$chat" setu doctor || { say "setu doctor found what is missing"; return 1; }
    say "the chat is ready beside it; $(podman image inspect --format '{{.Size}}' "$image" | awk '{printf "the image has %.2f GB", $1 / 1e9}')"
}

case "${1:-all}" in
    needs) needs base podman runtime && say "nothing is missing" ;;
    build) build ;;
    try) try_it ;;
    all)
        needs base podman runtime
        build
        try_it
        ;;
    *)
        sed -n '2,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
        exit 2
        ;;
esac
