#!/usr/bin/env bash
# Two devices of a mobile clinic on this machine: they share a register, are edited while apart, and
# end with the same data.
#
#   demo.sh [RELAIS]      RELAIS: the program (default: $RELAIS, else relais from the PATH)
#
# DEMO_PATIENTS=N takes a register of N patients instead of 2000.
# Needs no network, no account and no rights; removes what it made.
set -euo pipefail

relais=$(command -v "${1:-${RELAIS:-relais}}") || {
  echo "Failed: the program relais is not there. ./dev build makes it." >&2
  exit 1
}
relais=$(readlink -f "$relais")
patients=${DEMO_PATIENTS:-2000}
folder=$(mktemp -d "${TMPDIR:-/tmp}/relais-demo.XXXXXX")
server=

cleanup() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
cd "$folder"

# --- saying what happens ---------------------------------------------------------------------

say() { printf '%s\n' "$*"; }

step=0
chapter() {
  step=$((step + 1))
  printf '\n%d. %s\n' "$step" "$1"
}

fail() {
  printf '\nFailed: %s\n' "$1" >&2
  exit 1
}

# The command as one would type it.
show_command() {
  local word line="   $ relais"
  for word in "$@"; do
    case $word in
      *[!A-Za-z0-9_./:=+-]* | '') word="'$word'" ;;
    esac
    line+=" $word"
  done
  say "$line"
}

# run ARGUMENTS...: shows the command and what it prints.
run() {
  show_command "$@"
  "$relais" "$@" | sed 's/^/     /' || fail "relais $1 did not work; its words are above."
}


# --- the two tablets -------------------------------------------------------------------------

# serve FOLDER: answers in the background; its address is in $address.
serve() {
  show_command serve "$1" --listen 127.0.0.1:0
  : >serve.log  # it is read before the server may have made it
  "$relais" serve "$1" --listen 127.0.0.1:0 >>serve.log &
  server=$!
  address=
  for _ in $(seq 200); do
    address=$(sed -n 's/^Listening on //p' serve.log)
    [ -z "$address" ] || break
    kill -0 "$server" 2>/dev/null || fail "relais serve ended; its words are above."
    sleep 0.05
  done
  [ -n "$address" ] || fail "relais serve did not say where it listens."
  say "     Listening on $address"
}

stop_serving() {
  kill -TERM "$server"
  wait "$server" || fail "relais serve ended with an error."
  server=
}

meet() {
  serve tablet-1
  run sync tablet-2 --with "$address"
  stop_serving
}

# Both registers as files; fails if they differ by a byte.
compare() {
  run export tablet-1 --out 1.ndjson
  run export tablet-2 --out 2.ndjson
  cmp 1.ndjson 2.ndjson || fail "the two tablets do not hold the same."
  say "   Both files are the same: $(wc -l <1.ndjson) documents, $(wc -c <1.ndjson) bytes."
}

# expect TEXT FOLDER ARGUMENTS...: runs a command, and fails if it doesn't print the text.
expect() {
  local text=$1 said
  shift
  said=$("$relais" "$@") || fail "relais $1 did not work; its words are above."
  grep -qF -- "$text" <<<"$said" || fail "relais $* does not show: $text"
}

say "Two tablets of a mobile clinic keep one register. All people in it are made up."

chapter "The first tablet gets the register"
run sample --patients "$patients" --out register.ndjson
run init tablet-1 --space "Mobile clinic" --device "Tablet 1"
run import tablet-1 register.ndjson

chapter "The second tablet joins by an invitation, and fetches everything, encrypted"
show_command invite tablet-1 --minutes 10
invitation=$("$relais" invite tablet-1 --minutes 10 | tail -n 1) || fail "there is no invitation."
say "     $invitation"
say "   It works once, for ten minutes. Tablet 2 gets it by hand or by voice."
serve tablet-1
run join tablet-2 "$invitation" --device "Tablet 2" --at "$address"
run sync tablet-2 --with "$address"
stop_serving
compare

chapter "A patient whom both teams see gets a note of her own"
note=handovers/amina
run put tablet-1 $note 'text~=Seen at home.' 'tasks=["call the health centre"]'
meet

chapter "No network: two nurses write in the same note, and both prescribe"
say "   On tablet 1 one notes the weight, adds a task, and writes at the text's end."
run put tablet-1 $note 'prescribed="amoxicillin 500 mg"' weight_kg=61 'tasks+="dressing on Friday"' \
  'text~=Seen at home. Dressing changed.' --user "day nurse"
say "   On tablet 2 the other adds a task too, and writes within the text."
run put tablet-2 $note 'prescribed="doxycycline 100 mg"' 'tasks+="bring the ECG"' \
  'text~=Seen at home with the mediator.' --user "night nurse"

chapter "They meet again: the text is whole, and both prescriptions are shown"
meet
run get tablet-1 $note
run conflicts tablet-2
for tablet in tablet-1 tablet-2; do
  expect '"amoxicillin 500 mg"  by day nurse on Tablet 1' get $tablet $note
  expect '"doxycycline 100 mg"  by night nurse on Tablet 2' get $tablet $note
  expect '"Seen at home with the mediator. Dressing changed."' get $tablet $note
  expect '"dressing on Friday"' get $tablet $note
  expect '"bring the ECG"' get $tablet $note
done

chapter "One of them decides; the next sync settles it on the other tablet"
run resolve tablet-2 $note prescribed '"amoxicillin 500 mg"'
meet
for tablet in tablet-1 tablet-2; do
  expect 'There are no conflicts.' conflicts $tablet
  expect '"prescribed": "amoxicillin 500 mg"' get $tablet $note
done
say "   Neither tablet has a conflict now."

chapter "A slip of the finger is taken back, and nothing is forgotten"
run put tablet-1 $note weight_kg=16
run undo tablet-1 $note
meet
run get tablet-2 $note --history
expect '"weight_kg": 61' get tablet-2 $note
expect 'weight_kg = 16' get tablet-2 $note --history
for tablet in tablet-1 tablet-2; do run verify $tablet; done
compare

printf '\nIt worked: both tablets hold the same %d documents, with everything that both teams wrote.\n' \
  "$(wc -l <1.ndjson)"
