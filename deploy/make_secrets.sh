#!/usr/bin/env bash
# The files of secrets/ that deploy/compose.yaml and deploy/kubernetes name, where they are not there yet; one that is there stays as it is.
#
#   bash deploy/make_secrets.sh [--host NAME] [--database HOST] [FOLDER]     by default setu.example.org, db, and secrets/ beside this file
#
# Each is readable by the user of the container that reads it alone: as root it is given to that user.
set -euo pipefail
host=setu.example.org database=db
while [ "${1:-}" = --host ] || [ "${1:-}" = --database ]; do
    [ "$1" = --host ] && host="${2:?}" || database="${2:?}"
    shift 2
done
folder="${1:-$(dirname "${BASH_SOURCE[0]}")/secrets}"
umask 077
mkdir -p "$folder"
chmod 711 "$folder"

owned() { # USER FILE
    chmod 400 "$2"
    if [ "$(id -u)" = 0 ]; then chown "$1:$1" "$2"; else printf 'As root: chown %s:%s %s\n' "$1" "$1" "$2" >&2; fi
}

if [ ! -e "$folder/postgres_password" ]; then
    openssl rand -hex 24 >"$folder/postgres_password"
    owned 999 "$folder/postgres_password"
fi
if [ ! -e "$folder/pgpass" ]; then
    printf '%s:5432:*:setu:%s\n' "$database" "$(cat "$folder/postgres_password")" >"$folder/pgpass"
    owned 970 "$folder/pgpass"
fi
if [ ! -e "$folder/tls_key" ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj "/CN=$host" \
        -addext "subjectAltName=DNS:$host,DNS:api.$host" -keyout "$folder/tls_key" -out "$folder/tls_certificate" 2>/dev/null
    owned 101 "$folder/tls_key"
    owned 101 "$folder/tls_certificate"
    printf 'The certificate for %s is signed by itself: browsers warn. Put one of your own authority in its place.\n' "$host" >&2
fi
