import { dirname } from 'node:path';
import type { PersistFile } from '../../routers/haproxy/persist-unit.js';

/** Ends each file in the script; no line of a file may be it. */
const MARK = 'END_OF_SLIPWAY_FILE';

/** A shell script that writes the files and starts the unit: to be read, then run as root on the host of the router. */
export function installScript(files: readonly PersistFile[], unit: string): string {
  return `#!/bin/sh
# Run as root on the host of the HAProxy; socat must be installed, and HAProxy must have a local admin socket besides the one on TCP. Safe to repeat.
set -eu
${files.map(written).join('')}
systemctl daemon-reload
systemctl enable --now ${unit}
`;
}

function written({ path, mode, text }: PersistFile): string {
  return `
mkdir -p ${dirname(path)}
cat > ${path} <<'${MARK}'
${text}${MARK}
chmod ${mode} ${path}
`;
}
