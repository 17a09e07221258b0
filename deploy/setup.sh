#!/bin/sh
# Sets this checkout up: `setup.sh run` for the demo, `setup.sh test` for the tests too, with
# `gas` or `proofs` behind it for what make bench-gas or make proofs needs beside.
# All of it stays in .venv, .venv-proofs and folders node_modules, save Debian packages for the browser
# tests. A second run finds its stamps and does nothing. What fails is said in one sentence,
# and what was half made is taken away.
set -eu
cd "$(dirname "$0")/.."
goal=${1:-run}
extra=${2:-}
log=$(mktemp)
half_made=
trap 'status=$?; [ -z "$half_made" ] || rm -rf "$half_made"; rm -f "$log"; exit $status' EXIT
trap 'exit 130' INT TERM

refuse() {
    echo "treering: $*" >&2
    exit 1
}

# The last line of the log that tells of a fault; else its last line.
last_word() {
    fault=$(grep -iE 'error|no space|fail|cannot|denied' "$log" | tail -n 1)
    [ -n "$fault" ] || fault=$(grep -v '^ *$' "$log" | tail -n 1)
    echo "${fault:-it said nothing}"
}

# step SENTENCE COMMAND...: quiet when it works; else the sentence and the command's last word.
step() {
    sentence=$1
    shift
    "$@" >"$log" 2>&1 || refuse "$sentence: $(last_word)"
}

newer_python() {
    for candidate in "${PYTHON:-python3}" python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
}

found_python() {
    command -v python3 >/dev/null && echo "this is $(python3 --version 2>&1)" || echo "there is none"
}

check_tools() {
    python=$(newer_python)
    [ -n "$python" ] || refuse "Python 3.11 or newer is needed; $(found_python)"
    command -v node >/dev/null || refuse "Node 20 or newer is needed; there is none"
    node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' ||
        refuse "Node 20 or newer is needed; this is $(node --version)"
    command -v npm >/dev/null || refuse "npm is needed, which comes with Node; there is none"
}

install_python() {
    lock=requirements.txt
    [ "$goal" = run ] || lock=requirements-dev.txt
    stamp=$("$python" --version | cat - "$lock" pyproject.toml | cksum)
    # Whoever has set up the tests has all that the demo needs.
    for held in run test; do
        [ "$goal" = test ] && [ $held = run ] && continue
        [ -e ".venv/.$held" ] && [ "$(cat ".venv/.$held")" = "$stamp" ] && return
    done
    echo "treering: installing Python packages into .venv …"
    half_made=.venv
    rm -rf .venv
    step "cannot make .venv (Debian: apt-get install python3-venv)" "$python" -m venv .venv
    step "cannot install the Python packages" \
        .venv/bin/python -m pip install --disable-pip-version-check --require-hashes -r "$lock"
    step "cannot install treering itself" \
        .venv/bin/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation -e .
    echo "$stamp" >".venv/.$goal"
    [ "$goal" = run ] || echo "$("$python" --version | cat - requirements.txt pyproject.toml | cksum)" >.venv/.run
    half_made=
}

# halmos, slither and their solvers pin versions of their own.
install_proofs() {
    stamp=$(.venv/bin/python --version | cat - requirements-proofs.txt | cksum)
    [ -e .venv-proofs/.stamp ] && [ "$(cat .venv-proofs/.stamp)" = "$stamp" ] && return
    echo "treering: installing halmos and slither into .venv-proofs …"
    half_made=.venv-proofs
    rm -rf .venv-proofs
    step "cannot make .venv-proofs" .venv/bin/python -m venv .venv-proofs
    step "cannot install halmos and slither" \
        .venv-proofs/bin/python -m pip install --disable-pip-version-check --require-hashes -r requirements-proofs.txt
    echo "$stamp" >.venv-proofs/.stamp
    half_made=
}

# The folders whose packages this goal needs: each has a package.json and its lock.
node_projects() {
    echo contracts
    echo service/assets
    [ "$goal" = run ] || printf "%s\n" tests/independent tests/provider tests/recount
    [ "$extra" != gas ] || echo contracts/bench
}

# install_node FOLDER: its locked packages, into its node_modules.
install_node() {
    stamp=$(cat "$1/package-lock.json" | cksum)
    [ -e "$1/node_modules/.stamp" ] && [ "$(cat "$1/node_modules/.stamp")" = "$stamp" ] && return
    echo "treering: installing Node packages into $1/node_modules …"
    half_made=$1/node_modules
    step "cannot install the Node packages" npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund
    [ "$1" != contracts ] || check_anvil
    mkdir -p "$1/node_modules"
    echo "$stamp" >"$1/node_modules/.stamp"
    half_made=
}

# npm says nothing when an optional package could not be had.
check_anvil() {
    contracts/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil --version >/dev/null 2>&1 ||
        refuse "the Ethereum node runs on 64-bit Intel Linux only, and did not arrive here"
}

install_browser() {
    command -v chromium >/dev/null && fc-list 2>/dev/null | grep -qi 'noto.*cjk' && return
    command -v apt-get >/dev/null || refuse "the browser tests need chromium and fonts-noto-cjk"
    echo "treering: installing chromium and fonts-noto-cjk from Debian …"
    as_root=
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    step "cannot read Debian's package list" $as_root apt-get update
    step "cannot install chromium and fonts-noto-cjk" \
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium fonts-noto-cjk fontconfig
}

check_tools
install_python
for folder in $(node_projects); do
    install_node "$folder"
done
[ "$extra" != proofs ] || install_proofs
[ "$goal" = run ] || install_browser
