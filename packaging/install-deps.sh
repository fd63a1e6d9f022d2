#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# install-deps.sh LIST... - install what is missing of these lists: build, run, test, page, bench, lint, fuzz.
#
# Silent and quick when everything is there (one dpkg-query). On Debian 12 it says what it installs
# and installs it, as root or with sudo. Elsewhere it names the packages and stops with 69.
# `install-deps.sh --print LIST...` only prints the names.
set -euo pipefail

readonly EX_USAGE=64 EX_UNAVAILABLE=69

# The packages of one list, as Debian 12 names them.
packages_of() {
	case $1 in
	build) cat <<-'LIST'
		gcc libc6-dev make pkg-config
		libglib2.0-dev libjson-glib-dev libsodium-dev
		libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev
		libopus-dev libogg-dev libopusenc-dev libebur128-dev libsamplerate0-dev libseccomp-dev
		libconfig-dev libical-dev libnova-dev
		libsqlite3-dev libpaho-mqtt-dev libsoup-3.0-dev libgnutls28-dev
		LIST
		;;
	run) cat <<-'LIST'
		gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad
		gstreamer1.0-alsa gstreamer1.0-libav
		espeak-ng glib-networking libjs-bootstrap5 mosquitto tzdata
		LIST
		;;
	test) cat <<-'LIST'
		libcmocka-dev
		gstreamer1.0-tools iproute2
		python3 python3-pytest python3-pytest-timeout python3-pytest-xdist
		python3-numpy python3-paho-mqtt python3-nacl python3-yaml python3-jsonschema python3-dateutil
		LIST
		;;
	bench) echo iproute2 snapserver snapclient ;;
	lint) echo clang-format mandoc python3 ;;
	# Node.js from elsewhere than Debian brings its own npm.
	page) echo chromium espeak-ng fonts-dejavu-core zbar-tools; command -v npm >/dev/null || echo nodejs npm ;;
	fuzz) echo clang libclang-rt-14-dev ;;
	*)
		echo "install-deps.sh: no list is called '$1' (build, run, test, page, bench, lint, fuzz)" >&2
		exit $EX_USAGE
		;;
	esac
}

is_debian_12() {
	[ -r /etc/os-release ] && (
		. /etc/os-release
		[ "${ID:-}" = debian ] && [ "${VERSION_ID:-}" = 12 ]
	)
}

# Those of the arguments that are not installed.
missing_of() {
	local have package
	# It fails where it knows one of them not at all: that is an answer here.
	have=$(dpkg-query -W -f='${db:Status-Status} ${Package} \n' "$@" 2>/dev/null || true)
	for package in "$@"; do
		[[ $'\n'$have == *$'\n'"installed $package "* ]] || echo "$package"
	done
}

give_up() {
	echo "$1" >&2
	echo "Please install these packages (names of Debian 12), then call make again:" >&2
	printf '%s\n' "${missing[*]}" | fold -s -w 96 | sed 's/^/    /' >&2
	echo "(make DEPS=no builds without this check.)" >&2
	exit $EX_UNAVAILABLE
}

print_only=
if [ "${1:-}" = --print ]; then
	print_only=1
	shift
fi
[ $# -gt 0 ] || { echo "usage: install-deps.sh [--print] LIST..." >&2; exit $EX_USAGE; }

wanted=()
for list in "$@"; do
	names=$(packages_of "$list")
	read -r -d '' -a more <<<"$names" || true
	wanted+=("${more[@]}")
done
if [ -n "$print_only" ]; then
	printf '%s\n' "${wanted[@]}" | sort -u
	exit 0
fi

if command -v dpkg-query >/dev/null; then
	names=$(missing_of "${wanted[@]}")
	mapfile -t missing < <(printf '%s' "$names" | sort -u)
else
	missing=("${wanted[@]}")
fi
[ ${#missing[@]} -gt 0 ] || exit 0

is_debian_12 || give_up "This system is not Debian 12, so nothing is installed by itself."
as_root=()
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null ||
		give_up "Packages are missing; installing them needs root or sudo."
	as_root=(sudo)
fi

echo "Installing ${#missing[@]} packages that are missing:"
printf '%s\n' "${missing[*]}" | fold -s -w 96 | sed 's/^/    /'
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0)

# Somebody at a terminal sees it going on; in a log its thousand lines hide everything else, so
# there they are shown only where it failed.
run_apt() {
	local log status=0
	if [ -t 1 ]; then
		"${apt[@]}" "$@"
		return
	fi
	log=$(mktemp)
	"${apt[@]}" "$@" >"$log" 2>&1 || status=$?
	[ "$status" = 0 ] || tail -n 40 "$log"
	rm -f "$log"
	return "$status"
}

run_apt update ||
	give_up "apt-get update failed: is the package registry reachable?"
run_apt install --yes --no-install-recommends "${missing[@]}" ||
	give_up "apt-get install failed, see above."
