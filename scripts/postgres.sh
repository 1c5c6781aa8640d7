# Sourced by ./test and ./bench: what the machine must have, and a private PostgreSQL cluster that lives as long as the script.

fail() { echo "$1" >&2; exit 1; }

need_sdk() {
  command -v dotnet >/dev/null || fail "The .NET SDK 10 is missing: install it from https://dot.net and put dotnet on the PATH."
  dotnet --version >/dev/null 2>&1 || fail "The .NET SDK that global.json asks for is missing: $(dotnet --version 2>&1 | head -n 1)"
}

# need_packages FUNCTION PACKAGE...: installs the Debian packages unless FUNCTION finds what they bring.
need_packages() {
  local found=$1; shift
  if "$found"; then return; fi
  command -v apt-get >/dev/null || fail "Missing: $*. This is not Debian: install them by other means."
  [ "$(id -u)" = 0 ] || fail "Missing: $*. Run: sudo apt-get install -y $*"
  echo "Installing $*"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null || fail "apt-get could not install $*."
  "$found" || fail "$* were installed and are still not found."
}

postgres_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }
has_postgres() { [ -x "$(postgres_bin)/initdb" ] && ls /usr/share/postgresql/*/extension/pg_trgm.control >/dev/null 2>&1; }
has_node() { command -v node >/dev/null && command -v npm >/dev/null; }
has_oathtool() { command -v oathtool >/dev/null; }
has_chromium() { [ -x "${CHROMIUM:=$(command -v chromium || true)}" ] && export CHROMIUM; }

# start_postgres FSYNC: exports ELEARNING_TEST_POSTGRES, a role that may make roles and databases and is no superuser.
start_postgres() {
  local bin password try
  bin=$(postgres_bin)
  cluster=$(mktemp -d "${TMPDIR:-/tmp}/elearning-postgres.XXXXXX")
  trap stop_postgres EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  # PostgreSQL refuses to run as root.
  as_postgres=()
  if [ "$(id -u)" = 0 ]; then as_postgres=(runuser -u postgres --); chown postgres "$cluster"; fi

  in_cluster "$bin/initdb" -D "$cluster/data" -U postgres --locale=C --encoding=UTF8 --auth-local=trust --auth-host=scram-sha-256 --no-sync \
    > "$cluster/initdb.log" 2>&1 || fail "initdb failed: $(tail -n 5 "$cluster/initdb.log")"
  in_cluster tee -a "$cluster/data/postgresql.conf" >/dev/null <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$cluster'
max_connections = 300
fsync = $1
full_page_writes = $1
CONF
  for try in 1 2 3 4 5 6 7 8 9 10; do
    port=$((20000 + RANDOM % 12000))
    if in_cluster "$bin/pg_ctl" -D "$cluster/data" -l "$cluster/data/server.log" -o "-p $port" -w start >/dev/null 2>&1; then break; fi
    [ "$try" != 10 ] || fail "PostgreSQL does not start: $(in_cluster tail -n 5 "$cluster/data/server.log")"
  done
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  in_cluster "$bin/psql" -q -h "$cluster" -p "$port" -U postgres -c "CREATE ROLE elearning LOGIN CREATEROLE CREATEDB PASSWORD '$password'" \
    || fail "PostgreSQL does not take its first role."
  export ELEARNING_TEST_POSTGRES="Host=127.0.0.1;Port=$port;Username=elearning;Password=$password;Database=postgres"
}

# The folder of the repository may be closed to the user postgres, so nothing may start in it.
in_cluster() { (cd / && "${as_postgres[@]}" "$@"); }

stop_postgres() {
  local code=$?
  trap - EXIT
  kill $(jobs -p) 2>/dev/null || true
  in_cluster "$(postgres_bin)/pg_ctl" -D "$cluster/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$cluster"
  exit "$code"
}
