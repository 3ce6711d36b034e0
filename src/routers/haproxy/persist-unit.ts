import { SAVED_MARK } from './saved-mark.js';
import { word } from './word.js';

export interface PersistUnitOptions {
  /** The entries whose maps are kept. */
  readonly backends: readonly string[];
  readonly socket: string;
  readonly mapFolder: string;
  readonly stateFile: string;
}

/** A file to put on the host of a HAProxy that is driven over TCP. */
export interface PersistFile {
  readonly path: string;
  readonly mode: '0644' | '0755';
  readonly text: string;
}

const SCRIPT = '/usr/local/sbin/slipway-haproxy-save';

/**
 * What keeps the map and state file of a HAProxy on another host, where the workers cannot write: a script (needs socat), which leaves a mark for them
 * when it has saved everything (see `saved-mark.ts`), a unit that runs it every two seconds and before HAProxy stops, and a drop-in that runs it before HAProxy reloads.
 */
export function haproxyPersistUnit(options: PersistUnitOptions): readonly PersistFile[] {
  return [
    { path: SCRIPT, mode: '0755', text: saveScript(options) },
    { path: '/etc/systemd/system/slipway-haproxy-save.service', mode: '0644', text: UNIT },
    { path: '/etc/systemd/system/haproxy.service.d/slipway.conf', mode: '0644', text: DROP_IN },
  ];
}

function saveScript({ backends, socket, mapFolder, stateFile }: PersistUnitOptions): string {
  const files = backends.map((backend) => word(`${mapFolder}/${backend}.map`));
  const maps = backends.map((backend, index) => `save "show map ${files[index]}" '${files[index]}' '^${word(backend)} (blue|green):' || failed=1`);
  return `#!/bin/sh
# Writes what HAProxy holds in memory to the files it starts from: to a temporary name, checked, renamed.
set -u
ask() { printf '%s\\n' "$1" | socat -t 2 - 'UNIX-CONNECT:${word(socket)}'; }
save() {
  temporary="$2.$$.tmp"
  ask "$1" | sed -e 's/^0x[0-9a-f]* //' -e '/^$/d' > "$temporary" && grep -Eq "$3" "$temporary" && sync "$temporary" && mv -fT "$temporary" "$2" && return
  rm -f "$temporary"
  return 1
}
# Tells the workers, who see the memory of HAProxy only, that all of it was saved: by process and age of the HAProxy that was asked.
mark() {
  if ask "set map $1 ${SAVED_MARK} $now" | grep -q 'not found'; then ask "add map $1 ${SAVED_MARK} $now" > /dev/null; fi
}
save_all() {
  failed=0
  now=$(ask 'show info' | sed -n -e 's/^Pid: //p' -e 's/^Uptime_sec: //p' | paste -sd . -)
  ${maps.join('\n  ')}
  save 'show servers state' '${word(stateFile)}' '^# be_id' || failed=1
  if [ "$failed" = 0 ]; then
    ${files.map((file) => `mark '${file}'`).join('\n    ')}
  fi
}
# What one that was killed has left.
[ "\${1-}" != --every ] || rm -f ${[...files, word(stateFile)].map((file) => `'${file}'.[0-9]*.tmp`).join(' ')}
save_all
if [ "\${1-}" = --every ]; then
  while sleep "$2"; do save_all; done
fi
exit "$failed"
`;
}

/** Stopped before HAProxy, as it is started after it: so the last state is saved while HAProxy still answers. */
const UNIT = `[Unit]
Description=Keep the split and the servers of HAProxy on disk
After=haproxy.service
PartOf=haproxy.service

[Service]
ExecStart=${SCRIPT} --every 2
ExecStop=${SCRIPT}
Restart=always

[Install]
WantedBy=haproxy.service
`;

const DROP_IN = `[Service]
ExecReload=
ExecReload=-${SCRIPT}
ExecReload=/usr/sbin/haproxy -Ws -f $CONFIG -c -q $EXTRAOPTS
ExecReload=/bin/kill -USR2 $MAINPID
`;
