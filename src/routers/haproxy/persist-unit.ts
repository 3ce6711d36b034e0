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
 * What keeps the map and state file of a HAProxy on another host, where the workers cannot write: a script (needs socat), a unit that runs it
 * every two seconds and before HAProxy stops, and a drop-in that runs it before HAProxy reloads.
 */
export function haproxyPersistUnit(options: PersistUnitOptions): readonly PersistFile[] {
  return [
    { path: SCRIPT, mode: '0755', text: saveScript(options) },
    { path: '/etc/systemd/system/slipway-haproxy-save.service', mode: '0644', text: UNIT },
    { path: '/etc/systemd/system/haproxy.service.d/slipway.conf', mode: '0644', text: DROP_IN },
  ];
}

function saveScript({ backends, socket, mapFolder, stateFile }: PersistUnitOptions): string {
  const maps = backends.map((backend) => {
    const file = word(`${mapFolder}/${backend}.map`);
    return `save "show map ${file}" '${file}' '^${word(backend)} (blue|green):'`;
  });
  return `#!/bin/sh
# Writes what HAProxy holds in memory to the files it starts from: to a temporary name, checked, renamed.
set -u
save() {
  temporary="$2.$$.tmp"
  printf '%s\\n' "$1" | socat -t 2 - 'UNIX-CONNECT:${word(socket)}' | sed -e 's/^0x[0-9a-f]* //' -e '/^$/d' > "$temporary"
  if grep -Eq "$3" "$temporary"; then mv -f "$temporary" "$2"; else rm -f "$temporary"; return 1; fi
}
save_all() {
  failed=0
  ${maps.map((line) => `${line} || failed=1`).join('\n  ')}
  save 'show servers state' '${word(stateFile)}' '^# be_id' || failed=1
}
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
