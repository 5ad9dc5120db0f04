#!/bin/bash
# Installs the foreign programs that tests talk to, where it may; otherwise names the missing ones and goes on.
# No service is started by it: a policy-rc.d that says no stands in the way while apt works, and is taken away afterwards.
set -euo pipefail

declare -A package=(
  [mosquitto]=mosquitto
  [mosquitto_sub]=mosquitto-clients
  [sipp]=sip-tester
  [baresip]=baresip-core
  [kamailio]=kamailio
  [sox]=sox
  [postgres]=postgresql
)
PATH="$PATH:/usr/sbin:/sbin"
for versioned in /usr/lib/postgresql/*/bin; do PATH="$PATH:$versioned"; done

missing=()
for program in "${!package[@]}"; do
  command -v "$program" >/dev/null || missing+=("${package[$program]}")
done
compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null || missing+=(libfaketime)
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo -n)
  if ! sudo -n true 2>/dev/null; then
    echo "not installed, so the tests with them are skipped: ${missing[*]}" >&2
    echo "  (as root: apt-get install --no-install-recommends ${missing[*]})" >&2
    exit 0
  fi
fi
command -v apt-get >/dev/null || { echo "no apt-get here; the tests with these are skipped: ${missing[*]}" >&2; exit 0; }

policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
fi

echo "installing peers for the tests: ${missing[*]} ..."
install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
}
if ! install 2>/dev/null; then # the package lists may be absent or old
  "${as_root[@]}" apt-get update -qq || true
  install || echo "apt-get could not install all of them; the tests with the missing ones are skipped" >&2
fi
