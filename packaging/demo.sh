#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# demo.sh - a ward on this machine: broker, controller, three receivers in two groups, a greeting.
#
# `make run` calls it. B is the build folder; ONCE=1 ends when the greeting has been aired, with 0
# only if every receiver reports it completed. ALOUD=pulsesink (or any GStreamer sink) adds a
# fourth receiver that plays through this machine's own loudspeaker.
# Everything lies in $B/demo and is made anew each time; no process outlives this script.
set -euo pipefail

readonly B=$(realpath "${B:-build}") ONCE=${ONCE:-} ALOUD=${ALOUD:-}
readonly D=$B/demo
readonly PATIENCE_S=30
readonly DEMO_PASSWORD="mau thu nghiem"
export PATH=$PATH:/usr/sbin:/sbin

GREETING="Kính thưa toàn thể Nhân dân! Ủy ban nhân dân phường thân ái gửi tới bà con lời chúc \
mừng năm mới: an khang, thịnh vượng, vạn sự như ý. Chúc mọi nhà đón một mùa xuân ấm áp."

say() { printf '%s\n' "$*"; }
die() {
	say "demo: $*" >&2
	exit 1
}

# --- processes: each dies with this script, whatever ends it ------------------------------------

declare -A pids=()

start() { # start NAME COMMAND...
	local name=$1
	shift
	# In a session of its own, so that Ctrl-C reaches this script alone, which then ends them all.
	setsid setpriv --pdeathsig KILL "$@" </dev/null >"$D/$name.log" 2>&1 9>&- &
	pids[$name]=$!
}

stop_all() {
	trap - EXIT INT TERM
	local pid
	for pid in "${pids[@]}"; do
		kill -TERM "$pid" 2>/dev/null || true
	done
	wait 2>/dev/null || true
}
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

is_running() { kill -0 "${pids[$1]}" 2>/dev/null; }

# Ask COMMAND until it succeeds, while the program NAME runs.
wait_for() { # wait_for WHAT NAME COMMAND...
	local what=$1 name=$2 end=$((SECONDS + PATIENCE_S))
	shift 2
	until "$@" 2>/dev/null; do
		is_running "$name" || { tail -n 5 "$D/$name.log" >&2; die "$name ended: see $D/$name.log"; }
		[ $SECONDS -lt $end ] || die "$what: not within $PATIENCE_S s; see $D/*.log"
		sleep 0.1
	done
}

# --- the site ------------------------------------------------------------------------------------

is_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1"); }

start_broker() {
	local tries
	for tries in 1 2 3 4 5; do
		PORT=$((20000 + RANDOM % 40000))
		is_open "$PORT" 2>/dev/null && continue
		{
			say "listener $PORT 127.0.0.1"
			say "allow_anonymous true"
			say "persistence false"
			[ "$(id -u)" != 0 ] || say "user root"
		} >"$D/mosquitto.conf"
		start broker mosquitto -c "$D/mosquitto.conf"
		wait_for "the broker" broker is_open "$PORT"
		return
	done
	die "no free port for the broker"
}

write_controller_config() {
	cat >"$D/controller.cfg" <<-CFG
	site = { id = "phuong-mau"; name = "Phường Mẫu"; time_zone = "Asia/Ho_Chi_Minh"; };
	groups = (
	  { id = "to-1"; name = "Tổ dân phố 1"; },
	  { id = "to-2"; name = "Tổ dân phố 2"; }
	);
	data_dir = "$D/controller";
	broker = { host = "127.0.0.1"; port = $PORT; };
	http = { port = 0; token_file = "$D/controller/token"; };
	receivers = { time_port = 0; audio_port = 0; };
	# Nobody else keeps the time of a demo.
	clock = { trust_system = true; };
	# A demo must work at any hour; a ward's own hours belong here.
	hours = ( { days = ( "mon", "tue", "wed", "thu", "fri", "sat", "sun" );
	            from = "00:00"; to = "24:00"; } );
	CFG
}

loactl() { LOA_CONFIG=$D/controller.cfg "$B/loactl" "$@"; }

controller_answers() { loactl status >/dev/null; }

# A receiver as a technician sets it up: enrolled, its node.cfg carried over, its output named.
add_node() { # add_node ID GROUP SINK
	local folder=$D/nodes/$1
	mkdir -p "$folder"
	loactl node add "$1" --group "$2" --out "$folder/issued.cfg" >/dev/null
	(
		umask 077
		sed -E -e "s|^(\s*)#?\s*sink = .*|\1sink = \"$3\";|" \
			-e "s|^#?\s*data_dir = .*|data_dir = \"$folder/data\";|" \
			-e "s|^(\s*)#?\s*trust_system = .*|\1trust_system = true;|" \
			"$folder/issued.cfg" >"$folder/node.cfg"
	)
	"$B/loa-node" --check-config --config "$folder/node.cfg" >/dev/null
	start "$1" "$B/loa-node" --config "$folder/node.cfg"
	nodes+=("$1")
}

# Somebody who may sign in on the page. Passwords of a demo are known to everybody.
add_user() { # add_user LOGIN ROLE NAME [OPTION...]
	local login=$1 role=$2 name=$3
	shift 3
	loactl user add "$login" --role "$role" --name "$name" --password-file - "$@" \
		<<<"$DEMO_PASSWORD" >/dev/null
	users+=("$(printf '%-10s %s' "$login" "$name")")
}

nodes_are_online() {
	local n
	n=$(loactl status --json | grep -oE '"online" ?: ?true' | wc -l)
	[ "$n" -ge ${#nodes[@]} ]
}

# --- the log, as it fills ------------------------------------------------------------------------

shown=0
show_log() {
	local table n
	table=$(loactl log 2>/dev/null) || return 0
	n=$(wc -l <<<"$table")
	# One line alone says that there is nothing yet.
	if [ "$n" -gt 1 ] && [ "$n" -gt "$shown" ]; then
		tail -n +$((shown + 1)) <<<"$table"
		shown=$n
	fi
}

# Lines of the log about the airing that carry the word $1.
count_outcomes() { loactl log --csv | grep -F "$airing" | grep -cE "$1" || true; }

# -------------------------------------------------------------------------------------------------

[ -x "$B/loa-controller" ] && [ -x "$B/loa-node" ] && [ -x "$B/loactl" ] ||
	die "the programs are not built: call make first"
mkdir -p "$B"
exec 9>"$B/demo.lock"
flock -n 9 || die "a demo is running in $D already"
rm -rf "$D" || die "cannot make $D anew: remove it by hand (another user's?)"
mkdir -p "$D"

start_broker
write_controller_config
start controller "$B/loa-controller" --config "$D/controller.cfg"
wait_for "the controller" controller controller_answers
say "Broker on 127.0.0.1:$PORT, controller running."

nodes=()
add_node cum-1a to-1 "file:$D/nodes/cum-1a/output.wav"
add_node cum-1b to-1 "file:$D/nodes/cum-1b/output.wav"
add_node cum-2 to-2 "file:$D/nodes/cum-2/output.wav"
[ -z "$ALOUD" ] || add_node cum-nghe to-1 "$ALOUD"
wait_for "the receivers" controller nodes_are_online
say "Receivers online: ${nodes[*]}"

users=()
add_user van.hoa operator "Chị Hoa, Phòng Văn hóa - Xã hội"
add_user chu.tich approver "Ông Bình, Chủ tịch UBND phường"
add_user to.truong leader "Bà Lan, tổ trưởng Tổ dân phố 1" --group to-1
add_user ky.thuat technician "Anh Dũng, kỹ thuật"
add_user mttq auditor "Ông Sơn, Mặt trận Tổ quốc"
add_user quan.tri administrator "Quản trị"

espeak-ng -v vi -s 150 -w "$D/greeting.wav" "$GREETING"
recording=$(loactl import "$D/greeting.wav" --title "Chúc mừng năm mới" --json |
	sed -nE 's/.*"recording" ?: ?"([^"]+)".*/\1/p')
[ -n "$recording" ] || die "the greeting was not imported"
airing=$(loactl play "$recording" --to all --json | sed -nE 's/.*"airing" ?: ?"([^"]+)".*/\1/p')
[ -n "$airing" ] || die "the greeting was not put on air"
say "On air: Chúc mừng năm mới ($airing)"
say

end=$((SECONDS + 60))
until [ "$(count_outcomes .)" -ge ${#nodes[@]} ]; do
	show_log
	for name in controller broker "${nodes[@]}"; do
		is_running "$name" || die "$name ended: see $D/$name.log"
	done
	[ $SECONDS -lt $end ] || die "not every receiver has reported within 60 s; see $D/*.log"
	sleep 0.5
done
show_log
completed=$(count_outcomes '\bcompleted\b')
say
say "$completed of ${#nodes[@]} receivers report it completed. What each loudspeaker said:"
for name in "${nodes[@]}"; do
	[ ! -e "$D/nodes/$name/output.wav" ] || say "    ${D#"$PWD"/}/nodes/$name/output.wav"
done

if [ -n "$ONCE" ]; then
	[ "$completed" -eq ${#nodes[@]} ]
	exit
fi

trap 'say; say "The demo is over."; exit 0' INT
say
say "Page:   http://127.0.0.1:$(cat "$D/controller/http.port")/"
say "        sign in with the password \"$DEMO_PASSWORD\" as"
printf '            %s\n' "${users[@]}"
say "loactl: LOA_CONFIG=$D/controller.cfg $B/loactl status"
say "Ctrl-C ends the demo; until then the log goes on:"
while is_running controller; do
	show_log
	sleep 1
done
die "the controller ended: see $D/controller.log"
