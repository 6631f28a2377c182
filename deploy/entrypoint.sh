#!/bin/sh
# Hands libpq the database's password, which is a file (a secret), as ~/.pgpass: the one place where a health check
# and `docker compose exec` find it, too. They do not come through here, and a variable of this script is none of theirs.
set -eu
secret=/run/secrets/postgres_password
if [ -e "$secret" ]; then
    [ -r "$secret" ] || { echo "$secret: user $(id -u) may not read it: chown -R 10001 secrets" >&2; exit 1; }
    umask 077
    # A backslash and a colon have a meaning there.
    printf '*:*:*:*:%s\n' "$(sed 's/[\\:]/\\&/g' "$secret")" > "$HOME/.pgpass"
fi
exec "$@"
